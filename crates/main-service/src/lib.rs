//! The HTTP gateway: submit a search, follow it over Server-Sent Events.
//!
//! ```text
//! main ─▶ run ─▶ server ─▶ http ─▶ hub ◀─ tasks ─▶ broker
//! ```
//!
//! | module | what it does |
//! | --- | --- |
//! | `server` | accepts connections and serves HTTP/1.1 on them |
//! | `http` | the routes, and the one place where errors become answers |
//! | [`hub`] | who follows which search, and what there is to tell |
//! | `tasks` | the permanent ones: tail of the result log, deadlines, watch over Redis |
//! | `searches` | bringing feeds and records together |

mod app;
mod condition;
mod config;
mod follow;
mod http;
pub mod hub;
mod searches;
mod server;
mod tasks;

use std::sync::Arc;

use broker::{Acceptance, Broker, BrokerError};
use service::{Lifecycle, Unclean};
use tokio::{net::TcpListener, sync::Semaphore};

pub use config::Config;
pub use http::{AllowedOrigins, TrustedProxies};

use app::App;

/// Files that are left for what is no client's: those that are being refused, and Redis' connections above all,
/// which must come back while clients flood in.
const SPARE_FILES: usize = server::REFUSED_AT_ONCE + 64;

/// Why the gateway did not start, or not stop as it should.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The settings for Redis make no sense.
    #[error(transparent)]
    Redis(#[from] BrokerError),
    /// It did not stop cleanly.
    #[error(transparent)]
    Unclean(#[from] Unclean),
}

/// Serves HTTP on `listener` until `shutdown` is done and the open requests and streams have ended.
pub async fn run(
    config: Config,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> Result<(), RunError> {
    let broker = Broker::new(&config.common.redis_addr, config.common.retention())?;
    let grace = config.common.shutdown_grace_ms;
    let limits = server::Limits {
        connections: connections(config.max_connections),
        peer_timeout: config.peer_timeout_ms,
        farewell: grace * 4 / 5,
    };
    tracing::info!(addr = listener.local_addr().ok().map(tracing::field::display), redis = %config.common.redis_addr,
        "gateway starts");
    let (acceptance, lanes) = Acceptance::new(broker.clone(), config.accept_durability);
    let app = Arc::new(App::new(config, broker, acceptance));
    let lifecycle = Lifecycle::default();

    for lane in lanes {
        lifecycle.spawn_permanent("acceptance", lane.run());
    }
    lifecycle
        .spawn_permanent("result tail", tasks::tail::run(Arc::clone(&app), lifecycle.stop_token().clone()));
    lifecycle.spawn_permanent(
        "deadlines",
        tasks::deadlines::run(Arc::clone(&app), lifecycle.stop_token().clone()),
    );
    lifecycle.spawn_permanent("watch", tasks::watch::run(Arc::clone(&app), lifecycle.stop_token().clone()));
    let router = http::router(Arc::clone(&app));
    lifecycle.spawn_permanent("server", server::run(listener, router, limits, lifecycle.clone()));

    tokio::select! {
        () = shutdown => lifecycle.stop(),
        () = lifecycle.stop_token().cancelled() => {}
    }
    app.hub.close();
    // The lanes end with the last request that may submit something, and none comes from here.
    drop(app);
    lifecycle.finish(grace).await?;
    tracing::info!("gateway stopped");
    Ok(())
}

/// How many connections there may be at once: as many as is said, or as the files allow that may be open.
fn connections(most: usize) -> usize {
    let most = if most == 0 { service::open_files().saturating_sub(SPARE_FILES) } else { most };
    most.clamp(1, Semaphore::MAX_PERMITS)
}
