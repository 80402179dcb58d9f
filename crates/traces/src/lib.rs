//! Traces of searches, exported over OTLP. Off unless an endpoint is set.
//!
//! [`Traces::from_env`] reads OpenTelemetry's standard variables. It gives a [`Tracer`], which is passed to all that makes
//! spans, and an [`Exporter`], a task that sends them. There is no global provider. With tracing off, a [`Span`] is
//! empty: making one allocates nothing.
//!
//! A span never waits for the collector. Spans go through a bounded queue; those that find it full are dropped and
//! counted.
//!
//! | module | what it does |
//! | --- | --- |
//! | `settings` | reads the variables |
//! | `tracer` | makes spans |
//! | `span` | a span, its attributes and its children |
//! | `sampled` | decides which are recorded |
//! | `context` | positions in a trace, in OpenTelemetry's types |
//! | `queue` | ended spans that wait for the exporter |
//! | `exporter` | sends them in batches |
//! | `otlp` | the request: OTLP over HTTP with protobuf |
//! | `metrics` | how many spans were sent or dropped |

mod context;
mod exporter;
mod metrics;
mod otlp;
mod queue;
mod sampled;
mod settings;
mod span;
mod tracer;

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use prometheus_client::registry::Registry;

pub use exporter::Exporter;
pub use opentelemetry::trace::SpanKind;
pub use settings::InvalidTraceSetting;
pub use span::Span;
pub use tracer::Tracer;

use metrics::Metrics;
use settings::Settings;

/// The tracing of a service.
#[derive(Debug)]
pub struct Traces {
    tracer: Tracer,
    exporter: Option<Exporter>,
    metrics: Metrics,
}

impl Traces {
    /// Sets up tracing from environment variables, which `variable` reads. `service` and `version` name the service,
    /// unless the variables do.
    pub fn from_env(
        variable: impl Fn(&str) -> Option<String>,
        service: &'static str,
        version: &'static str,
    ) -> Result<Self, InvalidTraceSetting> {
        let metrics = Metrics::default();
        let Some(settings) = Settings::read(&variable, service, version)? else {
            return Ok(Self { tracer: Tracer::default(), exporter: None, metrics });
        };
        let (queue, spans) = queue::bounded(settings.queue_size, metrics.clone());
        let exporter = Exporter::new(&settings, spans, metrics.clone())?;
        let is_parent_based = settings.sampler.is_parent_based();
        let provider = SdkTracerProvider::builder()
            .with_sampler(settings.sampler)
            .with_resource(settings.resource)
            .with_span_processor(queue)
            .build();
        let tracer = Tracer::new(provider.tracer("flight-search"), is_parent_based);
        Ok(Self { tracer, exporter: Some(exporter), metrics })
    }

    /// Makes the service's spans.
    #[must_use]
    pub fn tracer(&self) -> Tracer {
        self.tracer.clone()
    }

    /// The task that sends spans; `None` if tracing is off.
    pub fn take_exporter(&mut self) -> Option<Exporter> {
        self.exporter.take()
    }

    /// Adds the metrics to a registry.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.metrics.register(registry);
    }
}
