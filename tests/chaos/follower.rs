use std::{sync::Arc, time::Duration};

use rand::{RngExt, rngs::StdRng};
use reqwest::{Method, Response, StatusCode};
use test_kit::{Client, EventStream};
use tokio::time::{Instant, sleep, timeout};

use crate::history::{ClientState, History};

/// When a client reconnects if the gateway did not say when.
const RETRY: Duration = Duration::from_secs(1);
/// How long a gateway may take to respond.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(5);
/// Longer than any run: no limit to a stream's silence.
const FOR_EVER: Duration = Duration::from_hours(24);

/// How a client behaves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Behavior {
    partials: bool,
    /// How long after the search's acceptance the client starts.
    comes_after: Duration,
    /// How often it drops its connection and resumes.
    drops: u32,
    /// Whether it reconnects after the terminal event, like an `EventSource` that is never closed.
    stubborn: bool,
}

/// A client of one search.
pub(crate) struct Follower {
    gateways: Arc<[Client]>,
    path: String,
    behavior: Behavior,
    rng: StdRng,
    history: History,
}

/// How a stream ended for the client.
enum StreamEnd {
    /// It ended or broke; the client reconnects after this time.
    Ended(Duration),
    /// The client has dropped it.
    Dropped,
}

impl Behavior {
    /// A random behavior of a client that starts then.
    pub(crate) fn any(rng: &mut StdRng, comes_after: Duration) -> Self {
        Self {
            partials: rng.random_bool(0.5),
            comes_after,
            drops: if rng.random_bool(0.3) { rng.random_range(1..=3) } else { 0 },
            stubborn: rng.random_bool(0.2),
        }
    }
}

impl Follower {
    /// A client of this search.
    pub(crate) fn new(gateways: &Arc<[Client]>, id: &str, behavior: Behavior, rng: StdRng) -> Self {
        let query = if behavior.partials { "?partials=true" } else { "" };
        let path = format!("/api/flights/search/{id}/stream{query}");
        Self { gateways: Arc::clone(gateways), path, behavior, rng, history: History::new(behavior.partials) }
    }

    /// What it has received.
    pub(crate) fn into_history(self) -> History {
        self.history
    }

    /// Follows the search like an `EventSource` behind a load balancer: it reconnects at the next gateway, with the
    /// last event's id, when the last gateway said.
    pub(crate) async fn follow(&mut self) {
        sleep(self.behavior.comes_after).await;
        let gateways = Arc::clone(&self.gateways);
        let from = self.rng.random_range(0..gateways.len());
        for gateway in gateways.iter().cycle().skip(from) {
            let pause = match self.open(gateway).await {
                None => RETRY,
                Some(response) if response.status() == StatusCode::OK => {
                    self.history.visits += 1;
                    match self.listen(EventStream::new(response)).await {
                        StreamEnd::Dropped => Duration::ZERO,
                        StreamEnd::Ended(_) if self.history.has_ended() && !self.behavior.stubborn => break,
                        StreamEnd::Ended(retry) => retry,
                    }
                }
                Some(response) => {
                    self.history.state = ClientState::Refused(response.status(), Instant::now());
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
        timeout(RESPONSE_TIMEOUT, request.send()).await.ok()?.ok()
    }

    async fn listen(&mut self, mut stream: EventStream) -> StreamEnd {
        let drops = self.behavior.drops > 0 && !self.history.has_ended();
        let reads_for = if drops { Duration::from_millis(self.rng.random_range(0..1000)) } else { FOR_EVER };
        let read = async {
            while let Some(event) = stream.next_within(FOR_EVER).await {
                self.history.record(&event);
            }
        };
        if timeout(reads_for, read).await.is_err() {
            self.behavior.drops -= 1;
            return StreamEnd::Dropped;
        }
        StreamEnd::Ended(stream.retries.last().map_or(RETRY, |millis| Duration::from_millis(*millis)))
    }
}
