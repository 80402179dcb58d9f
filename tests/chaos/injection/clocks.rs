use std::sync::Arc;

use rand::{RngExt, seq::IndexedRandom};
use test_kit::Shim;
use tokio::time::{Instant, sleep};

use super::injector::Injector;
use crate::{fault::Fault, journal::On};

/// Steps wall clocks, and back, one at a time.
pub(super) async fn inject(mut injector: Injector<'_>, redis: &Shim, services: &[Arc<Shim>]) {
    while let Some(fault) = injector.next(500..=4000).await {
        let forward = injector.chance.random_bool(0.5);
        let sign = if forward { 1 } else { -1 };
        match fault {
            Fault::StepRedis => {
                // Less than the result log is kept for.
                let step = sign * injector.chance.random_range(1000..=6000);
                redis.shift_clock(step);
                stepped(&injector, step);
                sleep(injector.millis(500..=5000)).await;
                redis.shift_clock(0);
                stepped(&injector, 0);
            }
            // No trouble worth a note: services have other clocks for what they do.
            Fault::StepService => {
                let step = sign * injector.chance.random_range(1000..=300_000);
                let shim = services.choose(&mut injector.chance).expect("there are services");
                shim.shift_clock(step);
                sleep(injector.millis(500..=5000)).await;
                shim.shift_clock(0);
            }
            _ => unreachable!("{fault:?} does not befall clocks"),
        }
    }
}

fn stepped(injector: &Injector<'_>, ahead: i64) {
    injector.journal.step(ahead);
    injector.journal.note(On::Redis, Fault::StepRedis, Instant::now());
}
