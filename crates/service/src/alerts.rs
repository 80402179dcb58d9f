use std::collections::BTreeMap;

/// A problem that operators should know about while it lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// A stable identifier, for programs.
    pub code: &'static str,
    /// The problem and how to fix it, for people.
    pub message: String,
}

impl Alert {
    /// An alert with this code and message.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// Logs each alert once at `warn` when it starts, and once at `info` when it is resolved.
#[derive(Debug, Default)]
pub struct AlertLog(BTreeMap<&'static str, String>);

impl AlertLog {
    /// Replaces the active alerts, and logs what changed.
    pub fn update(&mut self, alerts: &[Alert]) {
        let active: BTreeMap<_, _> = alerts.iter().map(|alert| (alert.code, alert.message.clone())).collect();
        for (code, message) in &active {
            if self.0.get(code) != Some(message) {
                tracing::warn!(code, "{message}");
            }
        }
        for code in self.0.keys().filter(|code| !active.contains_key(*code)) {
            tracing::info!(code, "resolved");
        }
        self.0 = active;
    }
}
