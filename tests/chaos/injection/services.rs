use std::time::Duration;

use rand::RngExt;
use rustix::process::Signal;
use test_kit::Service;
use tokio::time::{Instant, sleep};

use super::injector::Injector;
use crate::{cluster::Node, fault::Fault, journal::Component};

/// The longest pause of a service.
const LONGEST_PAUSE: Duration = Duration::from_secs(9);

/// Injects faults into gateways or workers, one or all at a time.
pub(super) async fn inject(
    mut injector: Injector<'_>,
    on: fn(usize) -> Component,
    nodes: &mut [Node],
    dead: &mut Vec<Service>,
) {
    while let Some(fault) = injector.next(400..=3000).await {
        let all = injector.rng.random_bool(0.1);
        let first = injector.rng.random_range(0..nodes.len());
        let targets = if all { 0..nodes.len() } else { first..first + 1 };
        let from = Instant::now();
        if matches!(fault, Fault::PauseGateway | Fault::PauseWorker) {
            let span = pause(&mut injector);
            nodes[targets.clone()].iter().for_each(|node| node.service.signal(Signal::STOP));
            sleep(span).await;
            nodes[targets.clone()].iter().for_each(|node| node.service.signal(Signal::CONT));
        } else {
            for node in &mut nodes[targets.clone()] {
                node.down(matches!(fault, Fault::KillGateway | Fault::KillWorker)).await;
            }
            sleep(injector.millis(0..=1500)).await;
            for node in &mut nodes[targets.clone()] {
                dead.push(node.up().await);
            }
        }
        targets.for_each(|number| injector.journal.note(on(number), fault, from));
    }
}

/// The length of a pause: longer than the lease or, if they are short, than the TTL or the deadline.
fn pause(injector: &mut Injector<'_>) -> Duration {
    let beyond = match injector.rng.random_range(0..10) {
        0..2 => injector.config.ttl,
        2..4 => injector.config.deadline,
        _ => injector.config.lease,
    };
    let span = beyond + injector.millis(100..=1500);
    if span > LONGEST_PAUSE { injector.config.lease + injector.millis(100..=1500) } else { span }
}
