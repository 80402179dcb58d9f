use std::{sync::atomic::AtomicU64, time::Duration};

use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use redis::{RedisError, ServerError};

use super::operation::Operation;
use crate::BrokerError;

type ByLabel<M> = Family<[(&'static str, &'static str); 1], M>;
/// A number that may be unknown: then it is NaN.
type Number = Gauge<f64, AtomicU64>;

/// What is measured of Redis.
#[derive(Debug)]
pub(crate) struct Metrics {
    requests: ByLabel<Histogram>,
    by_operation: [Histogram; Operation::ALL.len()],
    errors: ByLabel<Counter>,
    by_kind: [Counter; KINDS.len()],
    connections: ByLabel<Counter>,
    by_connection: [Counter; Connection::ALL.len()],
    up: Gauge,
    memory_used: Number,
    memory_limit: Number,
    append_only: Number,
    evicts: Number,
    clock_skew: Number,
}

/// The kinds of [`BrokerError::kind`].
const KINDS: [&str; 7] =
    ["unavailable", "timeout", "forbidden", "not_primary", "full", "no_group", "refused"];

/// A connection to Redis: the label `connection`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connection {
    /// For small requests.
    Shared,
    /// For large ones.
    Bulk,
    /// For one reader that blocks.
    Blocking,
}

impl Default for Metrics {
    fn default() -> Self {
        let requests = ByLabel::new_with_constructor(histogram as fn() -> Histogram);
        let errors = ByLabel::<Counter>::default();
        let connections = ByLabel::<Counter>::default();
        let unknown = || {
            let number = Number::default();
            number.set(f64::NAN);
            number
        };
        Self {
            by_operation: Operation::ALL
                .map(|operation| requests.get_or_create_owned(&[("operation", operation.as_str())])),
            requests,
            by_kind: KINDS.map(|kind| errors.get_or_create_owned(&[("kind", kind)])),
            errors,
            by_connection: Connection::ALL
                .map(|connection| connections.get_or_create_owned(&[("connection", connection.as_str())])),
            connections,
            up: Gauge::default(),
            memory_used: unknown(),
            memory_limit: unknown(),
            append_only: unknown(),
            evicts: unknown(),
            clock_skew: unknown(),
        }
    }
}

/// From a Redis on this host to one that is about to time out.
fn histogram() -> Histogram {
    Histogram::new([0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 3.0])
}

impl Metrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "redis_request_duration_seconds",
            "Round trips to Redis by operation; blocking reads are left out",
            self.requests.clone(),
        );
        registry.register("redis_errors", "Failed requests to Redis, by kind", self.errors.clone());
        registry.register(
            "redis_connections",
            "Connections to Redis that were made, reconnections included",
            self.connections.clone(),
        );
        registry.register(
            "redis_up",
            "1 if Redis answered the last check, is the primary and permits every command that is needed",
            self.up.clone(),
        );
        registry.register(
            "redis_memory_used_bytes",
            "Memory that Redis uses; NaN if unknown",
            self.memory_used.clone(),
        );
        registry.register(
            "redis_memory_limit_bytes",
            "Redis' maxmemory, 0 for no limit; NaN if unknown",
            self.memory_limit.clone(),
        );
        registry.register(
            "redis_append_only_file",
            "1 if Redis has an append-only file, 0 if searches are lost when it stops; NaN if unknown",
            self.append_only.clone(),
        );
        registry.register(
            "redis_evicts",
            "1 if Redis may evict searches, by its maxmemory-policy; NaN if unknown",
            self.evicts.clone(),
        );
        registry.register(
            "clock_skew_seconds",
            "How far this host's clock is ahead of Redis'; NaN if unknown",
            self.clock_skew.clone(),
        );
    }

    /// A request was answered or has failed after this time.
    pub(crate) fn requested(&self, operation: Operation, took: Duration) {
        self.by_operation[operation as usize].observe(took.as_secs_f64());
    }

    /// A request failed.
    pub(crate) fn failed(&self, error: &BrokerError) {
        self.by_kind[kind(error)].inc();
    }

    /// A request failed, unless Redis only asks for a script's text.
    pub(crate) fn request_failed(&self, error: RedisError) {
        if error.code() != Some("NOSCRIPT") {
            self.failed(&error.into());
        }
    }

    /// Redis refused a request.
    pub(crate) fn refused(&self, refusal: &ServerError) {
        self.request_failed(refusal.clone().into());
    }

    /// A connection was made.
    pub(crate) fn connected(&self, connection: Connection) {
        self.by_connection[connection as usize].inc();
    }

    /// Whether Redis can be used.
    pub(crate) fn set_up(&self, up: bool) {
        self.up.set(up.into());
    }

    /// Redis' memory and settings; `None` for what is not known.
    pub(crate) fn set_setup(
        &self,
        memory: Option<(u64, u64)>,
        append_only: Option<bool>,
        evicts: Option<bool>,
    ) {
        let number = |value: Option<bool>| value.map_or(f64::NAN, |value| f64::from(u8::from(value)));
        self.memory_used.set(memory.map_or(f64::NAN, |(used, _)| as_f64(used)));
        self.memory_limit.set(memory.map_or(f64::NAN, |(_, limit)| as_f64(limit)));
        self.append_only.set(number(append_only));
        self.evicts.set(number(evicts));
    }

    /// How many milliseconds this host's clock is ahead of Redis'.
    pub(crate) fn set_clock_skew(&self, ahead: i64) {
        let seconds = as_f64(ahead.unsigned_abs()) / 1000.0;
        self.clock_skew.set(if ahead < 0 { -seconds } else { seconds });
    }
}

impl Connection {
    const ALL: [Self; 3] = [Self::Shared, Self::Bulk, Self::Blocking];

    fn as_str(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Bulk => "bulk",
            Self::Blocking => "blocking",
        }
    }
}

/// The index of an error's kind in [`KINDS`].
fn kind(error: &BrokerError) -> usize {
    let kind = error.kind();
    KINDS.iter().position(|known| *known == kind).unwrap_or(KINDS.len() - 1)
}

#[expect(clippy::cast_precision_loss, reason = "exact below 9 PB and for the next 280,000 years")]
fn as_f64(number: u64) -> f64 {
    number as f64
}
