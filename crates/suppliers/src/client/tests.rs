mod scripted;

use std::time::Duration;

use tokio::task::JoinSet;

use super::*;
use crate::{file, metrics::Metrics, testing::query};
use scripted::{
    Scripted,
    Step::{self, Fail, Hang, Reject, Succeed, Throttle},
};

/// A client with these settings, and its supplier.
fn client(settings: &str, steps: &[Step]) -> (Arc<SupplierClient>, Scripted) {
    let file = format!("[[supplier]]\ncode = 'XX'\nname = 'Example'\nkind = 'simulated'\n{settings}");
    let common = file::parse(&file).unwrap().remove(0).common;
    let scripted = Scripted::new(steps);
    let airports = Arc::new(Airports::embedded());
    let metrics = Arc::new(Metrics::default().of("XX"));
    (Arc::new(SupplierClient::new(&common, Box::new(scripted.clone()), &airports, 200, metrics)), scripted)
}

async fn ask(client: &SupplierClient, within: Duration) -> (SupplierStatus, u64) {
    let report = client
        .ask(SearchId::random(), &query("CGK", "DPS"), Instant::now() + within, &Span::none())
        .await
        .report;
    (report.status, report.elapsed_ms)
}

const MINUTE: Duration = Duration::from_mins(1);

#[tokio::test(start_paused = true)]
async fn a_call_is_retried_until_it_succeeds() {
    let (client, supplier) = client("backoff_ms = 100", &[Fail, Fail, Succeed]);
    let (status, elapsed) = ask(&client, MINUTE).await;
    assert_eq!((status, supplier.calls()), (SupplierStatus::Empty, 3));
    // Three calls of 100 ms, and waits of 100 to 200 and of 200 to 400 ms.
    assert!((600..=900).contains(&elapsed), "{elapsed}");
}

