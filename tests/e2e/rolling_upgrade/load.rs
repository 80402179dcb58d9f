//! A steady load of searches in the form that all versions know, each followed at all gateways.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::Value;
use test_kit::{Client, Event, within};
use tokio::task::{JoinHandle, JoinSet};

/// The time from one search to the next: a steady load, not the highest possible one.
const PAUSE: Duration = Duration::from_millis(80);
/// How long a search may take. Generous, because only failures reach it.
const PATIENCE: Duration = Duration::from_mins(2);

/// A search that was accepted and has ended.
#[derive(Clone, Debug)]
pub(super) struct Search {
    /// Its id.
    pub(super) id: String,
    /// Its position among the accepted ones.
    number: usize,
    /// The data of its terminal event.
    pub(super) end: Value,
    /// The same, as the other client received it.
    other_end: Value,
    /// What a client received that asked for partials.
    events: Vec<Event>,
}

/// Searches that are submitted one after another at all gateways.
pub(super) struct Load {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    accepted: AtomicUsize,
    ended: Mutex<Vec<Search>>,
}

impl Load {
    /// Starts to submit.
    pub(super) fn start(gateways: Vec<Client>) -> Self {
        let shared = Arc::<Shared>::default();
        let task = tokio::spawn(submit(gateways, Arc::clone(&shared)));
        Self { shared, task }
    }

    /// Waits until this many searches that are accepted from now on have ended, and returns them. Checks each.
    pub(super) async fn ends(&self, count: usize) -> Vec<Search> {
        let from = self.shared.accepted.load(Ordering::SeqCst);
        let since = within(PATIENCE, "searches end", async || {
            let ended = self.shared.ended();
            let since: Vec<_> = ended.iter().filter(|search| search.number >= from).cloned().collect();
            (since.len() >= count).then_some(since)
        })
        .await;
        since.iter().for_each(Search::check);
        since
    }

    /// Submits no more. Returns all searches when they have ended. Checks each.
    pub(super) async fn stop(self) -> Vec<Search> {
        self.shared.stop.store(true, Ordering::SeqCst);
        self.task.await.expect("every accepted search ends");
        let searches = std::mem::take(&mut *self.shared.ended());
        searches.iter().for_each(Search::check);
        searches
    }
}

impl Shared {
    fn ended(&self) -> MutexGuard<'_, Vec<Search>> {
        self.ended.lock().expect("no follower panics with it")
    }
}

/// Submits until it is stopped, and waits for the ends.
async fn submit(mut gateways: Vec<Client>, shared: Arc<Shared>) {
    let mut searches = JoinSet::new();
    while !shared.stop.load(Ordering::SeqCst) {
        gateways.rotate_left(1);
        // It is not accepted while a gateway is being replaced.
        if let Some(id) = gateways[0].try_submit().await {
            let number = shared.accepted.fetch_add(1, Ordering::SeqCst);
            let (gateways, shared) = (gateways.clone(), Arc::clone(&shared));
            searches.spawn(async move {
                let search = follow(gateways, id, number).await;
                shared.ended().push(search);
            });
        }
        tokio::time::sleep(PAUSE).await;
    }
    searches.join_all().await;
}

/// Follows a search with two clients, which begin at different gateways and go on at the next one when theirs stops.
async fn follow(gateways: Vec<Client>, id: String, number: usize) -> Search {
    let mut other_way = gateways.clone();
    other_way.reverse();
    let (events, end) = tokio::join!(
        Client::follow_persistently(&gateways, &id, "?partials=true", PATIENCE),
        Client::follow_persistently(&other_way, &id, "", PATIENCE),
    );
    let (Some(events), Some(end)) = (events, end) else { panic!("the search {id} is lost") };
    assert_eq!(end.len(), 1, "{end:?}");
    let (other_end, end) = (end[0].json(), events.last().expect("an end").json());
    Search { id, number, end, other_end, events }
}

impl Search {
    /// Checks that it has ended once and alike for both clients, and that the end has all offers of all suppliers.
    fn check(&self) {
        let Self { id, end, other_end, events, .. } = self;
        same_end(other_end, end);
        assert_eq!(end["status"], "completed", "{id}");
        for (at, event) in events.iter().enumerate() {
            assert_eq!(event.seq(), at as u64 + 1, "{id}");
            assert_eq!(event.is_terminal(), at + 1 == events.len(), "{id}");
        }
        let partials = &events[..events.len() - 1];
        let suppliers = end["suppliers"].as_array().expect("suppliers");
        assert_eq!(suppliers.len(), partials.len(), "{id}: each supplier has answered once");
        for supplier in suppliers {
            assert!(supplier["status"] == "ok" || supplier["status"] == "empty", "{id}: {supplier}");
        }
        let results = end["results"].as_array().expect("results");
        assert_eq!(end["total"], results.len(), "{id}");
        let flights: HashSet<_> = results.iter().map(flight).collect();
        assert_eq!(flights.len(), results.len(), "{id}: each flight is one offer");
        for partial in partials {
            for offer in partial.json()["results"].as_array().expect("results") {
                let same = results.iter().find(|result| flight(result) == flight(offer));
                let same = same.unwrap_or_else(|| panic!("{id} lacks {offer}"));
                assert!(
                    same["price"].as_u64() <= offer["price"].as_u64(),
                    "{id}: {same} costs more than {offer}"
                );
            }
        }
    }
}

/// What names the flights of an offer in all versions.
fn flight(offer: &Value) -> (String, String) {
    (offer["flight_number"].to_string(), offer["departure"].to_string())
}

/// Two clients have the same end.
pub(super) fn same_end(late: &Value, followed: &Value) {
    for field in ["search_id", "status", "results", "total"] {
        let [late, other] = [late, followed].map(|end| end[field].to_string());
        assert!(late == other, "{field} of {}:\n{late:.300}\n{other:.300}", followed["search_id"]);
    }
}
