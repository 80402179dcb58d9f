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

use crate::{
    error::{is_demotion, is_forbidden, refusal},
    metrics::{Connection, Metrics, Operation},
};

/// The shortest time between two replacements, so that a broken server is not flooded with connections.
const MIN_AGE: Duration = Duration::from_secs(1);

/// A connection that many tasks share. Its [`ConnectionManager`] reconnects when the connection breaks. This type also
/// replaces a connection that does not break but is of no use:
///
/// - The server has vanished, so that all requests time out.
/// - The server is no longer the primary: after a failover, some proxies leave open connections where they are.
///
/// [`to`](Self::to) makes it one for requests: each says what it is for, so that it can be measured.
#[derive(Clone)]
pub(crate) struct SharedConnection(Arc<Shared>);

/// A [`SharedConnection`] for one operation's requests.
#[derive(Clone)]
pub(crate) struct OperationConnection {
    connection: SharedConnection,
    operation: Operation,
}

struct Shared {
    client: Client,
    config: ConnectionManagerConfig,
    /// The connection is replaced if all requests time out for this long.
    silence: Duration,
    state: Mutex<State>,
    demotions: Demotions,
    kind: Connection,
    metrics: Arc<Metrics>,
    /// Permissions may have changed: a command was forbidden, or there is a new connection.
    needs_permission_check: AtomicBool,
}

/// How often a server turned out to be a replica. Connections to the same address share this count, because one that
/// only reads does not notice a failover.
#[derive(Clone, Default)]
pub(crate) struct Demotions(Arc<AtomicU64>);

struct State {
    manager: ConnectionManager,
    created: Instant,
    /// The demotions that this connection has reacted to.
    demotions: u64,
    /// When the first of the recent timeouts was. `None` after a reply.
    silent_since: Option<Instant>,
    /// It has answered since it was made.
    is_connected: bool,
}

impl SharedConnection {
    /// Connects with the first request. Must be called inside a Tokio runtime.
    pub(crate) fn new(
        client: Client,
        config: ConnectionManagerConfig,
        silence: Duration,
        demotions: Demotions,
        kind: Connection,
        metrics: Arc<Metrics>,
    ) -> RedisResult<Self> {
        let manager = ConnectionManager::new_lazy_with_config(client.clone(), config.clone())?;
        let state = Mutex::new(State {
            manager,
            created: Instant::now(),
            demotions: 0,
            silent_since: None,
            is_connected: false,
        });
        let needs_permission_check = AtomicBool::new(true);
        Ok(Self(Arc::new(Shared {
            client,
            config,
            silence,
            state,
            demotions,
            kind,
            metrics,
            needs_permission_check,
        })))
    }

    /// For the requests of this operation.
    pub(crate) fn to(&self, operation: Operation) -> OperationConnection {
        OperationConnection { connection: self.clone(), operation }
    }

    /// The server is not the primary: replaces this connection and the others to the same address, unless this one is
    /// new.
    pub(crate) fn demoted(&self, why: &str) {
        let mut state = self.state();
        if self.0.replace(&mut state, why) {
            state.demotions = self.0.demotions.0.fetch_add(1, Ordering::Relaxed) + 1;
        }
    }

    /// Requests a check of permissions.
    pub(crate) fn request_permission_check(&self) {
        self.0.needs_permission_check.store(true, Ordering::Relaxed);
    }

    /// Whether a check of permissions was requested. Clears the request.
    pub(crate) fn take_permission_check(&self) -> bool {
        self.0.needs_permission_check.swap(false, Ordering::Relaxed)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn manager(&self) -> ConnectionManager {
        let mut state = self.state();
        let demotions = self.0.demotions.0.load(Ordering::Relaxed);
        if state.demotions < demotions && self.0.replace(&mut state, "another connection met a replica") {
            state.demotions = demotions;
        }
        state.manager.clone()
    }

    /// Counts what failed, and decides from the result of a request whether to replace the connection.
    fn inspect<'a, T: 'a>(
        &self,
        operation: Operation,
        result: &'a RedisResult<T>,
        replies: impl FnOnce(&'a T) -> &'a [Value],
    ) {
        let metrics = &self.0.metrics.redis;
        match result {
            Err(error) if error.is_timeout() => {
                metrics.request_failed(error.clone());
                self.timed_out();
            }
            Err(error) => {
                metrics.request_failed(error.clone());
                let mut state = self.state();
                state.silent_since = None;
                state.is_connected &= !error.is_unrecoverable_error();
                drop(state);
                if let Some(refusal) = refusal(error) {
                    self.refused(operation, &refusal);
                }
            }
            Ok(value) => {
                let mut state = self.state();
                state.silent_since = None;
                if !std::mem::replace(&mut state.is_connected, true) {
                    metrics.connected(self.0.kind);
                }
                drop(state);
                for reply in replies(value) {
                    if let Value::ServerError(refusal) = reply {
                        // A check of permissions is made of requests that are wrong.
                        if operation != Operation::CheckPermissions {
                            metrics.refused(refusal);
                        }
                        self.refused(operation, refusal);
                    }
                }
            }
        }
    }

    /// A request timed out.
    pub(crate) fn timed_out(&self) {
        let mut state = self.state();
        let since = *state.silent_since.get_or_insert_with(Instant::now);
        if since.elapsed() >= self.0.silence {
            self.0.replace(&mut state, "all requests time out");
        }
    }

    fn refused(&self, operation: Operation, refusal: &ServerError) {
        if is_demotion(refusal) {
            self.demoted(refusal.code());
        }
        // A service works without reading settings, which each checkup tries.
        if is_forbidden(refusal) && operation != Operation::CheckSettings {
            self.request_permission_check();
        }
    }
}

impl Shared {
    /// Replaces the connection, unless it is new. Returns whether it did.
    fn replace(&self, state: &mut State, why: &str) -> bool {
        if state.created.elapsed() < MIN_AGE {
            return false;
        }
        match ConnectionManager::new_lazy_with_config(self.client.clone(), self.config.clone()) {
            Ok(manager) => {
                *state = State {
                    manager,
                    created: Instant::now(),
                    silent_since: None,
                    is_connected: false,
                    ..*state
                };
            }
            Err(error) => {
                tracing::error!(%error, "could not create another connection to Redis");
                return false;
            }
        }
        self.needs_permission_check.store(true, Ordering::Relaxed);
        tracing::info!(why, "trying another connection to Redis");
        true
    }
}

impl ConnectionLike for OperationConnection {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async move {
            let (connection, started) = (&self.connection, Instant::now());
            let result = connection.manager().send_packed_command(command).await;
            connection.0.metrics.redis.requested(self.operation, started.elapsed());
            connection.inspect(self.operation, &result, std::slice::from_ref);
            result
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(async move {
            let (connection, started) = (&self.connection, Instant::now());
            let result = connection.manager().send_packed_commands(pipeline, offset, count).await;
            connection.0.metrics.redis.requested(self.operation, started.elapsed());
            connection.inspect(self.operation, &result, Vec::as_slice);
            result
        })
    }

    fn get_db(&self) -> i64 {
        self.connection.state().manager.get_db()
    }
}

#[cfg(test)]
mod tests;
