//! The worker: takes jobs from the queue, asks the suppliers and stores their answers.
//!
//! ```text
//! main ─▶ run ─▶ worker ─▶ { suppliers, broker }
//! ```
//!
//! | module | what it does |
//! | --- | --- |
//! | `config` | settings: flags and environment variables |
//! | `health` | whether the worker can do its work |
//! | `metrics` | what is measured of jobs |
//! | `rates` | exchange rates, from a file |
//! | [`trial`] | `provider-service check` and `try` |
//! | [`probe`] | the check behind `provider-service health` |
//! | `worker` | the consumer loop, jobs in progress and their leases |

mod config;
mod health;
mod metrics;
pub mod probe;
mod rates;
pub mod trial;
mod worker;

use std::{sync::Arc, time::Duration};

use airports::Airports;
use axum::Router;
use broker::{Checkup, Component};
use health::Health;
use operators::{Port, PortUnavailable};
use operators_console::Console;
use rates::RatesFile;
use service::{InvalidRedisConfig, InvalidTraceSetting, Lifecycle, LogFilter, UncleanShutdown};
use suppliers::{LatencyRange, Registry, RegistryError, RegistryOptions};

pub use config::{Command, Config};
pub use rates::RatesError;

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
    /// The exchange rates can't be read.
    #[error("EXCHANGE_RATES_FILE {0}")]
    Rates(#[from] RatesError),
    /// A setting for traces is invalid.
    #[error(transparent)]
    Traces(#[from] InvalidTraceSetting),
    /// The operators' port is not available.
    #[error(transparent)]
    Port(#[from] PortUnavailable),
    /// The worker did not stop cleanly.
    #[error(transparent)]
    Unclean(#[from] UncleanShutdown),
}

/// Runs a worker until `shutdown` completes, then finishes or hands back the jobs in progress.
pub async fn run(config: Config, log: LogFilter, shutdown: impl Future<Output = ()>) -> Result<(), RunError> {
    let mut traces = service::traces("provider-service")?;
    let broker = config.common.broker()?.traced_by(traces.tracer());
    let suppliers = registry(&config, &|name| std::env::var(name).ok())?;
    let rates = config.exchange_rates_file.clone().map(RatesFile::open).transpose()?.map(Arc::new);
    let port = Port::open(config.metrics_port).await?;
    let lifecycle = Lifecycle::default();
    let (grace, search_time) = (config.common.shutdown_grace_ms, config.common.search_deadline_ms);
    let health = Health::new(lifecycle.stop_token().clone(), config.common.redis.redis_timeout_ms);
    let context =
        Arc::new(worker::Context::new(config, broker, suppliers, rates.clone(), health, traces.tracer()));
    if let Some(port) = port {
        let mut metrics = context.metrics();
        traces.register_metrics(&mut metrics);
        let router = operators_router(&context, metrics, log, search_time, &lifecycle);
        lifecycle.spawn_last("operators' port", |ended| port.serve(router, ended));
    }
    lifecycle.export_traces(&mut traces, grace);
    if let Some(rates) = rates {
        lifecycle.spawn_permanent("exchange rates", rates.watch(lifecycle.stop_token().clone()));
    }
    let checked = |checkup: &Checkup| context.health.checked(checkup);
    tokio::pin!(shutdown);
    tokio::select! {
        usable = service::wait_until_usable(&context.broker, Component::Worker, checked) => match usable {
            Ok(()) => start(&context, &lifecycle),
            Err(error) => lifecycle.fail(error),
        },
        () = &mut shutdown => lifecycle.stop(),
    }

    tokio::select! {
        // First, because `shutdown` may have completed above, and must not be polled again.
        biased;
        () = lifecycle.stop_token().cancelled() => {}
        () = &mut shutdown => lifecycle.stop(),
    }
    lifecycle.finish(grace).await?;
    tracing::info!("worker stopped");
    Ok(())
}

/// What the operators' port serves.
fn operators_router(
    context: &Arc<worker::Context>,
    metrics: prometheus_client::registry::Registry,
    log: LogFilter,
    search_time: Duration,
    lifecycle: &Lifecycle,
) -> Router {
    let examined = Arc::clone(context);
    let problems = move || examined.health.problems();
    let console = Console {
        broker: context.broker.clone(),
        service: "worker",
        problems: Box::new(problems.clone()),
        warnings: Box::new(Vec::new),
        log,
        search_time,
        lifecycle: lifecycle.clone(),
    };
    operators::router(metrics, problems).merge(operators_console::router(console))
}

fn start(context: &Arc<worker::Context>, lifecycle: &Lifecycle) {
    let checked = Arc::clone(context);
    let on_checkup = move |checkup| checked.health.checked(&checkup);
    let watch =
        service::watch_redis(context.broker.clone(), Component::Worker, lifecycle.clone(), on_checkup);
    lifecycle.spawn_permanent("checkup", watch);
    worker::start(context, lifecycle);
}

/// The suppliers of the file. `secrets` looks up `${NAME}`.
fn registry(config: &Config, secrets: &dyn Fn(&str) -> Option<String>) -> Result<Registry, RunError> {
    let airports = Arc::new(Airports::embedded());
    let options = RegistryOptions {
        simulated_latency: config.simulated_latency_ms,
        simulated_failure_rate: config.simulated_failure_rate,
        resellers: config.simulated_resellers,
        max_offers: config.common.max_results,
        secrets,
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
