//! The gateway's permanent tasks.

mod deadlines;
mod loads;
mod presence;
mod queue_metrics;
mod refusals;
mod tail;
mod watch;

use std::sync::Arc;

use broker::{Checkup, Component, Lane};
use service::Lifecycle;

use crate::app::App;

/// Starts all permanent tasks except the server.
pub(crate) fn start(app: &Arc<App>, lanes: Vec<Lane>, lifecycle: &Lifecycle) {
    let stop = || lifecycle.stop_token().clone();
    for lane in lanes {
        lifecycle.spawn_permanent("acceptance", lane.run());
    }
    lifecycle.spawn_permanent("result tail", tail::run(Arc::clone(app), stop()));
    lifecycle.spawn_permanent("loads", loads::run(Arc::clone(app), stop()));
    lifecycle.spawn_permanent("deadlines", deadlines::run(Arc::clone(app), stop()));
    lifecycle.spawn_permanent("queue metrics", queue_metrics::run(app.broker.clone(), stop()));
    let compress_offers = app.config.common.compress_offers;
    lifecycle.spawn_permanent("presence", presence::run(app.broker.clone(), compress_offers, stop()));
    lifecycle.spawn_permanent("watch", watch::run(Arc::clone(app), stop()));
    lifecycle.spawn_permanent("checkup", check_up(app, lifecycle));
    lifecycle.spawn_permanent("refusals", refusals::run(Arc::clone(app), stop()));
}

/// Watches the settings of Redis, and loads all feeds when it has recovered.
fn check_up(app: &Arc<App>, lifecycle: &Lifecycle) -> impl Future<Output = ()> + Send + use<> {
    let component = Component::Gateway(app.config.accept_durability);
    let examined = Arc::clone(app);
    let found = move |checkup: Checkup| {
        if examined.health.recovers(&checkup) {
            // A script that Redis stopped halfway may have stored events without announcing them.
            examined.loads.queue(examined.hub.followed());
        }
    };
    service::watch_redis(app.broker.clone(), component, lifecycle.clone(), found)
}
