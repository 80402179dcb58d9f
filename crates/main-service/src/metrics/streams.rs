use std::{fmt, sync::Arc};

use contracts::event;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, counter::Counter, family::Family, gauge::ConstGauge},
    registry::Registry,
};
use sse_server::{Coding, Frame, OpenConnections};

use crate::hub::Hub;

/// Events that were handed to connections. One that then breaks gets them again when its client reconnects.
#[derive(Debug)]
pub(crate) struct Delivered {
    events: Family<[(&'static str, &'static str); 1], Counter>,
    partials: Counter,
    ends: Counter,
    bytes: Family<[(&'static str, &'static str); 1], Counter>,
    plain_bytes: Counter,
    gzip_bytes: Counter,
}

impl Default for Delivered {
    fn default() -> Self {
        let (events, bytes) = (Family::default(), Family::<[(&str, &str); 1], Counter>::default());
        let event = |event| events.get_or_create_owned(&[("event", event)]);
        let coded = |coding: Coding| bytes.get_or_create_owned(&[("coding", coding.as_str())]);
        Self {
            partials: event("partial"),
            ends: event("end"),
            plain_bytes: coded(Coding::Identity),
            gzip_bytes: coded(Coding::Gzip),
            events,
            bytes,
        }
    }
}

impl Delivered {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "events_delivered",
            "Events that were handed to the connections of streams",
            self.events.clone(),
        );
        registry.register(
            "event_bytes_delivered",
            "Bytes of events, as encoded, that were handed to the connections of streams; heartbeats are left out",
            self.bytes.clone(),
        );
    }

    /// Counts an event for one subscriber, whose stream is in this coding.
    pub(crate) fn count(&self, frame: &Frame, coding: Coding) {
        let events = if event::is_partial(frame.plain()) { &self.partials } else { &self.ends };
        events.inc();
        let bytes = match coding {
            Coding::Identity => &self.plain_bytes,
            Coding::Gzip => &self.gzip_bytes,
        };
        bytes.inc_by(frame.size(coding) as u64);
    }
}

/// Counts connections, streams and feeds when it is asked.
#[derive(Debug)]
pub(crate) struct Open {
    hub: Arc<Hub>,
    connections: OpenConnections,
}

impl Open {
    pub(crate) fn new(hub: Arc<Hub>, connections: OpenConnections) -> Self {
        Self { hub, connections }
    }
}

impl Collector for Open {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let (searches, subscribers) = self.hub.size();
        for (name, help, number) in [
            (
                "open_connections",
                "Connections of clients that are open, refused ones left out.",
                self.connections.count(),
            ),
            ("open_streams", "Streams that are open.", subscribers),
            ("followed_searches", "Searches that an open stream follows.", searches),
        ] {
            let metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            ConstGauge::new(i64::try_from(number).unwrap_or(i64::MAX)).encode(metric)?;
        }
        Ok(())
    }
}
