//! Waiting for a condition, never for a fixed time.

use std::{
    net::Ipv6Addr,
    sync::{
        OnceLock,
        atomic::{AtomicU16, Ordering},
    },
    time::{Duration, Instant},
};

/// How often a condition is looked at.
const LOOK: Duration = Duration::from_millis(10);
/// How long anything may take that has no limit of its own. Generous: it is only reached by failures.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until `condition` gives something, for at most [`PATIENCE`]; panics with `what` then.
pub async fn eventually<T>(what: &str, condition: impl AsyncFnMut() -> Option<T>) -> T {
    within(PATIENCE, what, condition).await
}

/// Waits until `condition` gives something, for at most `limit`; panics with `what` then.
pub async fn within<T>(limit: Duration, what: &str, mut condition: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = condition().await {
            return value;
        }
        assert!(start.elapsed() < limit, "waited {limit:?} in vain: {what}");
        tokio::time::sleep(LOOK).await;
    }
}

/// A port that nobody listens on and that no other caller in this process gets. Below the range that the kernel
/// gives to outgoing connections; a foreign process may still take it, and whoever uses it must cope.
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
