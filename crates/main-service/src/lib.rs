//! The HTTP gateway: submit a search, follow it over Server-Sent Events.
//!
//! ```text
//! main ─▶ run ─▶ sse_server ─▶ http ─▶ hub ◀─ tasks ─▶ broker
//! ```
//!
//! | module | what it does |
//! | --- | --- |
//! | `http` | the routes, and where errors become responses |
//! | [`hub`] | who follows which search, and what there is to tell |
//! | `follow` | a subscription as an event stream |
//! | `tasks` | the permanent ones: tail of the result log, loading feeds, deadlines, watch over Redis |
//! | `health` | readiness: what the tasks last saw of Redis and the workers |
//! | `backlog` | how many jobs wait, and permits to submit more |
//! | `known_suppliers` | whom the workers ask |
//! | `metrics`, `refusals` | what is measured of clients |
//! | `spans` | the spans of a POST and of a receipt from the result log |
//! | `searches`, `loads` | bringing feeds and records together, and which feeds wait for that |

mod allowed_origins;
mod app;
mod backlog;
mod config;
mod follow;
mod health;
mod http;
pub mod hub;
mod known_suppliers;
mod loads;
mod metrics;
mod refusals;
mod searches;
mod spans;
mod tasks;
mod trusted_proxies;

use std::sync::Arc;

use axum::Router;
use broker::{Acceptance, Component};
use operators::{Port, PortUnavailable, Problem};
use operators_console::Console;
use prometheus_client::registry::Registry;
use service::{InvalidRedisConfig, InvalidTraceSetting, Lifecycle, LogFilter, UncleanShutdown};
use sse_server::{ClientLimit, MAX_OVERFLOW, Refusal, Server, Settings};
use tokio::net::TcpListener;

pub use allowed_origins::AllowedOrigins;
pub use config::{Command, Config};
pub use trusted_proxies::TrustedProxies;

use app::App;

/// Open files reserved for connections that are being refused and, above all, for Redis: its connections must recover
/// while clients flood in.
const SPARE_FILES: usize = MAX_OVERFLOW + 64;
/// The smallest default limit of connections per client: one address may stand for many users.
const MIN_PER_CLIENT: usize = 100;

/// Why the gateway did not start or did not stop cleanly.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A setting for Redis is invalid.
    #[error(transparent)]
    Redis(#[from] InvalidRedisConfig),
    /// A setting for traces is invalid.
    #[error(transparent)]
    Traces(#[from] InvalidTraceSetting),
    /// The operators' port is not available.
    #[error(transparent)]
    Port(#[from] PortUnavailable),
    /// It did not stop cleanly.
    #[error(transparent)]
    Unclean(#[from] UncleanShutdown),
}

/// Serves HTTP on `listener` until `shutdown` completes and the open requests and streams have ended.
pub async fn run(
    config: Config,
    log: LogFilter,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> Result<(), RunError> {
    let mut traces = service::traces("main-service")?;
    let broker = config.common.broker()?.traced_by(traces.tracer());
    let component = Component::Gateway(config.accept_durability);
    service::check_redis(&broker, component).await?;
    let port = Port::open(config.metrics_port).await?;
    let grace = config.common.shutdown_grace_ms;
    let settings = settings(&config);
    tracing::info!(addr = listener.local_addr().ok().map(tracing::field::display), redis = %config.common.redis.redis_addr,
        "gateway starts");
    let clients = Arc::new(client_limit(&config, settings.max_connections));
    let (acceptance, lanes) = Acceptance::new(broker.clone(), config.accept_durability);
    let app = Arc::new(App::new(config, broker, acceptance, clients, traces.tracer()));
    let lifecycle = Lifecycle::default();
    let server = server(settings, &app);

    if let Some(port) = port {
        let mut registry = app.registry(server.open_connections(), http::Problem::refusal_codes());
        traces.register_metrics(&mut registry);
        let router = operators_router(&app, registry, log, &lifecycle);
        lifecycle.spawn_last("operators' port", |ended| port.serve(router, ended));
    }
    lifecycle.export_traces(&mut traces, grace);
    tasks::start(&app, lanes, &lifecycle);
    lifecycle.spawn_permanent("server", server.run(listener, lifecycle.stop_token().clone()));

    tokio::select! {
        () = shutdown => lifecycle.stop(),
        () = lifecycle.stop_token().cancelled() => {}
    }
    app.hub.close();
    // The acceptance lanes end when the last `App` is dropped, with the last request.
    drop(app);
    lifecycle.finish(grace).await?;
    tracing::info!("gateway stopped");
    Ok(())
}

/// What the operators' port serves. It closes last, and the acceptance lanes end when the last `App` is dropped: so it
/// keeps none.
fn operators_router(app: &Arc<App>, registry: Registry, log: LogFilter, lifecycle: &Lifecycle) -> Router {
    let stop = lifecycle.stop_token().clone();
    let examined = Arc::downgrade(app);
    let problems = move || match examined.upgrade() {
        Some(app) if !stop.is_cancelled() => app.problems(),
        _ => vec![Problem { code: "stopping", message: "the gateway is stopping".into() }],
    };
    let examined = Arc::downgrade(app);
    let warnings = move || examined.upgrade().map_or_else(Vec::new, |app| app.health.fitness.warnings());
    let console = Console {
        broker: app.broker.clone(),
        service: "gateway",
        problems: Box::new(problems.clone()),
        warnings: Box::new(warnings),
        log,
        search_time: app.config.common.search_deadline_ms,
        lifecycle: lifecycle.clone(),
    };
    operators::router(registry, problems).merge(operators_console::router(console))
}

fn settings(config: &Config) -> Settings {
    Settings {
        max_connections: connections(config.max_connections),
        write_timeout: config.peer_timeout_ms,
        drain_timeout: config.common.drain_timeout(),
        ..Settings::default()
    }
}

fn client_limit(config: &Config, max_connections: usize) -> ClientLimit {
    let per_client = config.max_connections_per_client;
    let per_client = per_client.unwrap_or_else(|| (max_connections / 2).max(MIN_PER_CLIENT));
    ClientLimit::new(per_client, config.trusted_proxies.networks().to_vec())
}

fn server(settings: Settings, app: &Arc<App>) -> Server<Router, Router> {
    let refusals = Arc::clone(&app.refusals);
    let count = move |refusal| {
        refusals.count(match refusal {
            Refusal::TooManyConnections => "too_many_connections",
            Refusal::TooManyFromClient => "too_many_from_client",
        });
    };
    Server::new(settings, http::router(Arc::clone(app)), http::overflow_router(Arc::clone(app)))
        .limit_clients(Arc::clone(&app.clients))
        .on_refused(count)
}

/// The limit of connections: as configured, but no more than open files allow.
fn connections(wanted: usize) -> usize {
    let allowed = service::open_files().saturating_sub(SPARE_FILES).max(1);
    if wanted > allowed {
        tracing::warn!(wanted, allowed, "MAX_CONNECTIONS exceeds the limit of open files");
    }
    if wanted == 0 { allowed } else { wanted.min(allowed) }
}
