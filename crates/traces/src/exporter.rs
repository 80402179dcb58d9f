use std::{pin::pin, time::Duration};

use log_throttle::LogThrottle;
use opentelemetry_sdk::trace::SpanData;
use tokio::{
    sync::mpsc::Receiver,
    time::{Instant, sleep, timeout, timeout_at},
};
use tokio_util::sync::CancellationToken;

use crate::{
    metrics::{Dropped, Metrics},
    otlp::{Collector, SendError},
    settings::{InvalidTraceSetting, Settings},
};

/// The pause before a batch is sent again; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Sends ended spans to the collector, in batches. Run it as a task.
#[derive(Debug)]
pub struct Exporter {
    collector: Collector,
    spans: Receiver<SpanData>,
    batch: Vec<SpanData>,
    /// How many spans the request in flight has.
    in_flight: usize,
    batch_size: usize,
    delay: Duration,
    timeout: Duration,
    metrics: Metrics,
    throttle: LogThrottle,
}

impl Exporter {
    pub(crate) fn new(
        settings: &Settings,
        spans: Receiver<SpanData>,
        metrics: Metrics,
    ) -> Result<Self, InvalidTraceSetting> {
        let collector =
            Collector::new(settings.endpoint.clone(), settings.headers.clone(), &settings.resource);
        Ok(Self {
            collector: collector.map_err(|error| InvalidTraceSetting::certificates(&error))?,
            spans,
            batch: Vec::new(),
            in_flight: 0,
            batch_size: settings.batch_size,
            delay: settings.delay,
            timeout: settings.timeout,
            metrics,
            throttle: LogThrottle::new(1),
        })
    }

    /// Sends spans until `stop` is cancelled, and then what is left, for up to `flush`. What could not be sent by then
    /// is dropped.
    pub async fn run(mut self, stop: CancellationToken, flush: Duration) {
        {
            let mut too_late = pin!(async {
                stop.cancelled().await;
                sleep(flush).await;
            });
            tokio::select! {
                () = self.export(&stop) => {}
                () = &mut too_late => {}
            }
        }
        self.spans.close();
        let left = self.in_flight + self.batch.len() + self.spans.len();
        if left > 0 {
            tracing::warn!(spans = left, "stopped before all spans were sent to the collector");
            self.metrics.dropped(Dropped::Shutdown, left as u64);
        }
    }

    /// Returns once `stop` is cancelled and the queue is empty.
    async fn export(&mut self, stop: &CancellationToken) {
        while self.collect(stop).await {
            self.in_flight = self.batch.len();
            let body = self.collector.encode(std::mem::take(&mut self.batch));
            let sent = timeout(self.timeout, send(&self.collector, body)).await;
            let spans = std::mem::take(&mut self.in_flight) as u64;
            match sent {
                Ok(Ok(refused)) => {
                    self.metrics.exported(spans.saturating_sub(refused));
                    self.metrics.dropped(Dropped::ExportFailed, refused.min(spans));
                }
                Ok(Err(error)) => self.failed(spans, &error),
                Err(_) => self.failed(spans, &"the collector does not answer"),
            }
        }
    }

    fn failed(&self, spans: u64, error: &dyn std::fmt::Display) {
        self.metrics.dropped(Dropped::ExportFailed, spans);
        if let Some(suppressed) = self.throttle.allow() {
            tracing::warn!(spans, %error, suppressed, "spans were dropped");
        }
    }

    /// Collects a batch: until it is full, for `delay` after its first span, or at shutdown what is there. `false` if
    /// there is nothing left.
    async fn collect(&mut self, stop: &CancellationToken) -> bool {
        if self.batch.is_empty() {
            let first = stop.run_until_cancelled(self.spans.recv()).await;
            self.batch.extend(first.flatten());
        }
        let until = Instant::now() + self.delay;
        while self.batch.len() < self.batch_size {
            let room = self.batch_size - self.batch.len();
            let more = timeout_at(until, self.spans.recv_many(&mut self.batch, room));
            match stop.run_until_cancelled(more).await {
                Some(Ok(1..)) => {}
                Some(_) => break,
                None => {
                    while self.batch.len() < self.batch_size
                        && let Ok(span) = self.spans.try_recv()
                    {
                        self.batch.push(span);
                    }
                    break;
                }
            }
        }
        !self.batch.is_empty()
    }
}

/// Sends a body until the collector has taken or refused it.
async fn send(collector: &Collector, body: bytes::Bytes) -> Result<u64, SendError> {
    let mut pause = FIRST_PAUSE;
    loop {
        match collector.send(body.clone()).await {
            Err(error) if error.is_transient() => {
                tracing::debug!(%error, "spans are sent again");
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::SpanKind;
    use prometheus_client::{encoding::text::encode, registry::Registry};
    use tokio::net::TcpListener;

    use super::*;
    use crate::Traces;

    fn dropped(traces: &Traces, reason: &str) -> String {
        let (mut registry, mut text) = (Registry::default(), String::new());
        traces.register_metrics(&mut registry);
        encode(&mut text, &registry).unwrap();
        let name = format!("spans_dropped_total{{reason=\"{reason}\"}} ");
        text.lines().find_map(|line| line.strip_prefix(&name)).unwrap().to_owned()
    }

    #[tokio::test]
    async fn a_collector_that_hangs_delays_neither_spans_nor_shutdown() {
        // Accepts connections, by its backlog, and answers nothing.
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", silent.local_addr().unwrap());
        let variable = |name: &str| match name {
            "OTEL_EXPORTER_OTLP_ENDPOINT" => Some(endpoint.clone()),
            "OTEL_BSP_MAX_QUEUE_SIZE" => Some("2".into()),
            _ => None,
        };
        let mut traces = Traces::from_env(variable, "a-service", "1.0").unwrap();
        for _ in 0..5 {
            drop(traces.tracer().start(SpanKind::Internal, "a span", None));
        }
        assert_eq!(dropped(&traces, "queue_full"), "3");
        let stop = CancellationToken::new();
        stop.cancel();
        let exporter = traces.take_exporter().unwrap();
        let flush = Duration::from_millis(50);
        timeout(Duration::from_secs(10), exporter.run(stop, flush)).await.expect("it stops in time");
        assert_eq!(dropped(&traces, "shutdown"), "2");
        drop(traces.tracer().start(SpanKind::Internal, "a late span", None));
        assert_eq!(dropped(&traces, "shutdown"), "3");
    }

    #[tokio::test]
    async fn without_an_endpoint_there_is_nothing() {
        let mut traces = Traces::from_env(|_| None, "a-service", "1.0").unwrap();
        let span = traces.tracer().start(SpanKind::Internal, "a span", None);
        assert!(!traces.tracer().is_on() && span.position().is_none() && traces.take_exporter().is_none());
        assert_eq!(span.child(SpanKind::Internal, "a child").trace_id(), None);
    }
}
