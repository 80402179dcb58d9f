use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use redis::{
    Client, Cmd, Pipeline, RedisFuture, RedisResult, ServerError, Value,
    aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig},
};

use crate::error::{is_demotion, is_forbidden, refusal};

/// The least time between two replacements: whatever is wrong with the other end, it is not flooded with connections.
const SHORTEST_LIFE: Duration = Duration::from_secs(1);

/// The connection that all requests share. A [`ConnectionManager`] makes a new one when this one has broken. Two
/// things break nothing, and are seen to here:
///
/// - The other end has vanished without a word: requests just time out, one after the other. A connection over which
///   nothing came for a while, although something was asked, is replaced.
/// - The other end is no longer the writable primary, because of a failover behind an address that keeps open
///   connections where they are. Any sign of that brings a new connection.
#[derive(Clone)]
pub(crate) struct SharedConnection(Arc<Shared>);

struct Shared {
    client: Client,
    config: ConnectionManagerConfig,
    /// For how long requests may get no answer at all until their connection is taken for dead. Counted from the
    /// first that got none.
    silence: Duration,
    state: Mutex<State>,
    demotions: Demotions,
    /// A command was forbidden, or a connection had to be made anew: what is permitted is to be looked at (again).
    is_doubtful: AtomicBool,
}

/// How often the other end was seen not to be the primary (any more). Connections to the same address share it: one
/// that only reads would not notice by itself.
#[derive(Clone, Default)]
pub(crate) struct Demotions(Arc<AtomicU64>);

struct State {
    manager: ConnectionManager,
    made: Instant,
    /// How many demotions there had been when it was made.
    demotions: u64,
    /// Since when all requests have timed out.
    silent_since: Option<Instant>,
}

impl SharedConnection {
    /// Connects with the first request. Must be called inside a Tokio runtime.
    pub(crate) fn new(
        client: Client,
        config: ConnectionManagerConfig,
        silence: Duration,
        demotions: Demotions,
    ) -> RedisResult<Self> {
        let manager = ConnectionManager::new_lazy_with_config(client.clone(), config.clone())?;
        let state = Mutex::new(State { manager, made: Instant::now(), demotions: 0, silent_since: None });
        let is_doubtful = AtomicBool::new(true);
        Ok(Self(Arc::new(Shared { client, config, silence, state, demotions, is_doubtful })))
    }

    /// The other end is not the primary (any more): requests to come have new connections, this one's and its fellows',
    /// unless this one is very new.
    pub(crate) fn demoted(&self, why: &str) {
        let mut state = self.state();
        if self.0.replace(&mut state, why) {
            state.demotions = self.0.demotions.0.fetch_add(1, Ordering::Relaxed) + 1;
        }
    }

    /// Notes that what is permitted should be looked at again.
    pub(crate) fn doubt(&self) {
        self.0.is_doubtful.store(true, Ordering::Relaxed);
    }

    /// Whether what is permitted should be looked at (again); no longer, once asked.
    pub(crate) fn take_doubt(&self) -> bool {
        self.0.is_doubtful.swap(false, Ordering::Relaxed)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn manager(&self) -> ConnectionManager {
        let mut state = self.state();
        let demotions = self.0.demotions.0.load(Ordering::Relaxed);
        if state.demotions < demotions
            && self.0.replace(&mut state, "its fellow met a server that is not the primary")
        {
            state.demotions = demotions;
        }
        state.manager.clone()
    }

    /// Draws the conclusions from how a request went.
    fn heed<'a, T: 'a>(&self, done: &'a RedisResult<T>, replies: impl FnOnce(&'a T) -> &'a [Value]) {
        match done {
            Err(error) if error.is_timeout() => self.timed_out(),
            Err(error) => {
                self.state().silent_since = None;
                if let Some(refusal) = refusal(error) {
                    self.refused(&refusal);
                }
            }
            Ok(answer) => {
                self.state().silent_since = None;
                for reply in replies(answer) {
                    if let Value::ServerError(refusal) = reply {
                        self.refused(refusal);
                    }
                }
            }
        }
    }

    /// A request got no answer in time.
    pub(crate) fn timed_out(&self) {
        let mut state = self.state();
        let since = *state.silent_since.get_or_insert_with(Instant::now);
        if since.elapsed() >= self.0.silence {
            self.0.replace(&mut state, "nothing comes over it");
        }
    }

    fn refused(&self, refusal: &ServerError) {
        if is_demotion(refusal) {
            self.demoted(refusal.code());
        } else if is_forbidden(refusal) {
            self.doubt();
        }
    }
}

impl Shared {
    /// Makes a new connection for requests to come, unless this one is very new. Tells whether it did.
    fn replace(&self, state: &mut State, why: &str) -> bool {
        if state.made.elapsed() < SHORTEST_LIFE {
            return false;
        }
        match ConnectionManager::new_lazy_with_config(self.client.clone(), self.config.clone()) {
            Ok(manager) => {
                *state = State { manager, made: Instant::now(), silent_since: None, ..*state };
            }
            Err(error) => {
                tracing::error!(%error, "no other connection to Redis can be made");
                return false;
            }
        }
        self.is_doubtful.store(true, Ordering::Relaxed);
        tracing::info!(why, "trying another connection to Redis");
        true
    }
}

impl ConnectionLike for SharedConnection {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async move {
            let done = self.manager().send_packed_command(command).await;
            self.heed(&done, std::slice::from_ref);
            done
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(async move {
            let done = self.manager().send_packed_commands(pipeline, offset, count).await;
            self.heed(&done, Vec::as_slice);
            done
        })
    }

    fn get_db(&self) -> i64 {
        self.state().manager.get_db()
    }
}
