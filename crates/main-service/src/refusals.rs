use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Mutex, PoisonError},
};

use tokio::sync::Notify;

/// How many clients were refused something, by the code that they were told: for one line of the log every now and
/// then, however many there are.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    by_code: Mutex<BTreeMap<&'static str, u64>>,
    counted: Notify,
}

impl Refusals {
    /// One more.
    pub(crate) fn count(&self, code: &'static str) {
        *self.by_code.lock().unwrap_or_else(PoisonError::into_inner).entry(code).or_default() += 1;
        self.counted.notify_one();
    }

    /// Waits until there is one, and tells all since the last time: `backlog_full 3, rate_limited 1`.
    pub(crate) async fn told(&self) -> String {
        loop {
            self.counted.notified().await;
            let by_code = std::mem::take(&mut *self.by_code.lock().unwrap_or_else(PoisonError::into_inner));
            if !by_code.is_empty() {
                return tell(&by_code);
            }
        }
    }
}

fn tell(by_code: &BTreeMap<&'static str, u64>) -> String {
    let mut told = String::new();
    for (code, count) in by_code {
        let comma = if told.is_empty() { "" } else { ", " };
        // Writing to a string can't fail.
        let _ = write!(told, "{comma}{code} {count}");
    }
    told
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn all_are_told_once() {
        let refusals = Refusals::default();
        assert_eq!(refusals.told().now_or_never(), None);
        for code in ["rate_limited", "backlog_full", "rate_limited"] {
            refusals.count(code);
        }
        assert_eq!(refusals.told().await, "backlog_full 1, rate_limited 2");
        assert_eq!(refusals.told().now_or_never(), None);
        refusals.count("backlog_full");
        assert_eq!(refusals.told().await, "backlog_full 1");
    }
}
