//! The worker: takes jobs from the queue, asks the suppliers and stores their answers.
//!
//! ```text
//! main ─▶ run ─▶ worker ─▶ { suppliers, broker }
//! ```
//!
//! | module | what it does |
//! | --- | --- |
//! | `config` | settings: flags and environment variables |
//! | [`probe`] | the check behind `provider-service health` |
//! | `worker` | the consumer loop, jobs in progress and their leases |

mod config;
pub mod probe;
mod worker;

use std::sync::Arc;

use airports::Airports;
use broker::Component;
use service::{InvalidRedisConfig, Lifecycle, UncleanShutdown};
use suppliers::{LatencyRange, Registry, RegistryError, RegistryOptions};

pub use config::{Command, Config};

/// Why a worker did not start or did not stop cleanly.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A setting for Redis is invalid.
    #[error(transparent)]
    Redis(#[from] InvalidRedisConfig),
    /// The suppliers file can't be read.
    #[error("SUPPLIERS_FILE {path} can't be read: {source}")]
    SuppliersFile {
        /// Path of the file.
        path: String,
        /// Why it can't be read.
        source: std::io::Error,
    },
    /// The suppliers file is invalid.
    #[error("the suppliers are not set up right: {0}")]
    Suppliers(#[from] RegistryError),
    /// The worker did not stop cleanly.
    #[error(transparent)]
    Unclean(#[from] UncleanShutdown),
}

/// Runs a worker until `shutdown` completes, then finishes or hands back the jobs in progress.
pub async fn run(config: Config, shutdown: impl Future<Output = ()>) -> Result<(), RunError> {
    let broker = config.common.broker()?;
    let suppliers = registry(&config)?;
    tokio::pin!(shutdown);
    tokio::select! {
        usable = service::wait_until_usable(&broker, Component::Worker) => usable?,
        () = &mut shutdown => return Ok(()),
    }
    let grace = config.common.shutdown_grace_ms;
    let lifecycle = Lifecycle::default();
    let watch = service::watch_redis(broker.clone(), Component::Worker, lifecycle.clone(), |_| {});
    lifecycle.spawn_permanent("checkup", watch);
    worker::start(&Arc::new(worker::Context::new(config, broker, suppliers)), &lifecycle);

    tokio::select! {
        () = shutdown => lifecycle.stop(),
        () = lifecycle.stop_token().cancelled() => {}
    }
    lifecycle.finish(grace).await?;
    tracing::info!("worker stopped");
    Ok(())
}

fn registry(config: &Config) -> Result<Registry, RunError> {
    let airports = Arc::new(Airports::embedded());
    let secret = |name: &str| std::env::var(name).ok();
    let options = RegistryOptions {
        simulated_latency: config.simulated_latency_ms,
        simulated_failure_rate: config.simulated_failure_rate,
        max_offers: config.common.max_results,
        secrets: &secret,
    };
    let Some(path) = &config.suppliers_file else {
        let latency = config.simulated_latency_ms.unwrap_or(LatencyRange::EMBEDDED);
        return Ok(Registry::embedded(
            RegistryOptions { simulated_latency: Some(latency), ..options },
            &airports,
        )?);
    };
    let text = std::fs::read_to_string(path)
        .map_err(|source| RunError::SuppliersFile { path: path.display().to_string(), source })?;
    Ok(Registry::from_toml(&text, options, &airports)?)
}
