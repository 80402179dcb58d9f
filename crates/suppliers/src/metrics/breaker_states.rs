use std::sync::Arc;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, gauge::ConstGauge},
};

use crate::SupplierClient;

/// Reads the circuit breakers when it is asked: 1 for the state that a breaker is in, else 0.
pub(crate) struct BreakerStates(pub(crate) Vec<Arc<SupplierClient>>);

impl Collector for BreakerStates {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let mut metric = encoder.encode_descriptor(
            "supplier_breaker_state",
            "1 for the state of the supplier's circuit breaker, 0 for the other states.",
            None,
            MetricType::Gauge,
        )?;
        for client in &self.0 {
            let current = client.breaker_state();
            for state in ["closed", "half_open", "open"] {
                let labels = [("supplier", client.code().as_str()), ("state", state)];
                let value = ConstGauge::new(i64::from(state == current));
                value.encode(metric.encode_family(&labels)?)?;
            }
        }
        Ok(())
    }
}

impl std::fmt::Debug for BreakerStates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("BreakerStates").field(&self.0.len()).finish()
    }
}
