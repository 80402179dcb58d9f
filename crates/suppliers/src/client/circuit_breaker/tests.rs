use tokio::time::advance;

use super::*;
use crate::error::SupplierError;

const OPEN_FOR: Duration = Duration::from_secs(10);

fn breaker(max_failures: u32) -> CircuitBreaker {
    CircuitBreaker::new("GA".parse().unwrap(), max_failures, OPEN_FOR)
}

fn fail(breaker: &CircuitBreaker, times: u32) {
    for _ in 0..times {
        breaker.start_call().unwrap().failed(&SupplierError::Timeout);
    }
}

#[tokio::test(start_paused = true)]
async fn consecutive_failures_open_it_for_a_time() {
    let breaker = breaker(3);
    fail(&breaker, 2);
    breaker.start_call().unwrap().succeeded();
    fail(&breaker, 2);
    assert!(breaker.allows_calls());
    fail(&breaker, 1);
    assert!(!breaker.allows_calls() && breaker.start_call().is_none());
    advance(OPEN_FOR.saturating_sub(Duration::from_millis(1))).await;
    assert!(!breaker.allows_calls());
    advance(Duration::from_millis(1)).await;
    assert!(breaker.allows_calls());
}

#[tokio::test(start_paused = true)]
async fn a_single_probe_decides_whether_it_closes() {
    let breaker = breaker(1);
    fail(&breaker, 1);
    advance(OPEN_FOR).await;
    let probe = breaker.start_call().unwrap();
    assert!(!breaker.allows_calls() && breaker.start_call().is_none());
    probe.failed(&SupplierError::Timeout);
    assert!(breaker.start_call().is_none());

    advance(OPEN_FOR).await;
    breaker.start_call().unwrap().succeeded();
    assert!(breaker.start_call().is_some() && breaker.start_call().is_some());
}

#[tokio::test(start_paused = true)]
async fn after_a_cancelled_probe_the_next_call_probes() {
    let breaker = breaker(1);
    fail(&breaker, 1);
    advance(OPEN_FOR).await;
    drop(breaker.start_call().unwrap());
    breaker.start_call().unwrap().succeeded();
    assert!(breaker.allows_calls());
}

#[tokio::test(start_paused = true)]
async fn calls_that_started_before_it_opened_do_not_change_it() {
    let breaker = breaker(1);
    let start = || breaker.start_call().unwrap();
    let (first, second, third) = (start(), start(), start());
    first.failed(&SupplierError::Timeout);
    second.succeeded();
    assert!(breaker.start_call().is_none());
    advance(OPEN_FOR).await;
    let probe = start();
    third.failed(&SupplierError::Timeout);
    probe.succeeded();
    assert!(breaker.allows_calls());
}

#[test]
fn with_zero_failures_it_never_opens() {
    let breaker = breaker(0);
    fail(&breaker, 1000);
    assert!(breaker.allows_calls());
}
