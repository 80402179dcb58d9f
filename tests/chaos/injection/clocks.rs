use std::sync::Arc;

use rand::{RngExt, seq::IndexedRandom};
use test_kit::Shim;
use tokio::time::{Instant, sleep};

use super::injector::Injector;
use crate::{fault::Fault, journal::Component};

/// Steps wall clocks and steps them back, one at a time.
pub(super) async fn inject(mut injector: Injector<'_>, redis: &Shim, services: &[Arc<Shim>]) {
    while let Some(fault) = injector.next(500..=4000).await {
        let forward = injector.rng.random_bool(0.5);
        let sign = if forward { 1 } else { -1 };
        match fault {
            Fault::StepRedis => {
                // Less than the time that entries of the result log are kept.
                let step = sign * injector.rng.random_range(1000..=6000);
                redis.shift_clock(step);
                stepped(&injector, step);
                sleep(injector.millis(500..=5000)).await;
                redis.shift_clock(0);
                stepped(&injector, 0);
            }
            // Not noted in the journal, because services must not depend on their wall clocks.
            Fault::StepService => {
                let step = sign * injector.rng.random_range(1000..=300_000);
                let shim = services.choose(&mut injector.rng).expect("there are services");
                shim.shift_clock(step);
                sleep(injector.millis(500..=5000)).await;
                shim.shift_clock(0);
            }
            _ => unreachable!("{fault:?} is no fault of clocks"),
        }
    }
}

fn stepped(injector: &Injector<'_>, ahead: i64) {
    injector.journal.step(ahead);
    injector.journal.note(Component::Redis, Fault::StepRedis, Instant::now());
}
