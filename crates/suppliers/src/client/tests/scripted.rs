//! A supplier that follows a script.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use contracts::{SearchQuery, TraceContext};
use tokio::time::{Instant, sleep};

use crate::{
    error::{Retry, SupplierError},
    offers::OfferCollector,
    supplier::Supplier,
};

/// What happens on a call, after 100 ms.
#[derive(Clone, Copy)]
pub(super) enum Step {
    /// Succeed without offers.
    Succeed,
    /// 500.
    Fail,
    /// 429 with a `Retry-After`.
    Throttle(Duration),
    /// 422.
    Reject,
    /// Never return.
    Hang,
}

/// Does one step per call, and repeats the last one.
#[derive(Clone)]
pub(super) struct Scripted {
    steps: Arc<Mutex<VecDeque<Step>>>,
    calls: Arc<Mutex<Vec<Instant>>>,
    concurrent: Arc<AtomicUsize>,
    max_concurrent: Arc<AtomicUsize>,
}

impl Scripted {
    pub(super) fn new(steps: &[Step]) -> Self {
        Self {
            steps: Arc::new(Mutex::new(steps.iter().copied().collect())),
            calls: Arc::default(),
            concurrent: Arc::default(),
            max_concurrent: Arc::default(),
        }
    }

    /// When each call started.
    pub(super) fn call_times(&self) -> Vec<Instant> {
        self.calls.lock().unwrap().clone()
    }

    /// The number of calls so far.
    pub(super) fn calls(&self) -> usize {
        self.call_times().len()
    }

    /// The number of calls in progress.
    pub(super) fn concurrent(&self) -> usize {
        self.concurrent.load(Ordering::SeqCst)
    }

    /// The highest number of calls in progress at once.
    pub(super) fn max_concurrent(&self) -> usize {
        self.max_concurrent.load(Ordering::SeqCst)
    }
}

/// A call in progress.
struct Call<'a>(&'a AtomicUsize);

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Supplier for Scripted {
    async fn search(
        &self,
        _query: &SearchQuery,
        _deadline: Instant,
        _trace: Option<&TraceContext>,
        _offers: &mut OfferCollector<'_>,
    ) -> Result<(), SupplierError> {
        let concurrent = self.concurrent.fetch_add(1, Ordering::SeqCst) + 1;
        let _call = Call(&self.concurrent);
        self.max_concurrent.fetch_max(concurrent, Ordering::SeqCst);
        self.calls.lock().unwrap().push(Instant::now());
        let step = {
            let mut steps = self.steps.lock().unwrap();
            if steps.len() > 1 { steps.pop_front().unwrap() } else { steps[0] }
        };
        sleep(Duration::from_millis(100)).await;
        let status = |status, retry| Err(SupplierError::Status { status, detail: String::new(), retry });
        match step {
            Step::Succeed => Ok(()),
            Step::Fail => status(500, Retry::Backoff),
            Step::Throttle(after) => status(429, Retry::After(after)),
            Step::Reject => status(422, Retry::Never),
            Step::Hang => std::future::pending().await,
        }
    }
}
