//! Logs to standard output, one line per event, as text or JSON.

mod format;
mod throttled;

use tracing_subscriber::EnvFilter;

pub use format::LogFormat;
use throttled::Throttled;

use crate::log_filter::LogFilter;

/// `RUST_LOG` is not a valid filter.
#[derive(Debug, thiserror::Error)]
#[error("RUST_LOG is no filter like `info` or `info,broker=debug`: {0}")]
pub struct InvalidLogSetting(#[from] tracing_subscriber::filter::ParseError);

/// Starts logging. Call it once, in `main`. Returns the filter, which can be changed later.
pub fn start(filter: &str, format: LogFormat) -> Result<LogFilter, InvalidLogSetting> {
    let builder = tracing_subscriber::fmt().with_env_filter(EnvFilter::try_new(filter)?);
    Ok(match format {
        LogFormat::Text => {
            let ansi = std::io::IsTerminal::is_terminal(&std::io::stdout());
            let builder = builder.with_ansi(ansi).map_event_format(|lines| Throttled::new(lines, format));
            let builder = builder.with_filter_reloading();
            let handle = builder.reload_handle();
            builder.init();
            LogFilter::new(filter, move |filter: EnvFilter| handle.reload(filter).is_ok())
        }
        LogFormat::Json => {
            let builder = builder.json().flatten_event(true).with_current_span(false);
            let builder = builder.map_event_format(|lines| Throttled::new(lines, format));
            let builder = builder.with_filter_reloading();
            let handle = builder.reload_handle();
            builder.init();
            LogFilter::new(filter, move |filter: EnvFilter| handle.reload(filter).is_ok())
        }
    })
}
