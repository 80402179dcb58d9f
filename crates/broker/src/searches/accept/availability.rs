use std::sync::{Mutex, PoisonError};

/// Whether the lanes can accept searches, by the last check of Redis: `None`, or why not.
#[derive(Debug)]
pub(super) struct Availability(Mutex<Option<&'static str>>);

impl Default for Availability {
    fn default() -> Self {
        Self(Mutex::new(Some("Redis has not been asked yet how safely it keeps searches")))
    }
}

impl Availability {
    pub(super) fn reason(&self) -> Option<&'static str> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether this is a change.
    pub(super) fn set(&self, reason: Option<&'static str>) -> bool {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *current, reason) != reason
    }
}
