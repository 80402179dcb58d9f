//! What befalls the processes and what is between them. Each kind of victim is troubled by itself, side by side with
//! the others, so that troubles meet; and all is well again when it is over.

mod clocks;
mod links;
mod redis;
mod services;

use std::{ops::RangeInclusive, time::Duration};

use rand::{RngExt, rngs::StdRng, seq::IndexedRandom};
use tokio::time::Instant;

use crate::{
    config::Config,
    journal::{Journal, On},
    kind::{Kind, Victim},
    site::Site,
};

/// One victim's trouble: which kinds, by which chance, until when.
struct Course<'a> {
    config: &'a Config,
    journal: &'a Journal,
    kinds: Vec<Kind>,
    chance: StdRng,
    until: Instant,
}

/// Makes trouble until it is time.
pub(crate) async fn befall(site: &mut Site, config: &Config, journal: &Journal, until: Instant) {
    let course = |victim: Victim| Course {
        config,
        journal,
        kinds: config.kinds.iter().copied().filter(|kind| kind.victim() == victim).collect(),
        chance: config.plan.chance(1 + victim as u64),
        until,
    };
    let posts = || {
        let gateways = site.gateways.iter().enumerate().map(|(number, post)| (On::Gateway(number), post));
        gateways.chain(site.workers.iter().enumerate().map(|(number, post)| (On::Worker(number), post)))
    };
    let links: Vec<_> = posts().map(|(on, post)| (on, post.link.clone())).collect();
    let clocks: Vec<_> = posts().map(|(_, post)| post.shim.clone()).collect();
    let all_links =
        links.iter().map(|(_, link)| link.clone()).chain([site.audited.clone()]).collect::<Vec<_>>();
    let (mut dead_gateways, mut dead_workers) = (Vec::new(), Vec::new());
    tokio::join!(
        services::trouble(course(Victim::Gateways), On::Gateway, &mut site.gateways, &mut dead_gateways),
        services::trouble(course(Victim::Workers), On::Worker, &mut site.workers, &mut dead_workers),
        redis::trouble(course(Victim::Redis), &mut site.store, &site.shim, &all_links),
        links::trouble(course(Victim::Links), &links),
        clocks::trouble(course(Victim::Clocks), &site.shim, &clocks),
    );
    site.graveyard.append(&mut dead_gateways);
    site.graveyard.append(&mut dead_workers);
}

impl Course<'_> {
    /// Waits for the next trouble; `None` if it is time to stop.
    async fn next(&mut self, pause_ms: RangeInclusive<u64>) -> Option<Kind> {
        let next = Instant::now() + self.millis(pause_ms);
        let kind = self.kinds.choose(&mut self.chance).copied();
        tokio::time::sleep_until(if kind.is_some() { next.min(self.until) } else { self.until }).await;
        let kind = kind.filter(|_| next < self.until)?;
        self.journal.count(kind);
        Some(kind)
    }

    fn millis(&mut self, range: RangeInclusive<u64>) -> Duration {
        Duration::from_millis(self.chance.random_range(range))
    }
}
