use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use redis::{
    Client, Cmd, Pipeline, RedisFuture, RedisResult, Value,
    aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig},
};

/// For how long requests may get no answer at all until their connection is taken for dead. Counted from the first
/// that got none.
const SILENCE: Duration = Duration::from_secs(2);

/// The connection that all requests share. A [`ConnectionManager`] makes a new one when this one has broken; but when
/// a peer vanishes without a word nothing breaks, requests just time out, one after the other. So a connection
/// over which nothing came for a while, although something was asked, is replaced here.
#[derive(Clone)]
pub(crate) struct SharedConnection(Arc<Shared>);

struct Shared {
    client: Client,
    config: ConnectionManagerConfig,
    state: Mutex<State>,
}

struct State {
    manager: ConnectionManager,
    /// Since when all requests have timed out.
    silent_since: Option<Instant>,
}

impl SharedConnection {
    /// Connects with the first request. Must be called inside a Tokio runtime.
    pub(crate) fn new(client: Client, config: ConnectionManagerConfig) -> RedisResult<Self> {
        let manager = ConnectionManager::new_lazy_with_config(client.clone(), config.clone())?;
        let state = Mutex::new(State { manager, silent_since: None });
        Ok(Self(Arc::new(Shared { client, config, state })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn manager(&self) -> ConnectionManager {
        self.state().manager.clone()
    }

    /// Passes on how a request went, and replaces a connection that is silent for too long.
    fn heed<T>(&self, done: RedisResult<T>) -> RedisResult<T> {
        let mut state = self.state();
        match &done {
            Err(error) if error.is_timeout() => {
                let since = *state.silent_since.get_or_insert_with(Instant::now);
                if since.elapsed() >= SILENCE {
                    let Shared { client, config, .. } = &*self.0;
                    state.manager = ConnectionManager::new_lazy_with_config(client.clone(), config.clone())?;
                    state.silent_since = None;
                    tracing::warn!("nothing comes from Redis; trying another connection");
                }
            }
            _ => state.silent_since = None,
        }
        done
    }
}

impl ConnectionLike for SharedConnection {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async move { self.heed(self.manager().send_packed_command(command).await) })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(async move { self.heed(self.manager().send_packed_commands(pipeline, offset, count).await) })
    }

    fn get_db(&self) -> i64 {
        self.state().manager.get_db()
    }
}
