//! Injects faults into processes, links and clocks. Each kind of target has an injector of its own, so that faults
//! coincide. Every fault is undone in the end.

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
    journal::{Journal, On},
};
use injector::Injector;

/// Injects faults until it is time.
pub(crate) async fn inject(cluster: &mut Cluster, config: &Config, journal: &Journal, until: Instant) {
    let injector = |victim: Target| Injector {
        config,
        journal,
        faults: config.faults.iter().copied().filter(|fault| fault.target() == victim).collect(),
        chance: config.run.chance(1 + victim as u64),
        until,
    };
    let nodes = || {
        let gateways = cluster.gateways.iter().enumerate().map(|(number, node)| (On::Gateway(number), node));
        gateways.chain(cluster.workers.iter().enumerate().map(|(number, node)| (On::Worker(number), node)))
    };
    let links: Vec<_> = nodes().map(|(on, node)| (on, node.link.clone())).collect();
    let clocks: Vec<_> = nodes().map(|(_, node)| node.shim.clone()).collect();
    let all_links =
        links.iter().map(|(_, link)| link.clone()).chain([cluster.audited.clone()]).collect::<Vec<_>>();
    let (mut dead_gateways, mut dead_workers) = (Vec::new(), Vec::new());
    tokio::join!(
        services::inject(injector(Target::Gateways), On::Gateway, &mut cluster.gateways, &mut dead_gateways),
        services::inject(injector(Target::Workers), On::Worker, &mut cluster.workers, &mut dead_workers),
        redis::inject(injector(Target::Redis), &mut cluster.store, &cluster.shim, &all_links),
        links::inject(injector(Target::Links), &links),
        clocks::inject(injector(Target::Clocks), &cluster.shim, &clocks),
    );
    cluster.stopped.append(&mut dead_gateways);
    cluster.stopped.append(&mut dead_workers);
}
