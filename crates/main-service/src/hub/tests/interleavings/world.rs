//! The model: what happens to a search, and which clients receive it.

use proptest::{prop_assert, prop_assert_eq, sample::Index, test_runner::TestCaseError};

use super::{
    super::*,
    step::{Cursor, Step, Wish},
};

/// A load in progress: for the client whose request waits for it, or for none.
struct Load {
    client: Option<usize>,
    feed: Arc<Feed>,
    need: Need,
    record: Option<LoadedRecord>,
}

#[derive(Default)]
struct Gateway {
    hub: Arc<Hub>,
    /// How many entries the tail has applied.
    applied: u64,
    loads: Vec<Load>,
}

struct Client {
    wish: Wish,
    had_before: u64,
    received: Vec<Frame>,
    following: Option<(usize, Subscription)>,
}

/// The search, its record and all who have to do with it.
pub(super) struct World {
    suppliers: u64,
    /// The events that only the record has: a bit for each sequence number.
    long: u64,
    written: u64,
    gateways: [Gateway; 2],
    clients: Vec<Client>,
}

impl Client {
    fn cursor(&self) -> u64 {
        let seq = |frame: &Frame| {
            let line = std::str::from_utf8(frame.plain())
                .unwrap()
                .lines()
                .find_map(|line| line.strip_prefix("id: "));
            line.unwrap().parse().unwrap()
        };
        self.received.last().map_or(self.had_before, seq)
    }

    fn take(&mut self, most: usize) {
        let Some((_, subscription)) = &mut self.following else { return };
        for _ in 0..most {
            let Some(Next::Event(frame)) = subscription.next().now_or_never() else { return };
            self.received.push(frame);
        }
    }
}

impl World {
    pub(super) fn new(suppliers: u64, long: u64) -> Self {
        Self { suppliers, long, written: 0, gateways: Default::default(), clients: Vec::new() }
    }

