use std::{sync::Arc, time::Duration};

use test_kit::{Link, Shim};
use tokio::time::{Instant, sleep};

use super::injector::Injector;
use crate::{config::Appendonly, fault::Fault, journal::Component, store::Store};

/// Injects faults into Redis.
pub(super) async fn inject(mut injector: Injector<'_>, store: &mut Store, shim: &Shim, links: &[Arc<Link>]) {
    while let Some(fault) = injector.next(800..=4000).await {
        let from = Instant::now();
        match fault {
            Fault::KillRedis => {
                store.restart(injector.millis(0..=1500)).await;
                if injector.config.appendonly != Appendonly::Always {
                    injector.journal.lose(from);
                }
                store.follow().await;
            }
            // About as long as a request's timeout, so that Redis executes some requests after they have timed out.
            Fault::HangRedis => store.primary().hang(injector.millis(500..=2000)).await,
            Fault::FlushScripts => store.send(&["SCRIPT", "FLUSH"]).await,
            Fault::KillClients => store.send(&["CLIENT", "KILL", "TYPE", "normal"]).await,
            Fault::SlowSync => {
                shim.slow_sync(injector.millis(50..=900));
                sleep(injector.millis(1000..=4000)).await;
                shim.slow_sync(Duration::ZERO);
            }
            Fault::Failover => {
                if store.fail_over().await {
                    lead(links, store);
                    store.follow().await;
                }
            }
            Fault::CrashFailover => {
                if store.replica_has_all().await {
                    store.crash_over(injector.millis(100..=2000)).await;
                    lead(links, store);
                    injector.journal.lose(from);
                    sleep(injector.millis(0..=1500)).await;
                    store.bring_back().await;
                }
            }
            Fault::FlushAll => {
                store.send(&["FLUSHALL"]).await;
                injector.journal.lose(from);
            }
            _ => unreachable!("{fault:?} is no fault of Redis"),
        }
        injector.journal.note(Component::Redis, fault, from);
    }
}

/// Directs new connections to the primary. Open ones stay where they are.
fn lead(links: &[Arc<Link>], store: &Store) {
    for link in links {
        link.lead_to(store.primary().addr());
    }
}
