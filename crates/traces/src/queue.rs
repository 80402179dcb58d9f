use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::{
    error::OTelSdkResult,
    trace::{Span, SpanData, SpanProcessor},
};
use tokio::sync::mpsc::{self, Receiver, Sender};

use crate::metrics::{Dropped, Metrics};

/// The queue between spans and the exporter. Never waits.
#[derive(Debug)]
pub(crate) struct Queue {
    spans: Sender<SpanData>,
    metrics: Metrics,
}

/// A queue for up to `size` spans.
pub(crate) fn bounded(size: usize, metrics: Metrics) -> (Queue, Receiver<SpanData>) {
    let (sender, receiver) = mpsc::channel(size);
    (Queue { spans: sender, metrics }, receiver)
}

impl SpanProcessor for Queue {
    fn on_start(&self, _span: &mut Span, _context: &Context) {}

    fn on_end(&self, span: SpanData) {
        match self.spans.try_send(span) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(_)) => self.metrics.dropped(Dropped::QueueFull, 1),
            Err(mpsc::error::TrySendError::Closed(_)) => self.metrics.dropped(Dropped::Shutdown, 1),
        }
    }

    /// The exporter flushes when the service stops.
    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }
}
