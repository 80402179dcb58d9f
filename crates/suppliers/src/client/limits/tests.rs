use std::{num::NonZeroU32, sync::Arc, time::Duration};

use tokio::{
    task::JoinSet,
    time::{Instant, timeout},
};

use super::*;

fn rate(calls: u32, per: Duration, burst: u32) -> Rate {
    let (calls, burst) = (NonZeroU32::new(calls).unwrap(), NonZeroU32::new(burst).unwrap());
    Rate { calls, per, burst }
}

/// When each of `calls` calls starts that all queue at once.
async fn starts(limits: Limits, calls: usize) -> Vec<Duration> {
    let (limits, begin) = (Arc::new(limits), Instant::now());
    let mut tasks = JoinSet::new();
    for _ in 0..calls {
        let limits = Arc::clone(&limits);
        tasks.spawn(async move {
            let _permit = limits.queue().await.wait_for_rate().await;
            begin.elapsed()
        });
    }
    let mut starts = tasks.join_all().await;
    starts.sort_unstable();
    starts
}

#[tokio::test(start_paused = true)]
async fn the_rate_holds_in_any_period() {
    let second = Duration::from_secs(1);
    for burst in [1, 2, 10, 50] {
        let starts = starts(Limits::new(0, Some(rate(50, second, burst))), 200).await;
        let burst = usize::try_from(burst).unwrap();
        assert!(starts[burst - 1] < Duration::from_millis(2), "the burst starts at once");
        for (at, start) in starts.iter().enumerate() {
            let inside = starts[at..].iter().filter(|other| **other < *start + second).count();
            assert!(inside <= 50, "burst {burst}: {inside} calls in a second");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_rate_is_not_slower_than_configured() {
    let starts = starts(Limits::new(0, Some(rate(6, Duration::from_mins(1), 1))), 4).await;
    let whole: Vec<_> = starts.iter().map(Duration::as_secs).collect();
    assert_eq!(whole, [0, 10, 20, 30]);
}

#[tokio::test(start_paused = true)]
async fn concurrency_is_limited_and_a_dropped_permit_is_free_again() {
    let limits = Limits::new(2, None);
    let permit = async || limits.queue().await.wait_for_rate().await;
    let (first, _second) = (permit().await, permit().await);
    let wait = Duration::from_millis(10);
    assert!(timeout(wait, limits.queue()).await.is_err());
    drop(first);
    assert!(timeout(wait, limits.queue()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_wait_delays_nobody() {
    let limits = Limits::new(1, Some(rate(1, Duration::from_secs(10), 1)));
    let permit = async || limits.queue().await.wait_for_rate().await;
    drop(permit().await);
    let start = Instant::now();
    assert!(timeout(Duration::from_secs(1), permit()).await.is_err());
    drop(permit().await);
    assert_eq!(start.elapsed().as_secs(), 10);
}
