use std::sync::{Mutex, MutexGuard, PoisonError};

/// Ignores poisoning: a panic elsewhere must not stop the hub, and no critical section leaves a state half done.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
