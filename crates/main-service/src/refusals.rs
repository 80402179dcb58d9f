use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Mutex, PoisonError},
};

use prometheus_client::{
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};
use tokio::sync::Notify;

/// Refused requests and connections, by the error's code. The log has one line for many of them.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    by_code: Mutex<BTreeMap<&'static str, u64>>,
    counted: Notify,
    total: Family<[(&'static str, &'static str); 1], Counter>,
}

impl Refusals {
    /// Adds the count by code to a registry. `codes` are all there can be: a rate needs a zero to begin with.
    pub(crate) fn register(&self, registry: &mut Registry, codes: impl IntoIterator<Item = &'static str>) {
        for code in codes {
            drop(self.total.get_or_create(&[("code", code)]));
        }
        registry.register(
            "refused",
            "Requests and connections that this gateway refused to protect itself, by code of the error",
            self.total.clone(),
        );
    }

    /// Counts a refusal.
    pub(crate) fn count(&self, code: &'static str) {
        self.total.get_or_create(&[("code", code)]).inc();
        *self.by_code.lock().unwrap_or_else(PoisonError::into_inner).entry(code).or_default() += 1;
        self.counted.notify_one();
    }

    /// Waits for a refusal, then returns all since the last call: `backlog_full 3, rate_limited 1`.
    pub(crate) async fn summary(&self) -> String {
        loop {
            self.counted.notified().await;
            let by_code = std::mem::take(&mut *self.by_code.lock().unwrap_or_else(PoisonError::into_inner));
            if !by_code.is_empty() {
                return summary(&by_code);
            }
        }
    }
}

fn summary(by_code: &BTreeMap<&'static str, u64>) -> String {
    let mut summary = String::new();
    for (code, count) in by_code {
        let comma = if summary.is_empty() { "" } else { ", " };
        // Writing to a string can't fail.
        let _ = write!(summary, "{comma}{code} {count}");
    }
    summary
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn each_refusal_is_reported_once() {
        let refusals = Refusals::default();
        assert_eq!(refusals.summary().now_or_never(), None);
        for code in ["rate_limited", "backlog_full", "rate_limited"] {
            refusals.count(code);
        }
        assert_eq!(refusals.summary().await, "backlog_full 1, rate_limited 2");
        assert_eq!(refusals.summary().now_or_never(), None);
        refusals.count("backlog_full");
        assert_eq!(refusals.summary().await, "backlog_full 1");
    }
}
