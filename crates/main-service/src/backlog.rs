use std::sync::atomic::{AtomicU64, Ordering};

/// How many jobs wait for a worker, so that a POST can be refused without asking Redis: the last count of the watch task,
/// and the permits that were given since.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    waiting: AtomicU64,
    /// Permits that were ever asked for.
    asked: AtomicU64,
}

impl Backlog {
    /// How many permits were ever asked for: to be noted before the jobs are counted.
    pub(crate) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    /// So many jobs wait, counted after `asked` permits were asked for. The jobs of later permits may or may not have been
    /// counted.
    pub(crate) fn counted(&self, waiting: u64, asked: u64) {
        self.waiting.store(waiting + self.asked().saturating_sub(asked), Ordering::Relaxed);
    }

    /// A permit to submit a search; `None` if `most` jobs wait already.
    pub(crate) fn permit(&self, most: u64) -> Option<Permit<'_>> {
        let one_more = |waiting| (waiting < most).then_some(waiting + 1);
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).ok()?;
        Some(Permit(&self.waiting))
    }
}

/// A permit to submit a search. It counts as a job before the job is there, so that many POSTs at once can't exceed the
/// limit together. Given back when dropped.
#[derive(Debug)]
pub(crate) struct Permit<'a>(&'a AtomicU64);

impl Permit<'_> {
    /// The job is there.
    pub(crate) fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        // The jobs may have been counted anew meanwhile. The update is never refused.
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |waiting| Some(waiting.saturating_sub(1)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permit_is_given_back_unless_it_is_kept() {
        let backlog = Backlog::default();
        let first = backlog.permit(2).expect("nobody waits");
        let second = backlog.permit(2).expect("one waits");
        assert!(backlog.permit(2).is_none());
        drop(first);
        second.keep();
        backlog.permit(2).expect("one was given back").keep();
        assert!(backlog.permit(2).is_none());
    }

    #[test]
    fn permits_that_were_asked_for_while_jobs_were_counted_still_count() {
        let backlog = Backlog::default();
        let asked = backlog.asked();
        backlog.permit(9).expect("nobody waits").keep();
        backlog.counted(1, asked);
        assert!(backlog.permit(2).is_none());
    }
}
