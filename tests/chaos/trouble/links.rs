use std::{sync::Arc, time::Duration};

use rand::{RngExt, seq::IndexedRandom};
use test_kit::{Flow, Link};
use tokio::time::{Instant, sleep};

use super::Course;
use crate::{journal::On, kind::Kind};

/// Troubles the services' links to Redis, one at a time.
pub(super) async fn trouble(mut course: Course<'_>, links: &[(On, Arc<Link>)]) {
    while let Some(kind) = course.next(400..=3000).await {
        let (on, link) = links.choose(&mut course.chance).expect("there are services");
        let from = Instant::now();
        match kind {
            Kind::ThinLink => {
                let rate = course.chance.random_range(1_000_000..10_000_000);
                link.change(|terms| terms.rate = Some(rate));
                sleep(course.millis(1000..=5000)).await;
            }
            Kind::SlowLink => {
                link.change(|terms| terms.latency = Duration::from_millis(100));
                sleep(course.millis(1000..=5000)).await;
            }
            Kind::OneWayLink => {
                let up = course.chance.random_bool(0.5);
                link.change(|terms| *if up { &mut terms.up } else { &mut terms.down } = Flow::Held);
                sleep(course.millis(300..=4000)).await;
            }
            Kind::PartedLink => {
                link.change(|terms| (terms.up, terms.down) = (Flow::Held, Flow::Held));
                sleep(course.millis(300..=4000)).await;
            }
            Kind::ForgetLink => link.forget(),
            Kind::CutLink => link.cut(),
            _ => unreachable!("{kind:?} does not befall links"),
        }
        link.heal();
        course.journal.note(*on, kind, from);
    }
}
