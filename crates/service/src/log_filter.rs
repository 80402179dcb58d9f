use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use tracing_subscriber::EnvFilter;

/// The longest filter, in bytes.
const MAX_BYTES: usize = 2048;

/// The filter of this process' log, which can be changed while it runs. Clones share it.
#[derive(Clone)]
pub struct LogFilter(Arc<Shared>);

struct Shared {
    current: Mutex<String>,
    apply: Box<dyn Fn(EnvFilter) -> bool + Send + Sync>,
}

/// The text is not a valid filter.
#[derive(Debug, thiserror::Error)]
pub enum InvalidFilter {
    /// It is empty.
    #[error("it is empty; use `off` to log nothing")]
    Empty,
    /// It is too long.
    #[error("it is longer than {MAX_BYTES} bytes")]
    TooLong,
    /// It is not understood.
    #[error("it is no filter like `info` or `info,broker=debug`: {0}")]
    Syntax(#[from] tracing_subscriber::filter::ParseError),
    /// The log has ended.
    #[error("this process no longer logs")]
    Ended,
}

impl LogFilter {
    /// `apply` replaces the filter, and returns whether it could.
    pub(crate) fn new(current: &str, apply: impl Fn(EnvFilter) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(Shared { current: Mutex::new(current.to_owned()), apply: Box::new(apply) }))
    }

    /// The filter as it was last set.
    #[must_use]
    pub fn current(&self) -> String {
        self.0.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the filter. Until the process ends: the next one starts with `RUST_LOG`.
    pub fn set(&self, filter: &str) -> Result<(), InvalidFilter> {
        let parsed = parse(filter)?;
        let mut current = self.0.current.lock().unwrap_or_else(PoisonError::into_inner);
        if !(self.0.apply)(parsed) {
            return Err(InvalidFilter::Ended);
        }
        let before = std::mem::replace(&mut *current, filter.to_owned());
        drop(current);
        tracing::info!(filter, before, "log filter changed");
        Ok(())
    }
}

fn parse(filter: &str) -> Result<EnvFilter, InvalidFilter> {
    match filter.trim() {
        "" => Err(InvalidFilter::Empty),
        filter if filter.len() > MAX_BYTES => Err(InvalidFilter::TooLong),
        filter => Ok(EnvFilter::try_new(filter)?),
    }
}

impl fmt::Debug for LogFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LogFilter").field(&self.current()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_valid_filter_is_applied() {
        let applied = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&applied);
        let filter = LogFilter::new("info", move |filter| {
            seen.lock().unwrap().push(filter.to_string());
            true
        });
        filter.set("warn,broker=debug").unwrap();
        for invalid in ["", "  ", "info,broker=loud", &"x,".repeat(MAX_BYTES)] {
            assert!(filter.set(invalid).is_err(), "{invalid}");
        }
        assert_eq!(filter.current(), "warn,broker=debug");
        assert_eq!(applied.lock().unwrap().len(), 1);
    }
}
