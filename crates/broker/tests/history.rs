//! Reading the history of the result log.

use std::time::Duration;

use broker::{Broker, BrokerError, EntryId, History, Retention};
use test_kit::{Redis, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_replicas_log_is_an_error() {
    let (primary, replica) = (Redis::volatile().await, Redis::volatile().await);
    primary.add("flight.search.results", &[("search_id", "s")]).await;
    let _: () = replica.run(&format!("REPLICAOF {}", primary.addr().replace(':', " "))).await;
    eventually("the replica has the log", async || {
        (replica.run::<usize>("EXISTS flight.search.results").await == 1).then_some(())
    })
    .await;
    let history = |redis: &Redis| {
        let hour = Duration::from_hours(1);
        let retention = Retention { record: hour, result_log: hour };
        let addr = redis.addr().parse().unwrap();
        let broker = Broker::new(&addr, retention, Duration::from_secs(10)).unwrap();
        History::new(broker, "9999999999999-0".parse::<EntryId>().unwrap())
    };
    for (redis, is_primary) in [(&primary, true), (&replica, false)] {
        let mut history = history(redis);
        // From this id on there is no entry, as at the end of the log.
        let end = history.read().await;
        assert_eq!(matches!(end, Ok(ref entries) if entries.is_empty()), is_primary, "{end:?}");
        assert_eq!(matches!(end, Err(BrokerError::NotPrimary)), !is_primary, "{end:?}");
    }
}
