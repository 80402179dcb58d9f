use std::sync::Arc;

use rand::{RngExt, seq::IndexedRandom};
use test_kit::Shim;
use tokio::time::{Instant, sleep};

use super::Course;
use crate::{journal::On, kind::Kind};

/// Steps wall clocks, and back, one at a time.
pub(super) async fn trouble(mut course: Course<'_>, redis: &Shim, services: &[Arc<Shim>]) {
    while let Some(kind) = course.next(500..=4000).await {
        let forward = course.chance.random_bool(0.5);
        let sign = if forward { 1 } else { -1 };
        match kind {
            Kind::StepRedis => {
                // Less than the result log is kept for.
                let step = sign * course.chance.random_range(1000..=6000);
                redis.shift_clock(step);
                stepped(&course, step);
                sleep(course.millis(500..=5000)).await;
                redis.shift_clock(0);
                stepped(&course, 0);
            }
            // No trouble worth a note: services have other clocks for what they do.
            Kind::StepService => {
                let step = sign * course.chance.random_range(1000..=300_000);
                let shim = services.choose(&mut course.chance).expect("there are services");
                shim.shift_clock(step);
                sleep(course.millis(500..=5000)).await;
                shim.shift_clock(0);
            }
            _ => unreachable!("{kind:?} does not befall clocks"),
        }
    }
}

fn stepped(course: &Course<'_>, ahead: i64) {
    course.journal.step(ahead);
    course.journal.note(On::Redis, Kind::StepRedis, Instant::now());
}
