//! Logs to standard output, one line per event, as text or JSON.

mod format;
mod throttled;

use tracing_subscriber::EnvFilter;

pub use format::LogFormat;
use throttled::Throttled;

/// `RUST_LOG` is not a valid filter.
#[derive(Debug, thiserror::Error)]
#[error("RUST_LOG is no filter like `info` or `info,broker=debug`: {0}")]
pub struct InvalidFilter(#[from] tracing_subscriber::filter::ParseError);

/// Starts logging. Call it once, in `main`.
pub fn start(filter: &str, format: LogFormat) -> Result<(), InvalidFilter> {
    let builder = tracing_subscriber::fmt().with_env_filter(EnvFilter::try_new(filter)?);
    match format {
        LogFormat::Text => builder
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stdout()))
            .map_event_format(|lines| Throttled::new(lines, format))
            .init(),
        LogFormat::Json => builder
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .map_event_format(|lines| Throttled::new(lines, format))
            .init(),
    }
    Ok(())
}
