//! What is measured of Redis, the queue and the searches.

mod operation;
mod queue;
mod redis;
mod register;
mod searches;

pub(crate) use operation::Operation;
pub(crate) use queue::StreamEnd;
pub(crate) use redis::Connection;
pub(crate) use searches::reason;

/// The metrics of a [`Broker`](crate::Broker).
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    pub(crate) redis: redis::Metrics,
    pub(crate) queue: queue::Metrics,
    pub(crate) searches: searches::Metrics,
}
