//! How many calls a supplier gets at once and per period. The limits hold for each worker process.

mod rate_limit;

use tokio::sync::{MutexGuard, Semaphore, SemaphorePermit};

pub(super) use rate_limit::Rate;
use rate_limit::RateLimit;

/// The limits of one supplier.
pub(super) struct Limits {
    concurrency: Option<Semaphore>,
    rate_limit: Option<RateLimit>,
}

/// A permit that waits for the rate limit, as the first in the queue.
pub(super) struct NextInQueue<'a> {
    permit: Permit<'a>,
    rate_limit: Option<(&'a RateLimit, MutexGuard<'a, ()>)>,
}

/// Allows one call. Dropping it releases the concurrency limit.
pub(super) struct Permit<'a> {
    _concurrency: Option<SemaphorePermit<'a>>,
}

impl Limits {
    /// At most `concurrency` concurrent calls, and no more than `rate`. 0 and `None` mean no limit.
    pub(super) fn new(concurrency: usize, rate: Option<Rate>) -> Self {
        let concurrency = (concurrency > 0).then(|| Semaphore::new(concurrency.min(Semaphore::MAX_PERMITS)));
        Self { concurrency, rate_limit: rate.and_then(RateLimit::new) }
    }

    /// Waits for the concurrency limit, and then to be the first that waits for the rate limit. Both queues are
    /// first come, first served.
    pub(super) async fn queue(&self) -> NextInQueue<'_> {
        let concurrency = match &self.concurrency {
            // Fails only for a closed semaphore, and this one is never closed.
            Some(semaphore) => semaphore.acquire().await.ok(),
            None => None,
        };
        let rate_limit = match &self.rate_limit {
            Some(rate_limit) => Some((rate_limit, rate_limit.queue().await)),
            None => None,
        };
        NextInQueue { permit: Permit { _concurrency: concurrency }, rate_limit }
    }
}

impl<'a> NextInQueue<'a> {
    /// Waits until the rate limit allows the next call.
    pub(super) async fn wait_for_rate(self) -> Permit<'a> {
        if let Some((rate_limit, _first_in_queue)) = self.rate_limit {
            rate_limit.wait().await;
        }
        self.permit
    }
}

#[cfg(test)]
mod tests;
