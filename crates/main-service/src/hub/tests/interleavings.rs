//! Every subscriber receives the same sequence of events, in whatever order entries and records arrive.
//!
//! A model of one search, its record, its log entries, and two gateways whose hubs receive them as those of the service
//! do: a tail that lags, stutters, is cut off, and has only announced some events; loads whose record was read long before they are merged, or that
//! fail; clients that come, resume here or there, take their time, and go.

mod step;
mod world;

use proptest::prelude::*;

use step::step;
use world::World;

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn every_subscriber_is_told_the_same_story(
        suppliers in 0..5_u64,
        long: u64,
        steps in prop::collection::vec(step(), 0..60),
    ) {
        let mut world = World::new(suppliers, long);
        for step in steps {
            world.happens(step);
        }
        world.ends();
        world.judge()?;
    }
}
