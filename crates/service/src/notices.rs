use std::collections::BTreeMap;

/// Something that operators should know of for as long as it lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is, in one stable word for programs.
    pub code: &'static str,
    /// What it is and what to do about it, in a sentence for people.
    pub message: String,
}

impl Notice {
    /// Says `message` of `code`.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// Logs notices: each at `warn` when it begins, and at `info` when it has ended.
#[derive(Debug, Default)]
pub struct Notices(BTreeMap<&'static str, String>);

impl Notices {
    /// These hold now, and no others.
    pub fn are(&mut self, now: &[Notice]) {
        let now: BTreeMap<_, _> = now.iter().map(|notice| (notice.code, notice.message.clone())).collect();
        for (code, message) in &now {
            if self.0.get(code) != Some(message) {
                tracing::warn!(code, "{message}");
            }
        }
        for code in self.0.keys().filter(|code| !now.contains_key(*code)) {
            tracing::info!(code, "no longer so");
        }
        self.0 = now;
    }
}
