//! Injects faults into processes, links and clocks. Each kind of target has its own injector, so that faults coincide.
//! Every fault is undone.

mod clocks;
mod links;
mod redis;
mod services;

use std::{ops::RangeInclusive, time::Duration};

use rand::{RngExt, rngs::StdRng, seq::IndexedRandom};
use tokio::time::Instant;

use crate::{
    cluster::Cluster,
    config::Config,
    fault::{Fault, Target},
    journal::{Component, Journal},
};

/// Injects faults into one kind of target.
struct Injector<'a> {
    config: &'a Config,
    journal: &'a Journal,
    faults: Vec<Fault>,
    rng: StdRng,
    until: Instant,
}

/// Injects faults until then.
pub(crate) async fn inject(cluster: &mut Cluster, config: &Config, journal: &Journal, until: Instant) {
    let injector = |target: Target| Injector {
        config,
        journal,
        faults: config.faults.iter().copied().filter(|fault| fault.target() == target).collect(),
        rng: config.run.rng(1 + target as u64),
        until,
    };
    let nodes = || {
        let gateways =
            cluster.gateways.iter().enumerate().map(|(number, node)| (Component::Gateway(number), node));
        gateways
            .chain(cluster.workers.iter().enumerate().map(|(number, node)| (Component::Worker(number), node)))
    };
    let links: Vec<_> = nodes().map(|(on, node)| (on, node.link.clone())).collect();
    let clocks: Vec<_> = nodes().map(|(_, node)| node.shim.clone()).collect();
    let all_links =
        links.iter().map(|(_, link)| link.clone()).chain([cluster.audited.clone()]).collect::<Vec<_>>();
    let (mut dead_gateways, mut dead_workers) = (Vec::new(), Vec::new());
    tokio::join!(
        services::inject(
            injector(Target::Gateways),
            Component::Gateway,
            &mut cluster.gateways,
            &mut dead_gateways
        ),
        services::inject(
            injector(Target::Workers),
            Component::Worker,
            &mut cluster.workers,
            &mut dead_workers
        ),
        redis::inject(injector(Target::Redis), &mut cluster.store, &cluster.shim, &all_links),
        links::inject(injector(Target::Links), &links),
        clocks::inject(injector(Target::Clocks), &cluster.shim, &clocks),
    );
    cluster.stopped.append(&mut dead_gateways);
    cluster.stopped.append(&mut dead_workers);
}

impl Injector<'_> {
    /// Waits for the time of the next fault; `None` if it is time to stop.
    async fn next(&mut self, pause_ms: RangeInclusive<u64>) -> Option<Fault> {
        let next = Instant::now() + self.millis(pause_ms);
        let fault = self.faults.choose(&mut self.rng).copied();
        tokio::time::sleep_until(if fault.is_some() { next.min(self.until) } else { self.until }).await;
        let fault = fault.filter(|_| next < self.until)?;
        self.journal.count(fault);
        Some(fault)
    }

    fn millis(&mut self, range: RangeInclusive<u64>) -> Duration {
        Duration::from_millis(self.rng.random_range(range))
    }
}
