mod address;
mod backoff;
pub(crate) mod bulk;
mod clock;
pub(crate) mod primary;
mod shared;

use std::{sync::Arc, time::Duration};

use redis::{
    AsyncConnectionConfig, Client, RedisResult,
    aio::{ConnectionManagerConfig, MultiplexedConnection},
    io::tcp::{TcpSettings, socket2::TcpKeepalive},
};
use rustls::crypto::ring;

use crate::{BrokerError, scripts::Scripts};
pub use address::{InvalidRedisAddr, RedisAddr};
pub use backoff::Backoff;
use bulk::Bulk;
use clock::Clock;
use shared::Demotions;
pub(crate) use shared::SharedConnection;

/// A request with which much travels may take this many times as long as others.
const BULK: u32 = 3;
/// Connecting takes some round trips, so it may take this many times as long as a request.
const CONNECTING: u32 = 2;
/// How long a client's request waits at most, in times of a request to Redis: a gateway promises its 503 within 2 s
/// where one may take a second.
const PATIENCE: f64 = 1.5;
/// For this many times as long as a request may take, requests may get no answer at all until their connection is
/// taken for dead.
const SILENCE: u32 = 2;
/// What a blocking read may take beyond its BLOCK, at least, and in times of a request: Redis has been seen to
/// overshoot it by half.
const BLOCK_MARGIN: (Duration, u32) = (Duration::from_secs(5), 2);

/// How long the other end's kernel may leave what was sent unacknowledged, before the connection counts as broken; at
/// least, and in times of a request.
#[cfg(target_os = "linux")]
const USER_TIMEOUT: (Duration, u32) = (Duration::from_secs(5), 2);
/// How long a connection is idle before it is looked whether the other end is still there.
const KEEPALIVE: Duration = Duration::from_secs(10);

/// How long things are kept.
#[derive(Clone, Copy, Debug)]
pub struct Retention {
    /// A search's record, after the search has ended.
    pub record: Duration,
    /// An entry of the result log. Gateways read it within milliseconds; it is kept for those that were cut off.
    pub news: Duration,
}

/// Connections to Redis that come back by themselves, with everything a service asks of it. Clones share them.
#[derive(Clone)]
pub struct Broker {
    /// For requests and replies that are small.
    pub(crate) connection: SharedConnection,
    /// For those that may be large.
    pub(crate) bulk: Bulk,
    pub(crate) scripts: Arc<Scripts>,
    pub(crate) retention: Retention,
    pub(crate) clock: Arc<Clock>,
    client: Client,
    pub(crate) timeout: Duration,
}

impl Broker {
    /// Prepares a connection without opening it: Redis need not be there yet. A request may take `timeout`, which must
    /// exceed the time that one takes to Redis and back. Must be called inside a Tokio runtime.
    pub fn new(addr: &RedisAddr, retention: Retention, timeout: Duration) -> Result<Self, BrokerError> {
        // redis-rs brings no cryptography for `rediss://`. An error means that the process has chosen already.
        let _ = ring::default_provider().install_default();
        let client = Client::open(addr.info().set_tcp_settings(tcp_settings(timeout)))?;
        // One attempt per request: who asks decides whether to ask again.
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(timeout * CONNECTING))
            .set_response_timeout(Some(timeout))
            .set_pipeline_buffer_size(1024);
        let silence = timeout * SILENCE;
        let demotions = Demotions::default();
        let connection = SharedConnection::new(client.clone(), config.clone(), silence, demotions.clone())?;
        let config = config.set_response_timeout(Some(timeout * BULK));
        let bulk = Bulk::new(SharedConnection::new(client.clone(), config, silence, demotions)?);
        let (scripts, clock) = (Arc::new(Scripts::load()), Arc::new(Clock::new()));
        Ok(Self { connection, bulk, scripts, retention, clock, client, timeout })
    }

    /// Does `request`, and once more if it never left: after a drop, the shared connection shows the outcome of an
    /// attempt to connect that may be long past, and only then makes a new one.
    pub(crate) async fn asked_twice<T, F>(
        &self,
        mut request: impl FnMut(SharedConnection) -> F,
    ) -> RedisResult<T>
    where
        F: Future<Output = RedisResult<T>>,
    {
        match request(self.connection.clone()).await {
            Err(error) if error.is_connection_refusal() => request(self.connection.clone()).await,
            done => done,
        }
    }

    /// How long a client waits at most for what Redis is asked on its behalf.
    pub(crate) fn patience(&self) -> Duration {
        self.timeout.mul_f64(PATIENCE)
    }

    /// Does `work` on a client's behalf: it fails with [`BrokerError::TimedOut`] when Redis has given no sign of life for
    /// longer than a client waits. What it changes may have been changed all the same.
    ///
    /// Records may be large and many clients may want theirs, so this may take long where the way to Redis is thin.
    pub async fn while_heard<T>(
        &self,
        work: impl Future<Output = Result<T, BrokerError>>,
    ) -> Result<T, BrokerError> {
        self.bulk.while_heard(self.patience(), work).await
    }

    /// Opens a connection for reads that block for up to `block`.
    pub(crate) async fn blocking_connection(
        &self,
        block: Duration,
    ) -> Result<MultiplexedConnection, BrokerError> {
        // One that has to be made anew may lead to another server.
        self.connection.doubt();
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.timeout * CONNECTING))
            .set_response_timeout(Some(block + at_least(BLOCK_MARGIN, self.timeout)));
        Ok(self.client.get_multiplexed_async_connection_with_config(&config).await?)
    }
}

fn at_least((least, times): (Duration, u32), timeout: Duration) -> Duration {
    least.max(timeout * times)
}

/// Small requests leave at once, and a host that has vanished is noticed: by default neither holds.
fn tcp_settings(timeout: Duration) -> TcpSettings {
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE);
    let settings = TcpSettings::default().set_nodelay(true).set_keepalive(keepalive);
    #[cfg(target_os = "linux")]
    let settings = settings.set_user_timeout(at_least(USER_TIMEOUT, timeout));
    #[cfg(not(target_os = "linux"))]
    let _ = timeout;
    settings
}

impl std::fmt::Debug for Broker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Broker").field("retention", &self.retention).finish_non_exhaustive()
    }
}