    pub(super) fn happens(&mut self, step: Step) {
        self.step(step);
        let quick = self.clients.iter_mut().filter(|client| client.wish.quick);
        quick.for_each(|client| client.take(usize::MAX));
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Write(events) => self.written = (self.written + events).min(self.suppliers + 1),
            Step::Apply(at, entries) => (0..entries).for_each(|_| self.apply(at)),
            Step::Repeat(at, back) => {
                self.gateways[at].applied = self.gateways[at].applied.saturating_sub(back);
            }
            Step::Cut(at) => self.cut(at),
            Step::Read(at, load) => self.read(at, load),
            Step::Merge(at, load) => self.merge(at, load),
            Step::Fail(at, load) => self.fail(at, load),
            Step::Join(at, wish, cursor) => {
                let had_before = match cursor {
                    Cursor::Nothing => 0,
                    Cursor::Exact(seq) => seq.index(usize::try_from(self.written).unwrap() + 1) as u64,
                    Cursor::Foreign(further) => self.suppliers + 1 + further,
                };
                self.clients.push(Client { wish, had_before, received: Vec::new(), following: None });
                self.follow(self.clients.len() - 1, at);
            }
            Step::Resume(client, at) => {
                if let Some(client) =
                    self.one(client).filter(|client| self.clients[*client].following.is_some())
                {
                    self.unfollow(client);
                    self.follow(client, at);
                }
            }
            Step::Take(client, most) => {
                if let Some(client) = self.one(client) {
                    self.clients[client].take(most);
                }
            }
            Step::Leave(client) => {
                if let Some(client) = self.one(client) {
                    self.unfollow(client);
                }
            }
        }
    }

    fn one(&self, client: Index) -> Option<usize> {
        (!self.clients.is_empty()).then(|| client.index(self.clients.len()))
    }

    fn follow(&mut self, client: usize, at: usize) {
        let Wish { partials, .. } = self.clients[client].wish;
        let subscription = self.gateways[at].hub.join(id(), partials, self.clients[client].cursor());
        if subscription.feed().needs_loading() {
            self.begin_load(at, Some(client));
        }
        self.clients[client].following = Some((at, subscription));
    }

    /// Its request ends with its connection, and with it a load that it waited for.
    fn unfollow(&mut self, client: usize) {
        self.clients[client].following = None;
        for gateway in &mut self.gateways {
            gateway.loads.retain(|load| load.client != Some(client));
        }
    }

    fn apply(&mut self, at: usize) {
        let gateway = &mut self.gateways[at];
        if gateway.applied == self.written {
            return;
        }
        gateway.applied += 1;
        let Some(feed) = gateway.hub.feed(id()) else { return };
        let is_end = gateway.applied > self.suppliers;
        let received = if self.long >> gateway.applied & 1 == 1 {
            feed.announced(gateway.applied, is_end)
        } else if is_end {
            feed.apply_end(id(), gateway.applied, &end(), None)
        } else {
            feed.apply_answer(id(), &answer(gateway.applied), None)
        };
        if received == Applied::Gap {
            self.begin_load(at, None);
        }
    }

    fn cut(&mut self, at: usize) {
        self.gateways[at].applied = self.written;
        self.begin_load(at, None);
    }

    fn begin_load(&mut self, at: usize, client: Option<usize>) {
        let gateway = &mut self.gateways[at];
        if let Some(feed) = gateway.hub.feed(id()) {
            let need = feed.need();
            gateway.loads.push(Load { client, feed, need, record: None });
        }
    }

    fn read(&mut self, at: usize, load: Index) {
        let (suppliers, written) = (self.suppliers, self.written);
        let loads = &mut self.gateways[at].loads;
        if let Some(load) = (!loads.is_empty()).then(|| load.index(loads.len())) {
            let Load { need, record, .. } = &mut loads[load];
            record.get_or_insert_with(|| needed(*need, suppliers, written));
        }
    }

    fn merge(&mut self, at: usize, load: Index) {
        let loads = &mut self.gateways[at].loads;
        if let Some(load) = (!loads.is_empty()).then(|| load.index(loads.len()))
            && loads[load].record.is_some()
        {
            let Load { feed, need, record, .. } = loads.remove(load);
            feed.load(id(), need, &record.unwrap());
        }
    }

    /// A load that fails is tried again, and no client's request waits for it any more.
    fn fail(&mut self, at: usize, load: Index) {
        let loads = &mut self.gateways[at].loads;
        if !loads.is_empty() {
            loads.remove(load.index(loads.len()));
            self.begin_load(at, None);
        }
    }

    /// Writes, applies and loads everything; clients that still follow read all their events.
    pub(super) fn ends(&mut self) {
        self.written = self.suppliers + 1;
        for at in 0..self.gateways.len() {
            while self.gateways[at].applied < self.written {
                self.apply(at);
            }
            for Load { feed, need, record, .. } in std::mem::take(&mut self.gateways[at].loads) {
                feed.load(id(), need, &record.unwrap_or_else(|| needed(need, self.suppliers, self.written)));
            }
        }
        self.clients.iter_mut().for_each(|client| client.take(usize::MAX));
    }

    /// The events that a client must have received in the end.
    fn sequence_for(&self, client: &Client) -> Vec<Frame> {
        let last = self.suppliers + 1;
        let had_before = if client.had_before > last { 0 } else { client.had_before };
        let partials = (had_before + 1..last).filter(|_| client.wish.partials).map(partial);
        partials.chain((had_before < last).then(|| terminal(last))).collect()
    }

    /// Checks that all clients received their events, and that no feed is left.
    pub(super) fn judge(mut self) -> Result<(), TestCaseError> {
        for mut client in std::mem::take(&mut self.clients) {
            let sequence = self.sequence_for(&client);
            if let Some((_, subscription)) = &mut client.following {
                prop_assert_eq!(&client.received, &sequence);
                prop_assert!(subscription.is_at_end());
                prop_assert_eq!(at_once(subscription), [Next::End]);
            } else {
                prop_assert!(
                    sequence.starts_with(&client.received),
                    "{:?} of {:?}",
                    client.received,
                    sequence
                );
            }
        }
        for gateway in &self.gateways {
            prop_assert_eq!(gateway.hub.followed(), []);
        }
        Ok(())
    }
}
