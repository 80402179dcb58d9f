use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many jobs wait for a worker, so that a POST can be refused without asking Redis: the watch task's last count, plus
/// what may have been submitted since it began to count. A job that is written during a count may be counted twice until the
/// next one, a tenth of a second later, and so is one whose POST still waits (`ACCEPT_DURABILITY`).
#[derive(Debug, Default)]
pub(crate) struct Backlog(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The last count.
    counted: u64,
    /// `submitted` when that count began.
    submitted_before: u64,
    /// All searches ever submitted.
    submitted: u64,
    /// Permits in use: each may become a job, or be one already.
    permits: u64,
}

impl Backlog {
    /// How many searches were ever submitted. Read it before counting the jobs.
    pub(crate) fn submitted(&self) -> u64 {
        self.state().submitted
    }

    /// Sets the number of waiting jobs, counted after `submitted_before` searches had been submitted. The jobs of later
    /// ones may or may not be among them.
    pub(crate) fn counted(&self, waiting: u64, submitted_before: u64) {
        let mut state = self.state();
        state.counted = waiting;
        state.submitted_before = submitted_before;
    }

    /// A permit to submit a search; `None` if `most` jobs already wait.
    pub(crate) fn permit(&self, most: u64) -> Option<Permit<'_>> {
        let mut state = self.state();
        let waiting = state.counted + (state.submitted - state.submitted_before) + state.permits;
        if waiting >= most {
            return None;
        }
        state.permits += 1;
        Some(Permit(self))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A permit to submit a search. It counts as a job before the job exists, so that concurrent POSTs can't exceed the limit
/// together. Dropping it returns it.
#[derive(Debug)]
pub(crate) struct Permit<'a>(&'a Backlog);

impl Permit<'_> {
    /// The job exists now.
    pub(crate) fn keep(self) {
        let mut state = self.0.state();
        state.submitted += 1;
        state.permits -= 1;
        drop(state);
        std::mem::forget(self);
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.state().permits -= 1;
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
    fn a_search_submitted_while_jobs_were_counted_still_counts() {
        let backlog = Backlog::default();
        let before = backlog.submitted();
        backlog.permit(9).expect("nobody waits").keep();
        backlog.counted(0, before);
        assert!(backlog.permit(1).is_none());

        // The next count has it.
        backlog.counted(1, backlog.submitted());
        assert!(backlog.permit(2).is_some());
    }

    #[test]
    fn a_search_whose_submission_began_before_the_count_and_ended_after_it_still_counts() {
        let backlog = Backlog::default();
        let permit = backlog.permit(1).expect("nobody waits");
        let before = backlog.submitted();
        backlog.counted(0, before);
        assert!(backlog.permit(1).is_none());
        permit.keep();
        assert!(backlog.permit(1).is_none());
    }
}
