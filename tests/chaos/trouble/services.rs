use std::time::Duration;

use rand::RngExt;
use rustix::process::Signal;
use test_kit::Service;
use tokio::time::{Instant, sleep};

use super::Course;
use crate::{journal::On, kind::Kind, site::Post};

/// No service stands still for longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(9);

/// Troubles gateways or workers, one or all at a time.
pub(super) async fn trouble(
    mut course: Course<'_>,
    on: fn(usize) -> On,
    posts: &mut [Post],
    dead: &mut Vec<Service>,
) {
    while let Some(kind) = course.next(400..=3000).await {
        let all = course.chance.random_bool(0.1);
        let first = course.chance.random_range(0..posts.len());
        let victims = if all { 0..posts.len() } else { first..first + 1 };
        let from = Instant::now();
        if matches!(kind, Kind::PauseGateway | Kind::PauseWorker) {
            let span = pause(&mut course);
            posts[victims.clone()].iter().for_each(|post| post.service.signal(Signal::STOP));
            sleep(span).await;
            posts[victims.clone()].iter().for_each(|post| post.service.signal(Signal::CONT));
        } else {
            for post in &mut posts[victims.clone()] {
                post.down(matches!(kind, Kind::KillGateway | Kind::KillWorker)).await;
            }
            sleep(course.millis(0..=1500)).await;
            for post in &mut posts[victims.clone()] {
                dead.push(post.up().await);
            }
        }
        victims.for_each(|number| course.journal.note(on(number), kind, from));
    }
}

/// Beyond the lease; where the TTL is short, beyond that, too; where the deadline is, now and then beyond that.
fn pause(course: &mut Course<'_>) -> Duration {
    let beyond = match course.chance.random_range(0..10) {
        0..2 => course.config.ttl,
        2..4 => course.config.deadline,
        _ => course.config.lease,
    };
    let span = beyond + course.millis(100..=1500);
    if span > LONGEST_PAUSE { course.config.lease + course.millis(100..=1500) } else { span }
}
