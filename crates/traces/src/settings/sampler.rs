use opentelemetry::{
    Context, KeyValue,
    trace::{Link, SpanKind, TraceId},
};
use opentelemetry_sdk::trace::{Sampler, SamplingResult, ShouldSample};

use super::{
    env::{Env, InvalidTraceSetting},
    values::ratio,
};

/// Decides which traces are recorded.
#[derive(Clone, Debug)]
pub(crate) struct TraceSampler {
    sampler: Sampler,
    is_parent_based: bool,
}

impl TraceSampler {
    /// Reads `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`. By default, the caller decides, and a trace that
    /// begins here is recorded.
    pub(super) fn read<F: Fn(&str) -> Option<String>>(env: &Env<'_, F>) -> Result<Self, InvalidTraceSetting> {
        const NAME: &str = "OTEL_TRACES_SAMPLER";
        let name = env.get(NAME);
        let name = name.as_deref().unwrap_or("parentbased_always_on");
        let root = match name.strip_prefix("parentbased_").unwrap_or(name) {
            "always_on" => Sampler::AlwaysOn,
            "always_off" => Sampler::AlwaysOff,
            "traceidratio" => {
                let ratio = env.parse("OTEL_TRACES_SAMPLER_ARG", ratio)?;
                Sampler::TraceIdRatioBased(ratio.unwrap_or(1.0))
            }
            _ => {
                let problem =
                    "must be always_on, always_off, traceidratio or one of these after parentbased_";
                return Err(InvalidTraceSetting::new(NAME, problem));
            }
        };
        let is_parent_based = name.starts_with("parentbased_");
        let sampler = if is_parent_based { Sampler::ParentBased(Box::new(root)) } else { root };
        Ok(Self { sampler, is_parent_based })
    }

    pub(crate) fn is_parent_based(&self) -> bool {
        self.is_parent_based
    }
}

impl ShouldSample for TraceSampler {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        self.sampler.should_sample(parent, trace, name, kind, attributes, links)
    }
}
