//! Waits for a condition, never for a fixed time.

use std::{
    net::Ipv6Addr,
    sync::{
        OnceLock,
        atomic::{AtomicU16, Ordering},
    },
    time::{Duration, Instant},
};

/// How often a condition is checked.
const INTERVAL: Duration = Duration::from_millis(10);
/// How long to wait for anything that has no limit of its own. Generous, because only failures reach it.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// Waits until `condition` returns a value. Panics with `what` after [`TIMEOUT`].
pub async fn eventually<T>(what: &str, condition: impl AsyncFnMut() -> Option<T>) -> T {
    within(TIMEOUT, what, condition).await
}

/// Waits until `condition` returns a value. Panics with `what` after `limit`.
pub async fn within<T>(limit: Duration, what: &str, mut condition: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = condition().await {
            return value;
        }
        assert!(start.elapsed() < limit, "waited {limit:?} in vain: {what}");
        tokio::time::sleep(INTERVAL).await;
    }
}

/// A port that is free, and that no other caller in this process gets. It is below the kernel's range for outgoing
/// connections. Another process may still take it, so callers must be ready to try another one.
#[must_use]
pub fn free_port() -> u16 {
    const RANGE: std::ops::Range<u16> = 20_000..32_000;
    static NEXT: OnceLock<AtomicU16> = OnceLock::new();
    let next = NEXT.get_or_init(|| AtomicU16::new(rand::random_range(RANGE)));
    loop {
        let port = next.fetch_add(1, Ordering::Relaxed);
        if !RANGE.contains(&port) {
            next.store(RANGE.start, Ordering::Relaxed);
        } else if std::net::TcpListener::bind((Ipv6Addr::UNSPECIFIED, port)).is_ok() {
            return port;
        }
    }
}
