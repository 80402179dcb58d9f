use std::sync::atomic::{AtomicU64, Ordering};

/// How many jobs wait for a worker, so that a POST can be refused without asking Redis: the watch task's last count plus
/// the permits issued since.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    waiting: AtomicU64,
    /// All permits ever requested.
    asked: AtomicU64,
}

impl Backlog {
    /// How many permits were ever requested. Read it before counting the jobs.
    pub(crate) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    /// Sets the number of waiting jobs, counted after `asked` permits had been requested. The jobs of later permits may or
    /// may not be among them.
    pub(crate) fn counted(&self, waiting: u64, asked: u64) {
        self.waiting.store(waiting + self.asked().saturating_sub(asked), Ordering::Relaxed);
    }

    /// A permit to submit a search; `None` if `most` jobs already wait.
    pub(crate) fn permit(&self, most: u64) -> Option<Permit<'_>> {
        let one_more = |waiting| (waiting < most).then_some(waiting + 1);
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).ok()?;
        Some(Permit(&self.waiting))
    }
}

/// A permit to submit a search. It counts as a job before the job exists, so that concurrent POSTs can't exceed the limit
/// together. Dropping it returns it.
#[derive(Debug)]
pub(crate) struct Permit<'a>(&'a AtomicU64);

impl Permit<'_> {
    /// The job exists now.
    pub(crate) fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        // The jobs may have been counted meanwhile. The update always succeeds.
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |waiting| Some(waiting.saturating_sub(1)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_permit_is_returned_unless_it_is_kept() {
        let backlog = Backlog::default();
        let first = backlog.permit(2).expect("nobody waits");
        let second = backlog.permit(2).expect("one waits");
        assert!(backlog.permit(2).is_none());
        drop(first);
        second.keep();
        backlog.permit(2).expect("one was returned").keep();
        assert!(backlog.permit(2).is_none());
    }

    #[test]
    fn permits_requested_while_jobs_were_counted_still_count() {
        let backlog = Backlog::default();
        let asked = backlog.asked();
        backlog.permit(9).expect("nobody waits").keep();
        backlog.counted(1, asked);
        assert!(backlog.permit(2).is_none());
    }
}
