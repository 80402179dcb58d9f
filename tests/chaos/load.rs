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

/// How long after the latest deadline clients get to hear the end when the chaos is over: a lost record is waited for
/// for ten seconds, and the machine may be busy.
pub(crate) const MARGIN: Duration = Duration::from_secs(15);
/// How often a client tries to have its search accepted.
const ATTEMPTS: usize = 20;
/// The pause between two attempts.
const ATTEMPT_PAUSE: Duration = Duration::from_millis(100);
/// How long a client waits for an answer.
const ATTEMPT_TAKES: Duration = Duration::from_secs(5);
/// How late a late client comes, at the latest.
const LATEST: u64 = 4000;

/// A steady load of searches.
pub(crate) struct Load {
    config: Config,
    gateways: Arc<[Client]>,
    searches: Mutex<JoinSet<Option<Search>>>,
}

/// A search that was accepted, and what its clients have heard.
pub(crate) struct Search {
    pub(crate) id: String,
    /// How airlines know it.
    pub(crate) key: String,
    /// When it was submitted, and when it was known to be accepted.
    pub(crate) submitted: Instant,
    pub(crate) accepted: Instant,
    /// When its last client had heard all, or had given up.
    pub(crate) done: Instant,
    pub(crate) histories: Vec<History>,
}

impl Load {
    /// A load on these gateways.
    pub(crate) fn new(config: &Config, gateways: Vec<Client>) -> Self {
        Self { config: config.clone(), gateways: gateways.into(), searches: Mutex::default() }
    }

    /// Starts searches at a steady pace until it is time.
    pub(crate) async fn press(&self, until: Instant) {
        let mut searches = self.searches.lock().await;
        let mut ticks = tokio::time::interval(self.config.pace);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let limit = until + self.config.deadline + MARGIN;
        for number in 0.. {
            if ticks.tick().await >= until {
                break;
            }
            let chance = self.config.run.chance(1000 + number);
            searches.spawn(search(Arc::clone(&self.gateways), number, chance, limit));
        }
    }

    /// Waits for the clients and gives what they have heard.
    pub(crate) async fn finish(self) -> Vec<Search> {
        self.searches.into_inner().join_all().await.into_iter().flatten().collect()
    }
}

/// Submits a search and follows it with some clients, until `limit` at the latest. `None`: it was not accepted.
async fn search(gateways: Arc<[Client]>, number: u64, mut chance: StdRng, limit: Instant) -> Option<Search> {
    let search = submit(&gateways, number, &mut chance).await?;
    let mut clients: Vec<_> = behaviors(&mut chance)
        .into_iter()
        .map(|behavior| Follower::new(&gateways, &search.id, behavior, StdRng::from_rng(&mut chance)))
        .collect();
    let all = futures_util::future::join_all(clients.iter_mut().map(Follower::follow));
    // The histories of clients that still wait show it.
    let _ = tokio::time::timeout_at(limit, all).await;
    let histories = clients.into_iter().map(Follower::into_history).collect();
    Some(Search { histories, done: Instant::now(), ..search })
}

/// Each attempt is another search for the airlines: one that got no answer may have been accepted all the same.
async fn submit(gateways: &[Client], number: u64, chance: &mut StdRng) -> Option<Search> {
    let from = chance.random_range(0..gateways.len());
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
    let body = json!({"from": "CGK", "to": "DPS", "date": date, "passengers": passengers});
    let request = gateway.request(Method::POST, "/api/flights/search").timeout(ATTEMPT_TAKES).json(&body);
    let response = request.send().await.ok().filter(|response| response.status() == StatusCode::OK)?;
    let answer: Value = response.json().await.ok()?;
    answer["data"][field::SEARCH_ID].as_str().map(ToOwned::to_owned)
}

/// A date and a number of passengers that no other search has.
fn unique(number: u64) -> (String, u8) {
    let passengers = u8::try_from(number % 9 + 1).expect("1 to 9");
    let day = number / 9;
    (format!("{}-{:02}-{:02}", 2030 + day / 336, day / 28 % 12 + 1, day % 28 + 1), passengers)
}

/// Mostly one client follows at once; some searches have a second one, or one that comes late, and some have none.
fn behaviors(chance: &mut StdRng) -> Vec<Behavior> {
    if chance.random_bool(0.1) {
        return Vec::new();
    }
    let mut behaviors = vec![Behavior::any(chance, Duration::ZERO)];
    if chance.random_bool(0.3) {
        behaviors.push(Behavior::any(chance, Duration::ZERO));
    }
    if chance.random_bool(0.3) {
        let late = Duration::from_millis(chance.random_range(0..LATEST));
        behaviors.push(Behavior::any(chance, late));
    }
    behaviors
}
