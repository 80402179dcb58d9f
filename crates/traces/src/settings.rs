//! The settings: OpenTelemetry's standard variables
//! (<https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/>). As there, an empty variable
//! counts as unset. An invalid one stops the service at its start, as any other setting does.

mod env;
mod sampler;
mod values;

use std::time::Duration;

use hyper::{Uri, header::HeaderMap};
use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;

pub use env::InvalidTraceSetting;
use env::{Env, parse};
pub(crate) use sampler::TraceSampler;
use values::{headers, list, millis, number, uri};

/// What is exported, and how.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) endpoint: Uri,
    pub(crate) headers: HeaderMap,
    /// The time to export a batch, retries included.
    pub(crate) timeout: Duration,
    pub(crate) resource: Resource,
    pub(crate) sampler: TraceSampler,
    pub(crate) queue_size: usize,
    pub(crate) batch_size: usize,
    /// The longest time that a span waits for its batch to fill.
    pub(crate) delay: Duration,
}

impl Settings {
    /// Reads the variables. `None` if tracing is off: without an endpoint, nothing else is looked at.
    pub(crate) fn read(
        variable: &impl Fn(&str) -> Option<String>,
        service: &'static str,
        version: &'static str,
    ) -> Result<Option<Self>, InvalidTraceSetting> {
        let env = Env(variable);
        let Some(endpoint) = endpoint(&env)? else { return Ok(None) };
        if env.get("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Ok(None);
        }
        match env.get("OTEL_TRACES_EXPORTER").as_deref() {
            None | Some("otlp") => {}
            Some("none") => return Ok(None),
            Some(_) => return Err(InvalidTraceSetting::new("OTEL_TRACES_EXPORTER", "must be otlp or none")),
        }
        let (name, protocol) = env.of_traces("PROTOCOL");
        if protocol.is_some_and(|protocol| protocol != "http/protobuf") {
            let problem = "must be http/protobuf, which collectors take on port 4318";
            return Err(InvalidTraceSetting::new(&name, problem));
        }
        let export_timeout = env.parse("OTEL_BSP_EXPORT_TIMEOUT", millis)?.unwrap_or(Duration::from_secs(30));
        let (name, value) = env.of_traces("TIMEOUT");
        let timeout = parse(name, value, millis)?.unwrap_or(Duration::from_secs(10));
        let (name, value) = env.of_traces("HEADERS");
        let queue_size = env.parse("OTEL_BSP_MAX_QUEUE_SIZE", number)?.unwrap_or(2048);
        Ok(Some(Self {
            endpoint,
            headers: parse(name, value, headers)?.unwrap_or_default(),
            timeout: timeout.min(export_timeout),
            resource: resource(&env, service, version)?,
            sampler: TraceSampler::read(&env)?,
            queue_size,
            batch_size: env.parse("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", number)?.unwrap_or(512).min(queue_size),
            delay: env.parse("OTEL_BSP_SCHEDULE_DELAY", millis)?.unwrap_or(Duration::from_secs(5)),
        }))
    }
}

/// The variable for traces is the whole URL; the general one is what all signals' URLs begin with.
fn endpoint<F: Fn(&str) -> Option<String>>(env: &Env<'_, F>) -> Result<Option<Uri>, InvalidTraceSetting> {
    if let Some(endpoint) = env.parse("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", uri)? {
        return Ok(Some(endpoint));
    }
    env.parse("OTEL_EXPORTER_OTLP_ENDPOINT", |base| uri(&format!("{}/v1/traces", base.trim_end_matches('/'))))
}

fn resource<F: Fn(&str) -> Option<String>>(
    env: &Env<'_, F>,
    service: &'static str,
    version: &'static str,
) -> Result<Resource, InvalidTraceSetting> {
    // Later ones win.
    let ours = [
        ("service.name", service.to_owned()),
        ("service.version", version.to_owned()),
        ("service.instance.id", uuid::Uuid::new_v4().to_string()),
    ];
    let ours = ours.map(|(name, value)| KeyValue::new(name, value));
    let further = env.parse("OTEL_RESOURCE_ATTRIBUTES", list)?.unwrap_or_default();
    let further = further.into_iter().map(|(name, value)| KeyValue::new(name, value));
    let builder = Resource::builder_empty().with_attributes(ours).with_attributes(further);
    Ok(match env.get("OTEL_SERVICE_NAME") {
        Some(name) => builder.with_service_name(name).build(),
        None => builder.build(),
    })
}

#[cfg(test)]
mod tests;
