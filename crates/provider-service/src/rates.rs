//! Exchange rates, from a file that something else keeps up to date.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use contracts::{ExchangeRates, money::InvalidRates};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// How often the file is looked at. It changes once a day.
const INTERVAL: Duration = Duration::from_secs(5);

/// The longest file, in bytes. The bank's has less than 1,000.
const MAX_BYTES: u64 = 64 * 1024;

/// Why the exchange rates can't be used.
#[derive(Debug, thiserror::Error)]
pub enum RatesError {
    /// The file can't be read.
    #[error("{path} can't be read: {source}")]
    Unreadable {
        /// Path of the file.
        path: String,
        /// Why it can't be read.
        source: io::Error,
    },
    /// The file is longer than 64 KiB.
    #[error("{path} is too long: it is not a file of daily rates")]
    TooLong {
        /// Path of the file.
        path: String,
    },
    /// The file is not the European Central Bank's CSV.
    #[error("{path} is invalid: {source}")]
    Invalid {
        /// Path of the file.
        path: String,
        /// What is wrong with it.
        source: InvalidRates,
    },
}

/// The exchange rates in a file, those of its last valid content.
pub(crate) struct RatesFile {
    path: PathBuf,
    current: RwLock<Arc<ExchangeRates>>,
}

impl RatesFile {
    /// Reads the file.
    pub(crate) fn open(path: PathBuf) -> Result<Self, RatesError> {
        let rates = Self::parse(&path, &Self::read(&path)?)?;
        log(&rates);
        Ok(Self { path, current: RwLock::new(Arc::new(rates)) })
    }

    /// The rates to use now.
    pub(crate) fn current(&self) -> Arc<ExchangeRates> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the file again whenever its content has changed, until `stop`. Keeps the rates if it is invalid.
    pub(crate) async fn watch(self: Arc<Self>, stop: CancellationToken) {
        let mut ticks = interval(INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // What was wrong with the file when it was last read.
        let mut problem: Option<String> = None;
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            let file = Arc::clone(&self);
            let Ok(result) = tokio::task::spawn_blocking(move || file.reload()).await else { break };
            let new = result.err().map(|error| error.to_string());
            if let Some(error) = new.as_ref().filter(|_| new != problem) {
                let kept = self.current().date();
                tracing::warn!(error, %kept, "exchange rates can't be read, keeping those of before");
            }
            problem = new;
        }
    }

    /// Reads the file, and takes its rates if they are others.
    fn reload(&self) -> Result<(), RatesError> {
        let rates = Self::parse(&self.path, &Self::read(&self.path)?)?;
        if *self.current() != rates {
            log(&rates);
            *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rates);
        }
        Ok(())
    }

    fn read(path: &Path) -> Result<String, RatesError> {
        let unreadable = |source| RatesError::Unreadable { path: path.display().to_string(), source };
        let length = fs::metadata(path).map_err(unreadable)?.len();
        if length > MAX_BYTES {
            return Err(RatesError::TooLong { path: path.display().to_string() });
        }
        fs::read_to_string(path).map_err(unreadable)
    }

    fn parse(path: &Path, text: &str) -> Result<ExchangeRates, RatesError> {
        text.parse().map_err(|source| RatesError::Invalid { path: path.display().to_string(), source })
    }
}

fn log(rates: &ExchangeRates) {
    tracing::info!(date = %rates.date(), currencies = rates.currencies(), "exchange rates read");
}
