//! Injects faults into processes, links and clocks. Each kind of target has its own injector, so that faults coincide.
//! Every fault is undone.

mod clocks;
mod injector;
mod links;
mod redis;
mod services;

use tokio::time::Instant;

use crate::{
    cluster::Cluster,
    config::Config,
    fault::Target,
    journal::{Component, Journal},
};
use injector::Injector;

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
