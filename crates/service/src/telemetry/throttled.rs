//! Keeps a fault that repeats from flooding the log.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use log_throttle::LogThrottle;
use tracing::{Event, Level, Subscriber, callsite::Identifier};
use tracing_subscriber::{
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer},
    registry::LookupSpan,
};

use super::format::LogFormat;

/// Lines of one kind at `warn` or `error` that are written within ten seconds.
const MAX_LINES: u32 = 20;

/// Formats lines, but leaves out those at `warn` and `error` that repeat too often. The next line of the same kind, which
/// is the same place in the code, has their number as `suppressed_lines`.
pub(super) struct Throttled<F> {
    lines: F,
    format: LogFormat,
    throttles: Mutex<HashMap<Identifier, Arc<LogThrottle>>>,
}

impl<F> Throttled<F> {
    pub(super) fn new(lines: F, format: LogFormat) -> Self {
        Self { lines, format, throttles: Mutex::default() }
    }

    /// `Some` if the line may be written, with the number of lines left out before it.
    fn allow(&self, event: &Event<'_>) -> Option<u64> {
        let metadata = event.metadata();
        // A line with `suppressed` is limited where it is written, by more than its place.
        if *metadata.level() > Level::WARN || metadata.fields().field("suppressed").is_some() {
            return Some(0);
        }
        let mut throttles = self.throttles.lock().unwrap_or_else(PoisonError::into_inner);
        let throttle =
            throttles.entry(metadata.callsite()).or_insert_with(|| Arc::new(LogThrottle::new(MAX_LINES)));
        let throttle = Arc::clone(throttle);
        drop(throttles);
        throttle.allow()
    }

    fn with_suppressed(&self, line: &str, suppressed: u64) -> String {
        let line = line.trim_end_matches('\n');
        match self.format {
            LogFormat::Text => format!("{line} suppressed_lines={suppressed}\n"),
            LogFormat::Json => {
                let open = line.strip_suffix('}').unwrap_or(line);
                format!("{open},\"suppressed_lines\":{suppressed}}}\n")
            }
        }
    }
}

impl<F, S, N> FormatEvent<S, N> for Throttled<F>
where
    F: FormatEvent<S, N>,
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        match self.allow(event) {
            None => Ok(()),
            Some(0) => self.lines.format_event(context, writer, event),
            Some(suppressed) => {
                let mut line = String::new();
                self.lines.format_event(context, Writer::new(&mut line), event)?;
                writer.write_str(&self.with_suppressed(&line, suppressed))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{io, time::Duration};

    use tracing_subscriber::fmt::MakeWriter;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Lines {
        fn take(&self) -> Vec<String> {
            let text = String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap();
            text.lines().map(str::to_owned).collect()
        }
    }

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Lines {
        type Writer = Self;

        fn make_writer(&self) -> Self {
            self.clone()
        }
    }

    fn fail(number: u32) {
        tracing::warn!(number, "it failed");
    }

    async fn repeat_and_pause() {
        (0..100).for_each(fail);
        tokio::time::advance(Duration::from_secs(10)).await;
        fail(100);
    }

    #[tokio::test(start_paused = true)]
    async fn a_line_that_repeats_is_left_out_and_counted() {
        let lines = Lines::default();
        let text = tracing_subscriber::fmt()
            .with_writer(lines.clone())
            .with_ansi(false)
            .map_event_format(|format| Throttled::new(format, LogFormat::Text))
            .finish();
        let _guard = tracing::subscriber::set_default(text);
        repeat_and_pause().await;
        (0..100).for_each(|number| tracing::info!(number, "it goes on"));
        (0..100).for_each(|number| tracing::warn!(number, suppressed = 0, "it is limited elsewhere"));
        tracing::warn!("another one failed");
        let lines = lines.take();
        assert_eq!(lines.len(), 20 + 1 + 100 + 100 + 1);
        assert!(lines[20].ends_with("it failed number=100 suppressed_lines=80"), "{}", lines[20]);
    }

    #[tokio::test(start_paused = true)]
    async fn json_lines_stay_json() {
        let lines = Lines::default();
        let json = tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_writer(lines.clone())
            .map_event_format(|format| Throttled::new(format, LogFormat::Json))
            .finish();
        let _guard = tracing::subscriber::set_default(json);
        repeat_and_pause().await;
        let lines = lines.take();
        let last: serde_json::Value = serde_json::from_str(&lines[20]).unwrap();
        assert_eq!((&last["number"], &last["suppressed_lines"]), (&100.into(), &80.into()));
    }
}
