use std::{sync::Arc, time::Duration};

use rand::{RngExt, seq::IndexedRandom};
use test_kit::{Flow, Link};
use tokio::time::{Instant, sleep};

use super::injector::Injector;
use crate::{fault::Fault, journal::Component};

/// Injects faults into the services' links to Redis, one at a time.
pub(super) async fn inject(mut injector: Injector<'_>, links: &[(Component, Arc<Link>)]) {
    while let Some(fault) = injector.next(400..=3000).await {
        let (on, link) = links.choose(&mut injector.rng).expect("there are services");
        let from = Instant::now();
        match fault {
            Fault::ThinLink => {
                let rate = injector.rng.random_range(1_000_000..10_000_000);
                link.change(|terms| terms.rate = Some(rate));
                sleep(injector.millis(1000..=5000)).await;
            }
            Fault::SlowLink => {
                link.change(|terms| terms.latency = Duration::from_millis(100));
                sleep(injector.millis(1000..=5000)).await;
            }
            Fault::OneWayLink => {
                let up = injector.rng.random_bool(0.5);
                link.change(|terms| *if up { &mut terms.up } else { &mut terms.down } = Flow::Held);
                sleep(injector.millis(300..=4000)).await;
            }
            Fault::PartedLink => {
                link.change(|terms| (terms.up, terms.down) = (Flow::Held, Flow::Held));
                sleep(injector.millis(300..=4000)).await;
            }
            Fault::ForgetLink => link.forget(),
            Fault::CutLink => link.cut(),
            _ => unreachable!("{fault:?} is no fault of links"),
        }
        link.heal();
        injector.journal.note(*on, fault, from);
    }
}
