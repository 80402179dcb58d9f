use std::{sync::Arc, time::Duration};

use contracts::names::field;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use test_kit::Client;
use tokio::{
    sync::Mutex,
    task::JoinSet,
    time::{Instant, MissedTickBehavior, sleep},
};

use crate::{
    airlines,
    config::Config,
    follower::{Behavior, Follower},
    history::History,
};

/// How long after the last deadline clients wait for the end once the faults are over: services wait ten seconds for a
/// lost record, and the machine may be busy.
pub(crate) const MARGIN: Duration = Duration::from_secs(15);
/// How often a client tries to have its search accepted.
const ATTEMPTS: usize = 20;
/// The pause between two attempts.
const ATTEMPT_PAUSE: Duration = Duration::from_millis(100);
/// The timeout of an attempt.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest delay of a late client, in milliseconds.
const LATEST_MS: u64 = 4000;

/// A steady load of searches.
pub(crate) struct Load {
    config: Config,
    gateways: Arc<[Client]>,
    searches: Mutex<JoinSet<Option<Search>>>,
}

/// An accepted search, and what its clients received.
pub(crate) struct Search {
    pub(crate) id: String,
    /// What identifies it in airlines' calls.
    pub(crate) key: String,
    /// When the POST was sent, and when its response arrived.
    pub(crate) submitted: Instant,
    pub(crate) accepted: Instant,
    /// When its last client had finished or given up.
    pub(crate) done: Instant,
    pub(crate) histories: Vec<History>,
}

impl Load {
    /// A load on these gateways.
    pub(crate) fn new(config: &Config, gateways: Vec<Client>) -> Self {
        Self { config: config.clone(), gateways: gateways.into(), searches: Mutex::default() }
    }

    /// Starts searches at a steady pace until then.
    pub(crate) async fn run(&self, until: Instant) {
        let mut searches = self.searches.lock().await;
        let mut ticks = tokio::time::interval(self.config.pace);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let limit = until + self.config.deadline + MARGIN;
        for number in 0.. {
            if ticks.tick().await >= until {
                break;
            }
            let rng = self.config.run.rng(1000 + number);
            searches.spawn(search(Arc::clone(&self.gateways), number, rng, limit));
        }
    }

    /// Waits for the clients and returns what they received.
    pub(crate) async fn finish(self) -> Vec<Search> {
        self.searches.into_inner().join_all().await.into_iter().flatten().collect()
    }
}

/// Submits a search and follows it with some clients, until `limit` at the latest. `None` if it was not accepted.
async fn search(gateways: Arc<[Client]>, number: u64, mut rng: StdRng, limit: Instant) -> Option<Search> {
    let search = submit(&gateways, number, &mut rng).await?;
    let mut clients: Vec<_> = behaviors(&mut rng)
        .into_iter()
        .map(|behavior| Follower::new(&gateways, &search.id, behavior, StdRng::from_rng(&mut rng)))
        .collect();
    let all = futures_util::future::join_all(clients.iter_mut().map(Follower::follow));
    // The history of a client that is still waiting has no end.
    let _ = tokio::time::timeout_at(limit, all).await;
    let histories = clients.into_iter().map(Follower::into_history).collect();
    Some(Search { histories, done: Instant::now(), ..search })
}

/// Each attempt has a key of its own: one without a response may have been accepted too.
async fn submit(gateways: &[Client], number: u64, rng: &mut StdRng) -> Option<Search> {
    let from = rng.random_range(0..gateways.len());
    for (attempt, gateway) in (0..).zip(gateways.iter().cycle().skip(from).take(ATTEMPTS)) {
        let (date, passengers) = unique(number * ATTEMPTS as u64 + attempt);
        let submitted = Instant::now();
        if let Some(id) = try_submit(gateway, &date, passengers).await {
            let key = airlines::key(&date, passengers);
            let now = Instant::now();
            return Some(Search { id, key, submitted, accepted: now, done: now, histories: Vec::new() });
        }
        sleep(ATTEMPT_PAUSE).await;
    }
    None
}

async fn try_submit(gateway: &Client, date: &str, passengers: u8) -> Option<String> {
    let search = json!({"from": "CGK", "to": "DPS", "date": date, "passengers": passengers});
    let request = gateway.request(Method::POST, "/api/flights/search").timeout(ATTEMPT_TIMEOUT).json(&search);
    let response = request.send().await.ok().filter(|response| response.status() == StatusCode::OK)?;
    let body: Value = response.json().await.ok()?;
    body["data"][field::SEARCH_ID].as_str().map(ToOwned::to_owned)
}

/// A combination of date and passengers that no other search has.
fn unique(number: u64) -> (String, u8) {
    let passengers = u8::try_from(number % 9 + 1).expect("1 to 9");
    let day = number / 9;
    (format!("{}-{:02}-{:02}", 2030 + day / 336, day / 28 % 12 + 1, day % 28 + 1), passengers)
}

/// Most searches have one client; some have a second one, or one that starts late, and some have none.
fn behaviors(rng: &mut StdRng) -> Vec<Behavior> {
    if rng.random_bool(0.1) {
        return Vec::new();
    }
    let mut behaviors = vec![Behavior::any(rng, Duration::ZERO)];
    if rng.random_bool(0.3) {
        behaviors.push(Behavior::any(rng, Duration::ZERO));
    }
    if rng.random_bool(0.3) {
        let late = Duration::from_millis(rng.random_range(0..LATEST_MS));
        behaviors.push(Behavior::any(rng, late));
    }
    behaviors
}
