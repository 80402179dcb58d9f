//! Logs to standard output, one line per event, as text or JSON.

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

use crate::log_filter::LogFilter;

/// The format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text, for people.
    Text,
    /// One JSON object per line, for programs.
    Json,
}

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
            let builder = builder.with_ansi(ansi).with_filter_reloading();
            let handle = builder.reload_handle();
            builder.init();
            LogFilter::new(filter, move |filter: EnvFilter| handle.reload(filter).is_ok())
        }
        LogFormat::Json => {
            let builder = builder.json().flatten_event(true).with_current_span(false).with_filter_reloading();
            let handle = builder.reload_handle();
            builder.init();
            LogFilter::new(filter, move |filter: EnvFilter| handle.reload(filter).is_ok())
        }
    })
}
