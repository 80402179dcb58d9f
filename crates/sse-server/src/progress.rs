//! What hyper is about on one connection: whether it waits for a request, and whether all it wrote has left.

use std::{
    future::poll_fn,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    task::Poll,
};

use futures_util::task::AtomicWaker;

/// Shared by a connection's socket, its requests and the watch over its idleness: all of one task.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// Even between two requests, odd while one is being answered.
    steps: AtomicU32,
    /// Whether there is a response, or a part of one, that the socket has not taken.
    unflushed: AtomicBool,
    flushed: AtomicWaker,
}

impl Progress {
    /// A request has come. It is being answered until what is returned is dropped.
    pub(crate) fn begin(self: &Arc<Self>) -> Answering {
        self.steps.fetch_add(1, Ordering::Relaxed);
        Answering(Arc::clone(self))
    }

    /// A number that rises with each request, while there is none; `None` while one is being answered.
    pub(crate) fn idle(&self) -> Option<u32> {
        let steps = self.steps.load(Ordering::Relaxed);
        (steps.is_multiple_of(2) && self.is_flushed()).then_some(steps)
    }

    /// There is something to write.
    pub(crate) fn unflush(&self) {
        self.unflushed.store(true, Ordering::Relaxed);
    }

    /// The socket has taken all there was to write.
    pub(crate) fn flush(&self) {
        self.unflushed.store(false, Ordering::Relaxed);
        self.flushed.wake();
    }

    /// Waits until the socket has taken all earlier responses.
    pub(crate) async fn flushed(&self) {
        poll_fn(|cx| {
            self.flushed.register(cx.waker());
            if self.is_flushed() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    fn is_flushed(&self) -> bool {
        !self.unflushed.load(Ordering::Relaxed)
    }
}

/// A request that is being answered, until the last byte of its response is with hyper.
#[derive(Debug)]
pub(crate) struct Answering(Arc<Progress>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.steps.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn a_connection_is_idle_between_requests_whose_responses_have_left() {
        let progress = Arc::new(Progress::default());
        assert_eq!(progress.idle(), Some(0));
        let answering = progress.begin();
        assert_eq!(progress.idle(), None);
        progress.unflush();
        drop(answering);
        assert_eq!(progress.idle(), None);
        assert!(progress.flushed().now_or_never().is_none());
        progress.flush();
        assert_eq!(progress.idle(), Some(2), "another request than before");
        assert!(progress.flushed().now_or_never().is_some());
    }
}