#[tokio::test(start_paused = true)]
async fn the_file_sets_the_number_of_retries() {
    let (client, supplier) = client("retries = 1", &[Fail]);
    assert_eq!(ask(&client, MINUTE).await.0, SupplierStatus::Error);
    assert_eq!(supplier.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_permanent_error_is_not_retried() {
    let (client, supplier) = client("", &[Reject, Succeed]);
    assert_eq!(ask(&client, MINUTE).await, (SupplierStatus::Error, 100));
    assert_eq!(supplier.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_honoured_if_the_deadline_allows() {
    let (client, _) = client("", &[Throttle(Duration::from_secs(7)), Succeed]);
    let (status, elapsed) = ask(&client, MINUTE).await;
    assert_eq!((status, elapsed / 10), (SupplierStatus::Empty, 720));

    let (client, supplier) = self::client("", &[Throttle(Duration::from_secs(7)), Succeed]);
    assert_eq!(ask(&client, Duration::from_secs(5)).await, (SupplierStatus::Error, 100));
    assert_eq!(supplier.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn asking_ends_by_the_deadline_whatever_the_supplier_does() {
    for steps in [&[Hang][..], &[Fail, Hang], &[Fail, Fail, Hang]] {
        let (client, _) = client("timeout_ms = 60000", steps);
        let (status, elapsed) = ask(&client, Duration::from_secs(2)).await;
        assert_eq!((status, elapsed), (SupplierStatus::Timeout, 2000));
    }
    let (client, supplier) = client("", &[Succeed]);
    assert_eq!(ask(&client, Duration::ZERO).await, (SupplierStatus::Timeout, 0));
    assert_eq!(supplier.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_timeout_starts_with_the_call() {
    let (client, supplier) = client("timeout_ms = 1000\nretries = 0\nconcurrency = 1", &[Hang, Succeed]);
    let second = tokio::spawn({
        let client = Arc::clone(&client);
        async move { ask(&client, MINUTE).await }
    });
    let first = ask(&client, MINUTE).await;
    let mut both = [first, second.await.unwrap()];
    both.sort_by_key(|(_, elapsed)| *elapsed);
    assert_eq!(both, [(SupplierStatus::Timeout, 1000), (SupplierStatus::Empty, 1100)]);
    assert_eq!(supplier.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn calls_stay_within_the_concurrency_and_rate_limits() {
    let limits = "concurrency = 5\nrate_limit = { calls = 50, per_ms = 1000, burst = 5 }";
    let (client, supplier) = client(limits, &[Succeed]);
    let mut searches = JoinSet::new();
    for _ in 0..300 {
        let client = Arc::clone(&client);
        searches.spawn(async move { ask(&client, MINUTE).await.0 });
    }
    assert!(searches.join_all().await.iter().all(|status| *status == SupplierStatus::Empty));
    assert_eq!(supplier.max_concurrent(), 5);
    let calls = supplier.call_times();
    for (at, begin) in calls.iter().enumerate() {
        let second = calls[at..].iter().take_while(|call| **call < *begin + Duration::from_secs(1));
        assert!(second.count() <= 50);
    }
}

#[tokio::test(start_paused = true)]
async fn running_out_of_time_in_the_queue_is_unavailable() {
    for (settings, within, waited) in
        [("", 3, 3000), ("max_wait_ms = 500", 3, 500), ("max_wait_ms = 5000", 3, 3000)]
    {
        let settings = format!("timeout_ms = 60000\nconcurrency = 1\n{settings}");
        let (client, supplier) = client(&settings, &[Hang]);
        let hanging = tokio::spawn({
            let client = Arc::clone(&client);
            async move { ask(&client, MINUTE).await }
        });
        tokio::task::yield_now().await;
        let answer = ask(&client, Duration::from_secs(within)).await;
        assert_eq!(answer, (SupplierStatus::Unavailable, waited));
        assert_eq!(supplier.calls(), 1);
        hanging.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn dropping_a_search_cancels_its_call_and_releases_its_permit() {
    let (client, supplier) = client("concurrency = 1", &[Hang, Succeed]);
    assert!(tokio::time::timeout(Duration::from_secs(1), ask(&client, MINUTE)).await.is_err());
    assert_eq!(supplier.concurrent(), 0);
    assert_eq!(ask(&client, MINUTE).await, (SupplierStatus::Empty, 100));
}

#[tokio::test(start_paused = true)]
async fn a_supplier_that_keeps_failing_is_not_called_until_a_probe_succeeds() {
    let settings = "retries = 0\nbreaker = { failures = 3, open_ms = 10000 }";
    let (client, supplier) = client(settings, &[Fail, Fail, Fail, Fail, Succeed]);
    for _ in 0..3 {
        assert_eq!(ask(&client, MINUTE).await.0, SupplierStatus::Error);
    }
    assert_eq!(ask(&client, MINUTE).await, (SupplierStatus::Unavailable, 0));
    assert_eq!(supplier.calls(), 3);

    tokio::time::advance(Duration::from_secs(10)).await;
    assert_eq!(ask(&client, MINUTE).await.0, SupplierStatus::Error, "the probe fails");
    assert_eq!(ask(&client, MINUTE).await, (SupplierStatus::Unavailable, 0));

    tokio::time::advance(Duration::from_secs(10)).await;
    assert_eq!(ask(&client, MINUTE).await.0, SupplierStatus::Empty, "the probe succeeds");
    assert_eq!(ask(&client, MINUTE).await.0, SupplierStatus::Empty);
}

#[tokio::test(start_paused = true)]
async fn the_call_that_opens_the_breaker_reports_its_error() {
    let (client, supplier) = client("breaker = { failures = 1 }", &[Fail]);
    assert_eq!(ask(&client, MINUTE).await, (SupplierStatus::Error, 100));
    assert_eq!(supplier.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn queued_searches_fail_at_once_when_the_breaker_opens() {
    let settings = "retries = 0\ntimeout_ms = 1000\nconcurrency = 1\nbreaker = { failures = 1 }
        rate_limit = { calls = 1, per_ms = 60000 }";
    let (client, supplier) = client(settings, &[Hang]);
    let mut searches = JoinSet::new();
    for _ in 0..50 {
        let client = Arc::clone(&client);
        searches.spawn(async move { ask(&client, MINUTE).await });
    }
    let answers = searches.join_all().await;
    assert_eq!(supplier.calls(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == (SupplierStatus::Unavailable, 1000)).count(), 49);
}

#[tokio::test(start_paused = true)]
async fn invalid_requests_and_early_deadlines_do_not_open_the_breaker() {
    for step in [Reject, Hang] {
        let (client, supplier) = client("timeout_ms = 5000\nbreaker = { failures = 1 }", &[step]);
        for _ in 0..3 {
            ask(&client, Duration::from_secs(1)).await;
        }
        assert_eq!(supplier.calls(), 3);
    }
}
