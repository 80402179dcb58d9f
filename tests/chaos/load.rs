use std::{sync::Arc, time::Duration};

use e2e::Client;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use tokio::{
    task::JoinSet,
    time::{Instant, MissedTickBehavior, sleep, timeout},
};

use crate::{
    follower::{Follower, Manner},
    plan::{DEADLINE, PACE, Plan},
    story::Story,
};

/// How long clients get to hear the end when the chaos is over: the latest deadline, and some margin for a machine
/// that is busy.
const PATIENCE: Duration = DEADLINE.saturating_add(Duration::from_secs(15));
/// How often a client tries to have its search accepted.
const ATTEMPTS: usize = 20;
/// The pause between two attempts.
const ATTEMPT_PAUSE: Duration = Duration::from_millis(100);
/// How late a late client comes, at the latest.
const LATEST: u64 = 4000;

/// A steady load of searches.
pub(crate) struct Load {
    plan: Plan,
    gateways: Arc<[Client]>,
    searches: tokio::sync::Mutex<JoinSet<Option<Search>>>,
}

/// A search that was accepted, and what its clients have heard.
pub(crate) struct Search {
    pub(crate) id: String,
    pub(crate) stories: Vec<Story>,
}

impl Load {
    /// A load on these gateways.
    pub(crate) fn new(plan: &Plan, gateways: Vec<Client>) -> Self {
        Self { plan: *plan, gateways: gateways.into(), searches: tokio::sync::Mutex::default() }
    }

    /// Starts searches at a steady pace until it is time.
    pub(crate) async fn press(&self, until: Instant) {
        let mut searches = self.searches.lock().await;
        let mut ticks = tokio::time::interval(PACE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for number in 0.. {
            if ticks.tick().await >= until {
                break;
            }
            let chance = self.plan.chance(1000 + number);
            searches.spawn(search(Arc::clone(&self.gateways), chance, until + PATIENCE));
        }
    }

    /// Waits for the clients and gives what they have heard.
    pub(crate) async fn finish(self) -> Vec<Search> {
        self.searches.into_inner().join_all().await.into_iter().flatten().collect()
    }
}

/// Submits a search and follows it with some clients, until `limit` at the latest. `None`: it was not accepted.
async fn search(gateways: Arc<[Client]>, mut chance: StdRng, limit: Instant) -> Option<Search> {
    let id = submit(&gateways, &mut chance).await?;
    let mut clients: Vec<_> = manners(&mut chance)
        .into_iter()
        .map(|manner| Follower::new(&gateways, &id, manner, StdRng::from_rng(&mut chance)))
        .collect();
    let all = futures_util::future::join_all(clients.iter_mut().map(Follower::follow));
    // Those that still wait then are told of by their stories.
    let _ = tokio::time::timeout_at(limit, all).await;
    let stories = clients.into_iter().map(Follower::into_story).collect();
    Some(Search { id, stories })
}

async fn submit(gateways: &[Client], chance: &mut StdRng) -> Option<String> {
    let from = chance.random_range(0..gateways.len());
    for gateway in gateways.iter().cycle().skip(from).take(ATTEMPTS) {
        if let Ok(Some(id)) = timeout(Duration::from_secs(5), gateway.try_submit()).await {
            return Some(id);
        }
        sleep(ATTEMPT_PAUSE).await;
    }
    None
}

/// One client follows at once; some searches have a second one, or one that comes late.
fn manners(chance: &mut StdRng) -> Vec<Manner> {
    let mut manners = vec![Manner::any(chance, Duration::ZERO)];
    if chance.random_bool(0.3) {
        manners.push(Manner::any(chance, Duration::ZERO));
    }
    if chance.random_bool(0.3) {
        let late = Duration::from_millis(chance.random_range(0..LATEST));
        manners.push(Manner::any(chance, late));
    }
    manners
}
