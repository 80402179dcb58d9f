use std::borrow::Cow;

use broker::jobs::{Claim, Delivery};
use contracts::{
    EpochMillis,
    entry::{Fields, Job, JobTimes},
    outcome::Ranking,
};
use traces::Span;

use super::context::Context;

/// A job in progress.
#[derive(Clone, Debug)]
pub(super) struct ActiveJob<'a> {
    /// Redis checks it before each write to the search.
    pub(super) claim: Claim,
    pub(super) job: Job,
    /// The job's times, or those that we set if it has none.
    pub(super) times: JobTimes,
    /// All fields as they were read, unknown ones included, plus the times that we set.
    pub(super) fields: Cow<'a, Fields>,
    /// The span of its delivery.
    pub(super) span: &'a Span,
}

impl<'a> ActiveJob<'a> {
    /// A job that was delivered `now`, by Redis' clock. A job of the replaced system has no times: its search starts when
    /// the entry was added.
    pub(super) fn new(
        context: &Context,
        job: Job,
        delivery: &'a Delivery,
        span: &'a Span,
        now: EpochMillis,
    ) -> Self {
        let created = delivery.entry.added_at();
        let deadline = created + context.config.common.search_deadline_ms;
        let claim = context.leases.claim(delivery, now);
        let fields = Cow::Borrowed(&delivery.fields);
        let has_times = job.times.is_some();
        let times = job.times.unwrap_or(JobTimes { created, deadline });
        let mut active = Self { claim, job, times, fields, span };
        if !has_times {
            active.set_times(times);
        }
        active
    }

    /// How the search's offers are compared, and how many are kept.
    pub(super) fn ranking(&self, max: usize) -> Ranking {
        Ranking { currency: self.job.query.currency.unwrap_or_default(), max }
    }

    pub(super) fn set_times(&mut self, times: JobTimes) {
        self.times = times;
        times.encode().into_iter().for_each(|(field, value)| self.fields.to_mut().set(field, value));
    }
}
