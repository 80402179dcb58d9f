use std::{sync::Arc, time::Duration};

use test_kit::{Link, Shim};
use tokio::time::{Instant, sleep};

use super::Course;
use crate::{config::Appendonly, journal::On, kind::Kind, store::Store};

/// Troubles Redis.
pub(super) async fn trouble(mut course: Course<'_>, store: &mut Store, shim: &Shim, links: &[Arc<Link>]) {
    while let Some(kind) = course.next(800..=4000).await {
        let from = Instant::now();
        match kind {
            Kind::KillRedis => {
                store.restart(course.millis(0..=1500)).await;
                if course.config.appendonly != Appendonly::Always {
                    course.journal.lose(from);
                }
                store.follow().await;
            }
            // About as long as a request waits for it, so that some are given up and done all the same.
            Kind::HangRedis => store.primary().hang(course.millis(500..=2000)).await,
            Kind::FlushScripts => store.say(&["SCRIPT", "FLUSH"]).await,
            Kind::KillClients => store.say(&["CLIENT", "KILL", "TYPE", "normal"]).await,
            Kind::SlowSync => {
                shim.slow_sync(course.millis(50..=900));
                sleep(course.millis(1000..=4000)).await;
                shim.slow_sync(Duration::ZERO);
            }
            Kind::Failover => {
                if store.fail_over().await {
                    lead(links, store);
                    store.follow().await;
                }
            }
            Kind::CrashFailover => {
                if store.replica_has_all().await {
                    store.crash_over(course.millis(100..=2000)).await;
                    lead(links, store);
                    course.journal.lose(from);
                    sleep(course.millis(0..=1500)).await;
                    store.bring_back().await;
                }
            }
            Kind::FlushAll => {
                store.say(&["FLUSHALL"]).await;
                course.journal.lose(from);
            }
            _ => unreachable!("{kind:?} does not befall Redis"),
        }
        course.journal.note(On::Redis, kind, from);
    }
}

/// New connections go to the primary. What is open stays.
fn lead(links: &[Arc<Link>], store: &Store) {
    for link in links {
        link.lead_to(store.primary().addr());
    }
}
