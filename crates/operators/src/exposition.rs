//! Metrics as text. The client library writes `OpenMetrics`; a scraper that does not ask for it gets Prometheus' classic
//! text format, which every tool reads.
//!
//! The classic format has no exemplars, no units and no end marker, names counters with their `_total`, and knows an
//! info metric only as a gauge.

use std::fmt::{self, Write};

use axum::http::HeaderValue;
use prometheus_client::{encoding::text::encode, registry::Registry};

/// The format of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Classic,
    OpenMetrics,
}

impl Format {
    /// The format that these `Accept` headers ask for.
    pub(crate) fn accepted<'a>(accept: impl IntoIterator<Item = &'a HeaderValue>) -> Self {
        let ranges =
            accept.into_iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
        let is_open_metrics = |range: &str| {
            let mut parts = range.split(';').map(|part| part.trim().to_ascii_lowercase());
            let is_type = parts.next().is_some_and(|media_type| media_type == "application/openmetrics-text");
            let refused = |part: String| {
                part.strip_prefix("q=")
                    .is_some_and(|weight| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0))
            };
            is_type && !parts.any(refused)
        };
        if ranges.into_iter().any(is_open_metrics) { Self::OpenMetrics } else { Self::Classic }
    }

    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Classic => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }
}

/// All metrics of `registry`.
pub(crate) fn expose(registry: &Registry, format: Format) -> Result<String, fmt::Error> {
    let mut text = String::new();
    encode(&mut text, registry)?;
    Ok(match format {
        Format::OpenMetrics => text,
        Format::Classic => classic(&text),
    })
}

/// Rewrites `OpenMetrics`, as the client library writes it, in the classic format.
fn classic(open_metrics: &str) -> String {
    let mut classic = String::with_capacity(open_metrics.len());
    let mut help = None;
    for line in open_metrics.lines() {
        if let Some(described) = line.strip_prefix("# HELP ") {
            // Its name depends on the type, which follows.
            help = described.split_once(' ').map(|(_, text)| text);
        } else if let Some((name, kind)) =
            line.strip_prefix("# TYPE ").and_then(|typed| typed.split_once(' '))
        {
            let (suffix, kind) = match kind {
                "counter" => ("_total", "counter"),
                "info" => ("_info", "gauge"),
                kind => ("", kind),
            };
            if let Some(help) = help.take() {
                let _ = writeln!(classic, "# HELP {name}{suffix} {help}");
            }
            let _ = writeln!(classic, "# TYPE {name}{suffix} {kind}");
        } else if !line.starts_with('#') {
            classic.push_str(without_exemplar(line));
            classic.push('\n');
        }
    }
    classic
}

/// Cuts the exemplar off a sample. It starts with the first ` # ` outside of quotes.
fn without_exemplar(sample: &str) -> &str {
    let (mut quoted, mut escaped) = (false, false);
    for (index, byte) in sample.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'#' if !quoted => return sample[..index].trim_end(),
            _ => {}
        }
    }
    sample
}

#[cfg(test)]
mod tests {
    use prometheus_client::metrics::{
        counter::Counter, exemplar::HistogramWithExemplars, family::Family, info::Info,
    };

    use super::*;

    fn registry() -> Registry {
        let mut registry = Registry::with_prefix("test");
        let calls = Family::<[(&str, &str); 1], Counter>::default();
        calls.get_or_create(&[("supplier", "a\"b # {c} \\")]).inc();
        registry.register("calls", "Calls", calls);
        let time = HistogramWithExemplars::<[(&str, &str); 1]>::new([1.0].into_iter());
        time.observe(0.5, Some([("search_id", "7")]), None);
        registry.register("time_seconds", "Time", time);
        registry.register("build", "The build", Info::new([("version", "1")]));
        registry
    }

    #[test]
    fn classic_text_names_counters_in_full_and_has_no_exemplars() {
        let expected = "\
# HELP test_calls_total Calls.
# TYPE test_calls_total counter
test_calls_total{supplier=\"a\\\"b # {c} \\\\\"} 1
# HELP test_time_seconds Time.
# TYPE test_time_seconds histogram
test_time_seconds_sum 0.5
test_time_seconds_count 1
test_time_seconds_bucket{le=\"1.0\"} 1
test_time_seconds_bucket{le=\"+Inf\"} 1
# HELP test_build_info The build.
# TYPE test_build_info gauge
test_build_info{version=\"1\"} 1
";
        assert_eq!(expose(&registry(), Format::Classic).unwrap(), expected);
    }

    #[test]
    fn open_metrics_has_exemplars_and_an_end() {
        let text = expose(&registry(), Format::OpenMetrics).unwrap();
        assert!(text.contains("test_time_seconds_bucket{le=\"1.0\"} 1 # {search_id=\"7\"} 0.5\n"), "{text}");
        assert!(text.ends_with("# EOF\n"));
    }

    #[test]
    fn the_scraper_chooses_the_format() {
        let format = |accept: &'static str| Format::accepted([&HeaderValue::from_static(accept)]);
        let prometheus =
            "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1";
        assert_eq!(format(prometheus), Format::OpenMetrics);
        for classic in ["*/*", "text/plain", "application/openmetrics-text;q=0, */*", "nonsense;;,"] {
            assert_eq!(format(classic), Format::Classic, "{classic}");
        }
        assert_eq!(Format::accepted([]), Format::Classic);
    }
}
