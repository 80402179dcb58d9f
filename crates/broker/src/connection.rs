mod address;
mod backoff;
pub(crate) mod bulk;
pub(crate) mod clock;
pub(crate) mod primary;
mod shared;
mod sync_clock;

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use redis::{
    AsyncConnectionConfig, Client, RedisResult,
    aio::{ConnectionManagerConfig, MultiplexedConnection},
    io::tcp::{TcpSettings, socket2::TcpKeepalive},
};
use rustls::crypto::ring;
use traces::Tracer;

use crate::{
    BrokerError,
    metrics::{Connection, Metrics, Operation},
    scripts::Scripts,
};
pub use address::{InvalidRedisAddr, RedisAddr};
pub use backoff::Backoff;
use bulk::Bulk;
use clock::Clock;
use shared::Demotions;
pub(crate) use shared::{OperationConnection, SharedConnection};

// All timeouts derive from the timeout of a request, `REDIS_TIMEOUT_MS`.

/// The timeout of a large request, in request timeouts.
const BULK_TIMEOUT: u32 = 3;
/// The timeout of connecting, which takes several round trips, in request timeouts.
const CONNECT_TIMEOUT: u32 = 2;
/// How long a client waits for Redis, in request timeouts: a gateway answers 503 within 2 s if a request may take 1 s.
const CLIENT_TIMEOUT: f64 = 1.5;
/// A connection is replaced if all its requests time out for this long, in request timeouts.
const SILENCE_TIMEOUT: u32 = 2;
/// The timeout of a blocking read beyond its BLOCK, which Redis may exceed by half: the longer of a fixed time and a
/// number of request timeouts.
const BLOCK_MARGIN: (Duration, u32) = (Duration::from_secs(5), 2);

/// How long sent data may stay unacknowledged before the kernel closes the connection: the longer of a fixed time and
/// a number of request timeouts.
#[cfg(target_os = "linux")]
const USER_TIMEOUT: (Duration, u32) = (Duration::from_secs(5), 2);
/// How long a connection may be idle before the kernel probes it.
const KEEPALIVE: Duration = Duration::from_secs(10);

/// How long Redis keeps data.
#[derive(Clone, Copy, Debug)]
pub struct Retention {
    /// A search's record, after the search has ended.
    pub record: Duration,
    /// An entry of the result log. Gateways read it within milliseconds, or after they were disconnected for a while.
    pub result_log: Duration,
}

/// A client for Redis. Reconnects on its own. Clones share its connections.
#[derive(Clone)]
pub struct Broker {
    /// For small requests and replies.
    pub(crate) connection: SharedConnection,
    /// For requests and replies that may be large.
    pub(crate) bulk: Bulk,
    pub(crate) scripts: Arc<Scripts>,
    pub(crate) retention: Retention,
    pub(crate) clock: Arc<Clock>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) tracer: Tracer,
    /// Whether offers are stored compressed.
    pub(crate) compresses: Arc<AtomicBool>,
    client: Client,
    pub(crate) timeout: Duration,
}

impl Broker {
    /// Creates a client. It connects with the first request, so Redis may still be down. `timeout` is the timeout of a
    /// request and must be longer than a round trip. Must be called inside a Tokio runtime.
    pub fn new(addr: &RedisAddr, retention: Retention, timeout: Duration) -> Result<Self, BrokerError> {
        // redis-rs has no TLS provider of its own. An error means that the process has installed one already.
        let _ = ring::default_provider().install_default();
        let client = Client::open(addr.info().set_tcp_settings(tcp_settings(timeout)))?;
        // No retries here: the caller decides.
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(timeout * CONNECT_TIMEOUT))
            .set_response_timeout(Some(timeout))
            .set_pipeline_buffer_size(1024);
        let silence = timeout * SILENCE_TIMEOUT;
        let demotions = Demotions::default();
        let metrics = Arc::<Metrics>::default();
        let shared = |kind, config| {
            let demotions = demotions.clone();
            SharedConnection::new(client.clone(), config, silence, demotions, kind, Arc::clone(&metrics))
        };
        let connection = shared(Connection::Shared, config.clone())?;
        let config = config.set_response_timeout(Some(timeout * BULK_TIMEOUT));
        let bulk = Bulk::new(shared(Connection::Bulk, config)?);
        let (scripts, clock) = (Arc::new(Scripts::load()), Arc::new(Clock::new()));
        let (tracer, compresses) = (Tracer::default(), Arc::default());
        Ok(Self { connection, bulk, scripts, retention, clock, metrics, tracer, compresses, client, timeout })
    }

    /// Makes spans of what is stored of traced searches.
    #[must_use]
    pub fn traced_by(self, tracer: Tracer) -> Self {
        Self { tracer, ..self }
    }

    /// Makes `request`, and repeats it once if it was never sent. After a disconnect, a request first fails with the
    /// result of the last attempt to connect, which may be old; only then does the connection manager reconnect.
    pub(crate) async fn retry_unsent<T, F>(
        &self,
        operation: Operation,
        mut request: impl FnMut(OperationConnection) -> F,
    ) -> RedisResult<T>
    where
        F: Future<Output = RedisResult<T>>,
    {
        match request(self.connection.to(operation)).await {
            Err(error) if error.is_connection_refusal() => request(self.connection.to(operation)).await,
            result => result,
        }
    }

    /// How long a client waits for Redis.
    pub(crate) fn client_timeout(&self) -> Duration {
        self.timeout.mul_f64(CLIENT_TIMEOUT)
    }

    /// Runs `request` for a client. Fails with [`BrokerError::TimedOut`] when the bulk connection has received no
    /// reply for as long as a client waits. Redis may have executed the request all the same.
    ///
    /// There is no limit in total: on a slow link, many large records take long.
    pub async fn with_idle_timeout<T>(
        &self,
        request: impl Future<Output = Result<T, BrokerError>>,
    ) -> Result<T, BrokerError> {
        self.bulk.with_idle_timeout(self.client_timeout(), request).await
    }

    /// Opens a connection for reads that block for up to `block`.
    pub(crate) async fn blocking_connection(
        &self,
        block: Duration,
    ) -> Result<MultiplexedConnection, BrokerError> {
        // A new connection may lead to another server, with other permissions.
        self.connection.request_permission_check();
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.timeout * CONNECT_TIMEOUT))
            .set_response_timeout(Some(block + longer_of(BLOCK_MARGIN, self.timeout)));
        let connection = self.client.get_multiplexed_async_connection_with_config(&config).await;
        let connection = connection?;
        self.metrics.redis.connected(Connection::Blocking);
        Ok(connection)
    }
}

fn longer_of((fixed, timeouts): (Duration, u32), timeout: Duration) -> Duration {
    fixed.max(timeout * timeouts)
}

/// Sends small requests at once, and detects a host that has vanished. TCP does neither by default.
fn tcp_settings(timeout: Duration) -> TcpSettings {
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE);
    let settings = TcpSettings::default().set_nodelay(true).set_keepalive(keepalive);
    #[cfg(target_os = "linux")]
    let settings = settings.set_user_timeout(longer_of(USER_TIMEOUT, timeout));
    #[cfg(not(target_os = "linux"))]
    let _ = timeout;
    settings
}

impl std::fmt::Debug for Broker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Broker").field("retention", &self.retention).finish_non_exhaustive()
    }
}
