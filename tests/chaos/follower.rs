use std::{sync::Arc, time::Duration};

use rand::{RngExt, rngs::StdRng};
use reqwest::{Method, Response, StatusCode};
use test_kit::{Client, EventStream};
use tokio::time::{Instant, sleep, timeout};

use crate::history::{Fate, History};

/// When an `EventSource` comes back that was not told when.
const RETRY: Duration = Duration::from_secs(1);
/// How long a gateway may take to answer at all.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longer than any run: what a stream may stay silent for.
const FOR_EVER: Duration = Duration::from_hours(24);

/// How a client behaves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Behavior {
    partials: bool,
    /// How long after its search was accepted it comes.
    comes_after: Duration,
    /// How often it drops its connection by itself, and resumes.
    drops: u32,
    /// Comes back after the terminal event, as an `EventSource` does that nobody closes.
    stubborn: bool,
}

/// A client of one search.
pub(crate) struct Follower {
    gateways: Arc<[Client]>,
    path: String,
    behavior: Behavior,
    chance: StdRng,
    history: History,
}

/// Why a stream is not read on.
enum Over {
    /// It has ended or broken, and the client is to come back after this long.
    Ended(Duration),
    /// The client has dropped it.
    Dropped,
}

impl Behavior {
    /// Any behavior of a client that comes then.
    pub(crate) fn any(chance: &mut StdRng, comes_after: Duration) -> Self {
        Self {
            partials: chance.random_bool(0.5),
            comes_after,
            drops: if chance.random_bool(0.3) { chance.random_range(1..=3) } else { 0 },
            stubborn: chance.random_bool(0.2),
        }
    }
}

impl Follower {
    /// A client of this search.
    pub(crate) fn new(gateways: &Arc<[Client]>, id: &str, behavior: Behavior, chance: StdRng) -> Self {
        let query = if behavior.partials { "?partials=true" } else { "" };
        let path = format!("/api/flights/search/{id}/stream{query}");
        Self {
            gateways: Arc::clone(gateways),
            path,
            behavior,
            chance,
            history: History::new(behavior.partials),
        }
    }

    /// What it has received.
    pub(crate) fn into_history(self) -> History {
        self.history
    }

    /// Follows the search as an `EventSource` behind a load balancer does: comes back with the id of the last
    /// event, when it was told to, at the next gateway.
    pub(crate) async fn follow(&mut self) {
        sleep(self.behavior.comes_after).await;
        let gateways = Arc::clone(&self.gateways);
        let from = self.chance.random_range(0..gateways.len());
        for gateway in gateways.iter().cycle().skip(from) {
            let pause = match self.open(gateway).await {
                None => RETRY,
                Some(response) if response.status() == StatusCode::OK => {
                    self.history.visits += 1;
                    match self.listen(EventStream::new(response)).await {
                        Over::Dropped => Duration::ZERO,
                        Over::Ended(_) if self.history.has_ended() && !self.behavior.stubborn => break,
                        Over::Ended(retry) => retry,
                    }
                }
                Some(response) => {
                    self.history.fate = Fate::Dismissed(response.status(), Instant::now());
                    break;
                }
            };
            sleep(pause).await;
        }
    }

    async fn open(&self, gateway: &Client) -> Option<Response> {
        let mut request = gateway.request(Method::GET, &self.path);
        if let Some(last) = self.history.last_event_id() {
            request = request.header("last-event-id", last);
        }
        timeout(PATIENCE, request.send()).await.ok()?.ok()
    }

    async fn listen(&mut self, mut stream: EventStream) -> Over {
        let drops = self.behavior.drops > 0 && !self.history.has_ended();
        let patience =
            if drops { Duration::from_millis(self.chance.random_range(0..1000)) } else { FOR_EVER };
        let read = async {
            while let Some(event) = stream.next_within(FOR_EVER).await {
                self.history.record(&event);
            }
        };
        if timeout(patience, read).await.is_err() {
            self.behavior.drops -= 1;
            return Over::Dropped;
        }
        Over::Ended(stream.retries.last().map_or(RETRY, |millis| Duration::from_millis(*millis)))
    }
}
