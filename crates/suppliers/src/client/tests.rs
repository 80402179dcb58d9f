use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, atomic::AtomicUsize},
};

use tokio::task::JoinSet;

use super::*;
use crate::{Retry, file};

/// What a scripted supplier does on a call.
#[derive(Clone, Copy)]
enum Step {
    Answer,
    Fail,
    Throttle(Duration),
    Reject,
    Hang,
}

use Step::{Answer as Works, Fail, Hang, Reject, Throttle};

/// Does one step per call, the last one again and again; each takes 100 ms.
#[derive(Clone)]
struct Scripted {
    steps: Arc<Mutex<VecDeque<Step>>>,
    calls: Arc<Mutex<Vec<Instant>>>,
    open: Arc<AtomicUsize>,
    most_open: Arc<AtomicUsize>,
}

struct Open<'a>(&'a AtomicUsize);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Supplier for Scripted {
    async fn search(
        &self,
        _query: &SearchQuery,
        _deadline: Instant,
        _found: &mut Found<'_>,
    ) -> Result<(), SupplierError> {
        self.most_open.fetch_max(self.open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let _open = Open(&self.open);
        self.calls.lock().unwrap().push(Instant::now());
        let step = {
            let mut steps = self.steps.lock().unwrap();
            if steps.len() > 1 { steps.pop_front().unwrap() } else { steps[0] }
        };
        tokio::time::sleep(Duration::from_millis(100)).await;
        let status = |status, retry| Err(SupplierError::Status { status, detail: String::new(), retry });
        match step {
            Works => Ok(()),
            Fail => status(500, Retry::Soon),
            Throttle(after) => status(429, Retry::After(after)),
            Reject => status(422, Retry::Never),
            Hang => std::future::pending().await,
        }
    }
}

impl Scripted {
    fn calls(&self) -> usize {
        self.calls.lock().unwrap().len()
    }
}

/// A desk with these settings in the file and a supplier that does these steps.
fn desk(settings: &str, steps: &[Step]) -> (Arc<Desk>, Scripted) {
    let file = format!("[[supplier]]\ncode = 'XX'\nname = 'Example'\nkind = 'simulated'\n{settings}");
    let common = file::parse(&file).unwrap().remove(0).common;
    let scripted = Scripted {
        steps: Arc::new(Mutex::new(steps.iter().copied().collect())),
        calls: Arc::default(),
        open: Arc::default(),
        most_open: Arc::default(),
    };
    let airports = Arc::new(Airports::embedded());
    (Arc::new(Desk::new(&common, Box::new(scripted.clone()), &airports, 200)), scripted)
}

fn query() -> SearchQuery {
    SearchQuery {
        origin: "CGK".parse().unwrap(),
        destination: "DPS".parse().unwrap(),
        date: "2025-07-10".parse().unwrap(),
        passengers: 1.try_into().unwrap(),
    }
}

async fn ask(desk: &Desk, within: Duration) -> (SupplierStatus, u64) {
    let report = desk.ask(SearchId::random(), &query(), Instant::now() + within).await.report;
    (report.status, report.elapsed_ms)
}

const MINUTE: Duration = Duration::from_mins(1);

#[tokio::test(start_paused = true)]
async fn two_failures_and_then_an_answer_are_an_answer() {
    let (desk, supplier) = desk("backoff_ms = 100", &[Fail, Fail, Works]);
    let (status, elapsed) = ask(&desk, MINUTE).await;
    assert_eq!((status, supplier.calls()), (SupplierStatus::Empty, 3));
    // Three calls of 100 ms, and waits of 100 to 200 and of 200 to 400 ms.
    assert!((600..=900).contains(&elapsed), "{elapsed}");
}

#[tokio::test(start_paused = true)]
async fn retries_are_as_many_as_the_file_says() {
    let (desk, supplier) = desk("retries = 1", &[Fail]);
    assert_eq!(ask(&desk, MINUTE).await.0, SupplierStatus::Error);
    assert_eq!(supplier.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_error_that_will_not_go_away_is_not_repeated() {
    let (desk, supplier) = desk("", &[Reject, Works]);
    assert_eq!(ask(&desk, MINUTE).await, (SupplierStatus::Error, 100));
    assert_eq!(supplier.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_honoured_if_the_search_has_the_time() {
    let (desk, _) = desk("", &[Throttle(Duration::from_secs(7)), Works]);
    let (status, elapsed) = ask(&desk, MINUTE).await;
    assert_eq!((status, elapsed / 10), (SupplierStatus::Empty, 720));

    let (desk, supplier) = self::desk("", &[Throttle(Duration::from_secs(7)), Works]);
    assert_eq!(ask(&desk, Duration::from_secs(5)).await, (SupplierStatus::Error, 100));
    assert_eq!(supplier.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_search_ends_by_its_deadline_whatever_the_supplier_does() {
    for steps in [&[Hang][..], &[Fail, Hang], &[Fail, Fail, Hang]] {
        let (desk, _) = desk("timeout_ms = 60000", steps);
        let (status, elapsed) = ask(&desk, Duration::from_secs(2)).await;
        assert_eq!((status, elapsed), (SupplierStatus::Timeout, 2000));
    }
    let (desk, supplier) = desk("", &[Works]);
    assert_eq!(ask(&desk, Duration::ZERO).await, (SupplierStatus::Timeout, 0));
    assert_eq!(supplier.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_suppliers_timeout_counts_from_the_call() {
    let (desk, supplier) = desk("timeout_ms = 1000\nretries = 0\nconcurrency = 1", &[Hang, Works]);
    let second = tokio::spawn({
        let desk = Arc::clone(&desk);
        async move { ask(&desk, MINUTE).await }
    });
    let first = ask(&desk, MINUTE).await;
    let mut both = [first, second.await.unwrap()];
    both.sort_by_key(|(_, elapsed)| *elapsed);
    assert_eq!(both, [(SupplierStatus::Timeout, 1000), (SupplierStatus::Empty, 1100)]);
    assert_eq!(supplier.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn calls_at_once_and_in_a_second_stay_within_the_limits() {
    let limits = "concurrency = 5\nrate_limit = { calls = 50, per_ms = 1000, burst = 5 }";
    let (desk, supplier) = desk(limits, &[Works]);
    let mut searches = JoinSet::new();
    for _ in 0..300 {
        let desk = Arc::clone(&desk);
        searches.spawn(async move { ask(&desk, MINUTE).await.0 });
    }
    assert!(searches.join_all().await.iter().all(|status| *status == SupplierStatus::Empty));
    assert_eq!(supplier.most_open.load(Ordering::SeqCst), 5);
    let calls = supplier.calls.lock().unwrap();
    for (at, begin) in calls.iter().enumerate() {
        let second = calls[at..].iter().take_while(|call| **call < *begin + Duration::from_secs(1));
        assert!(second.count() <= 50);
    }
}

#[tokio::test(start_paused = true)]
async fn a_search_whose_turn_does_not_come_in_time_says_unavailable() {
    for (settings, within, waited) in
        [("", 3, 3000), ("max_wait_ms = 500", 3, 500), ("max_wait_ms = 5000", 3, 3000)]
    {
        let settings = format!("timeout_ms = 60000\nconcurrency = 1\n{settings}");
        let (desk, supplier) = desk(&settings, &[Hang]);
        let hanging = tokio::spawn({
            let desk = Arc::clone(&desk);
            async move { ask(&desk, MINUTE).await }
        });
        tokio::task::yield_now().await;
        let answer = ask(&desk, Duration::from_secs(within)).await;
        assert_eq!(answer, (SupplierStatus::Unavailable, waited));
        assert_eq!(supplier.calls(), 1);
        hanging.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn dropping_a_search_ends_its_call_and_frees_its_place() {
    let (desk, supplier) = desk("concurrency = 1", &[Hang, Works]);
    assert!(tokio::time::timeout(Duration::from_secs(1), ask(&desk, MINUTE)).await.is_err());
    assert_eq!(supplier.open.load(Ordering::SeqCst), 0);
    assert_eq!(ask(&desk, MINUTE).await, (SupplierStatus::Empty, 100));
}

#[tokio::test(start_paused = true)]
async fn a_supplier_that_keeps_failing_is_left_alone_until_a_probe_succeeds() {
    let settings = "retries = 0\nbreaker = { failures = 3, open_ms = 10000 }";
    let (desk, supplier) = desk(settings, &[Fail, Fail, Fail, Fail, Works]);
    for _ in 0..3 {
        assert_eq!(ask(&desk, MINUTE).await.0, SupplierStatus::Error);
    }
    assert_eq!(ask(&desk, MINUTE).await, (SupplierStatus::Unavailable, 0));
    assert_eq!(supplier.calls(), 3);

    tokio::time::advance(Duration::from_secs(10)).await;
    assert_eq!(ask(&desk, MINUTE).await.0, SupplierStatus::Error, "the probe fails");
    assert_eq!(ask(&desk, MINUTE).await, (SupplierStatus::Unavailable, 0));

    tokio::time::advance(Duration::from_secs(10)).await;
    assert_eq!(ask(&desk, MINUTE).await.0, SupplierStatus::Empty, "the probe succeeds");
    assert_eq!(ask(&desk, MINUTE).await.0, SupplierStatus::Empty);
}

#[tokio::test(start_paused = true)]
async fn the_call_that_opens_the_breaker_is_told_as_the_error_it_was() {
    let (desk, supplier) = desk("breaker = { failures = 1 }", &[Fail]);
    assert_eq!(ask(&desk, MINUTE).await, (SupplierStatus::Error, 100));
    assert_eq!(supplier.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn those_who_queue_for_a_supplier_learn_at_once_that_its_breaker_opened() {
    let settings = "retries = 0\ntimeout_ms = 1000\nconcurrency = 1\nbreaker = { failures = 1 }
        rate_limit = { calls = 1, per_ms = 60000 }";
    let (desk, supplier) = desk(settings, &[Hang]);
    let mut searches = JoinSet::new();
    for _ in 0..50 {
        let desk = Arc::clone(&desk);
        searches.spawn(async move { ask(&desk, MINUTE).await });
    }
    let answers = searches.join_all().await;
    assert_eq!(supplier.calls(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == (SupplierStatus::Unavailable, 1000)).count(), 49);
}

#[tokio::test(start_paused = true)]
async fn a_rejected_question_and_an_early_deadline_do_not_open_the_breaker() {
    for step in [Reject, Hang] {
        let (desk, supplier) = desk("timeout_ms = 5000\nbreaker = { failures = 1 }", &[step]);
        for _ in 0..3 {
            ask(&desk, Duration::from_secs(1)).await;
        }
        assert_eq!(supplier.calls(), 3);
    }
}
