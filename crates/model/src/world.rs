use stateright::{Model, Property};

use crate::{
    Action, Guards,
    gateway::{Gateway, Overdue, end_overdue},
    properties,
    redis::{Clock, ENTRIES, EntryId, Job, Redis, WorkerId},
    reply::At,
    worker::{Now, Worker},
};

/// The workers.
pub const WORKERS: [WorkerId; 2] = [0, 1];
/// How many gateways there are at most. The first one submits the search.
pub const GATEWAYS: usize = 2;
/// How many commands a submit has.
pub(crate) const SUBMIT: usize = 3;

/// What is checked: the protocol, and what may happen to it.
#[derive(Clone, Debug)]
pub struct World {
    /// Which guards are on.
    pub guards: Guards,
    /// How much trouble there may be.
    pub troubles: Troubles,
    /// How many gateways there are.
    pub gateways: usize,
    /// Whether the deadline comes. Without it the workers alone have to end the search, and one of them lives.
    pub has_deadline: bool,
}

/// How often each trouble may come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Troubles {
    /// A process dies. The last one doesn't.
    pub deaths: u8,
    /// A worker stops, and hands back what it has in hand.
    pub stops: u8,
    /// A worker is paused for longer than its lease. Any process may rest between two steps without this, as long as
    /// nobody takes its job over.
    pub pauses: u8,
    /// Redis does what a worker asks, and the reply is lost.
    pub lost_replies: u8,
    /// Redis comes back without its last writes.
    pub losses: u8,
    /// The group of workers is deleted: nobody knows any more who has what.
    pub lost_groups: u8,
    /// A client cancels.
    pub cancels: u8,
}

/// A state of the world.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// What Redis holds.
    pub redis: Redis,
    /// What Redis will come back with.
    pub saved: Option<Redis>,
    /// Redis' clock.
    pub clock: Clock,
    /// How many commands of the submit were sent.
    pub sent: usize,
    /// The gateways.
    pub gateways: [Gateway; GATEWAYS],
    /// The workers.
    pub workers: [Worker; WORKERS.len()],
    /// The trouble that may still come.
    pub left: Troubles,
}

impl Model for World {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            redis: Redis::default(),
            saved: None,
            clock: Clock::Running,
            sent: 0,
            gateways: std::array::from_fn(
                |at| if at < self.gateways { Gateway::Idle } else { Gateway::Dead },
            ),
            workers: std::array::from_fn(|_| Worker::default()),
            left: self.troubles,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.progress(state, actions);
        self.trouble(state, actions);
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        state.act(action, self.guards)?;
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all()
    }
}

impl State {
    fn act(&mut self, action: Action, guards: Guards) -> Option<()> {
        let at = At { clock: self.clock, guards };
        let Self { redis, workers, gateways, left, .. } = self;
        match action {
            Action::Submit => self.submit(guards),
            Action::TimePasses => self.clock = self.clock.next(),
            Action::RecordExpires => redis.record = None,
            Action::LeaseRunsOut(entry) => self.end_lease(entry),
            Action::Deliver(worker, entry) => {
                redis.deliver(worker, entry);
                workers[usize::from(worker)].begin(entry, redis);
            }
            Action::TakeOver(worker, entry) => {
                redis.take_over(worker, entry);
                workers[usize::from(worker)].begin(entry, redis);
            }
            Action::Work(worker, ask) => workers[usize::from(worker)].work(worker, ask, redis, at, false),
            Action::EndOverdue(_) => end_overdue(redis, at),
            Action::Find(gateway, found) => gateways[gateway] = Gateway::Found(found),
            Action::Read(gateway) => {
                let Gateway::Found(found) = gateways[gateway] else { return None };
                gateways[gateway] = Gateway::read(found, redis);
            }
            Action::Finish(gateway) => {
                let Gateway::Read { seen, knows_deadline } = gateways[gateway] else { return None };
                gateways[gateway] = Gateway::finish(seen, knows_deadline, redis, at);
            }
            Action::Cancel(gateway) => {
                left.cancels -= 1;
                gateways[gateway] = Gateway::read(Overdue::Followed, redis);
            }
            Action::LoseDelivery(worker, entry) => {
                left.lost_replies -= 1;
                redis.deliver(worker, entry);
            }
            Action::Recover(worker, entry) => workers[usize::from(worker)].begin(entry, redis),
            Action::LoseReply(worker, ask) => {
                left.lost_replies -= 1;
                workers[usize::from(worker)].work(worker, ask, redis, at, true);
            }
            Action::WorkerDies(worker) => {
                left.deaths -= 1;
                workers[usize::from(worker)].now = Now::Dead;
            }
            Action::GatewayDies(gateway) => {
                left.deaths -= 1;
                gateways[gateway] = Gateway::Dead;
            }
            Action::Stop(worker) => {
                left.stops -= 1;
                let anew = redis.free_entry()?;
                workers[usize::from(worker)].stop(worker, anew, redis, guards);
            }
            Action::Save => self.saved = Some(redis.clone()),
            Action::LoseWrites => self.lose_writes(),
            Action::LoseGroup => {
                left.lost_groups -= 1;
                redis.lose_group();
            }
        }
        Some(())
    }

    fn submit(&mut self, guards: Guards) {
        let commands: [fn(&mut Redis); SUBMIT] =
            [Redis::submit_open, Redis::submit_record, Redis::submit_job];
        let now = if guards.submit_at_once { SUBMIT } else { 1 };
        for command in commands.into_iter().skip(self.sent).take(now) {
            command(&mut self.redis);
            self.sent += 1;
        }
    }

    fn end_lease(&mut self, entry: EntryId) {
        if let Job::Pending { owner, lease_over, .. } = &mut self.redis.jobs[usize::from(entry)] {
            *lease_over = true;
            if self.workers[usize::from(*owner)].has_in_hand(entry) {
                self.left.pauses -= 1;
            }
        }
    }

    /// What is to be sent on a connection that broke is not sent any more.
    fn lose_writes(&mut self) {
        self.left.losses -= 1;
        self.redis = Redis { last_id: self.redis.last_id, ..self.saved.take().unwrap_or_default() };
        if self.sent > 0 {
            self.sent = SUBMIT;
        }
    }

    /// Workers that have had no job are alike: whatever such a one may do, the first of them does.
    pub(crate) fn is_like_another(&self, worker: WorkerId) -> bool {
        let fresh = Worker::default();
        let (this, before) = (&self.workers[usize::from(worker)], &self.workers[..usize::from(worker)]);
        *this == fresh && before.contains(&fresh)
    }
}

impl Redis {
    /// The next entry of the job that never was there.
    pub(crate) fn free_entry(&self) -> Option<EntryId> {
        ENTRIES.into_iter().skip(1).find(|entry| self.jobs[usize::from(*entry)] == Job::Absent)
    }

    fn lose_group(&mut self) {
        for job in self.jobs.iter_mut().filter(|job| matches!(job, Job::Pending { .. })) {
            *job = Job::Waiting;
        }
    }
}
