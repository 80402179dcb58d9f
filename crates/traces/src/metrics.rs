use prometheus_client::{
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};

/// Why a span was not exported: the label `reason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dropped {
    /// The queue was full: the collector is away, or slower than spans are made.
    QueueFull,
    /// The collector did not take it.
    ExportFailed,
    /// The service stopped before it was sent.
    Shutdown,
}

/// How many spans were exported, and how many were not.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    exported: Counter,
    dropped: Family<[(&'static str, &'static str); 1], Counter>,
    by_reason: [Counter; Dropped::ALL.len()],
}

impl Default for Metrics {
    fn default() -> Self {
        let dropped = Family::<[(&str, &str); 1], Counter>::default();
        Self {
            exported: Counter::default(),
            by_reason: Dropped::ALL.map(|reason| dropped.get_or_create_owned(&[("reason", reason.as_str())])),
            dropped,
        }
    }
}

impl Metrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register("spans_exported", "Spans that the collector has taken", self.exported.clone());
        registry.register(
            "spans_dropped",
            "Spans of sampled traces that the collector has not got, by reason",
            self.dropped.clone(),
        );
    }

    pub(crate) fn exported(&self, spans: u64) {
        self.exported.inc_by(spans);
    }

    pub(crate) fn dropped(&self, reason: Dropped, spans: u64) {
        self.by_reason[reason as usize].inc_by(spans);
    }
}

impl Dropped {
    const ALL: [Self; 3] = [Self::QueueFull, Self::ExportFailed, Self::Shutdown];

    fn as_str(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::ExportFailed => "export_failed",
            Self::Shutdown => "shutdown",
        }
    }
}
