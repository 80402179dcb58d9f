//! Takes over the jobs of dead workers. That comes before new work: who waits for them has waited for longer.

use std::time::Duration;

use broker::{BrokerError, queue::Delivery};
use tokio::time::Instant;

use super::Context;

/// The longest pause between two looks.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// When to look for jobs that nobody has renewed.
#[derive(Debug)]
pub(super) struct TakeOver {
    lease: Duration,
    next: Instant,
}

impl TakeOver {
    /// To be looked for at once.
    pub(super) fn new(lease: Duration) -> Self {
        Self { lease, next: Instant::now() }
    }

    /// Redis was away: leases ran on, but nobody could renew them. Others get the time to do so first.
    pub(super) fn be_patient(&mut self) {
        self.next = self.next.max(Instant::now() + self.lease);
    }

    /// Takes over up to `room` jobs if it is time to; none if there are none.
    pub(super) async fn when_due(
        &mut self,
        context: &Context,
        room: usize,
    ) -> Result<Vec<Delivery>, BrokerError> {
        if Instant::now() < self.next {
            return Ok(Vec::new());
        }
        let (in_hand, declined) = (&context.in_hand, &context.declined);
        let passed_by = |entry| in_hand.has(entry) || declined.has(entry);
        let held = in_hand.len() + declined.len();
        let taken = context.leases.take_over(self.lease, room, held, passed_by).await;
        let taken = match taken {
            // There is nothing to take over. The reader makes the group anew.
            Err(BrokerError::NoGroup(_)) => Vec::new(),
            taken => taken?,
        };
        // As many as there was room for: there may be more.
        if taken.len() < room {
            self.next = Instant::now() + (self.lease / 3).min(LONGEST_PAUSE);
        }
        if !taken.is_empty() {
            tracing::info!(jobs = taken.len(), "took over jobs of a dead worker");
        }
        Ok(taken)
    }
}
