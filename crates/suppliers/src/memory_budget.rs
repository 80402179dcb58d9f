//! Bounds the memory that responses take.

use std::sync::Arc;

use tokio::sync::{Semaphore, SemaphorePermit};

/// The memory for the long responses of all suppliers together.
///
/// A response reserves once, for the most that it can need, and waits while other responses hold the memory. No
/// response reserves twice, so two of them never wait for each other.
#[derive(Clone, Debug)]
pub(crate) struct MemoryBudget {
    bytes: Arc<Semaphore>,
    total: usize,
}

impl MemoryBudget {
    /// A budget of this many bytes.
    pub(crate) fn new(bytes: usize) -> Self {
        let total = bytes.clamp(1, Semaphore::MAX_PERMITS);
        Self { bytes: Arc::new(Semaphore::new(total)), total }
    }

    /// Waits for this many bytes, or for the whole budget if it is smaller. Never `None`: the semaphore is never
    /// closed.
    pub(crate) async fn reserve(&self, bytes: usize) -> Option<SemaphorePermit<'_>> {
        let bytes = u32::try_from(bytes.min(self.total)).unwrap_or(u32::MAX);
        self.bytes.acquire_many(bytes).await.ok()
    }
}
