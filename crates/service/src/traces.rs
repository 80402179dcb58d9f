use std::time::Duration;

use traces::{InvalidTraceSetting, Traces};

use crate::lifecycle::Lifecycle;

/// How much of the grace period sending the last spans may take, as a divisor: that which is left after draining.
const FLUSH_SHARE: u32 = 5;

/// The tracing of the service `name`, from the environment.
pub fn traces(name: &'static str) -> Result<Traces, InvalidTraceSetting> {
    Traces::from_env(|name| std::env::var(name).ok(), name, env!("CARGO_PKG_VERSION"))
}

impl Lifecycle {
    /// Starts to send spans, if tracing is on. The last ones are sent when all other tasks have ended.
    pub fn export_traces(&self, traces: &mut Traces, grace: Duration) {
        if let Some(exporter) = traces.take_exporter() {
            self.spawn_last("trace export", |ended| exporter.run(ended, grace / FLUSH_SHARE));
        }
    }
}
