use std::{sync::Arc, time::Duration};

use test_kit::{Link, Shim};
use tokio::time::{Instant, sleep};

use super::injector::Injector;
use crate::{config::Appendonly, fault::Fault, journal::On, store::Store};

/// Troubles Redis.
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
            // About as long as a request waits for it, so that some are given up and done all the same.
            Fault::HangRedis => store.primary().hang(injector.millis(500..=2000)).await,
            Fault::FlushScripts => store.say(&["SCRIPT", "FLUSH"]).await,
            Fault::KillClients => store.say(&["CLIENT", "KILL", "TYPE", "normal"]).await,
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
                store.say(&["FLUSHALL"]).await;
                injector.journal.lose(from);
            }
            _ => unreachable!("{fault:?} does not befall Redis"),
        }
        injector.journal.note(On::Redis, fault, from);
    }
}

/// New connections go to the primary. What is open stays.
fn lead(links: &[Arc<Link>], store: &Store) {
    for link in links {
        link.lead_to(store.primary().addr());
    }
}
