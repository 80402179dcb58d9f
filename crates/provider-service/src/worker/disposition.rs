use std::time::Duration;

use broker::{Basis, BrokerError, Ended, SearchRecord, jobs::Delivery};
use contracts::{
    EndStatus, SearchId,
    names::field,
    outcome::{Outcome, Ranking, Times},
    search::DEFINITION_VERSION,
};
use traces::Span;

use super::{context::Context, retry::retry};
use crate::metrics::JobEnd;

/// What to do with a job's queue entry once this worker is done with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Disposition {
    /// Nothing: the script that ended the search has deleted it.
    Done,
    /// Delete it: the search has ended.
    Discard,
    /// Queue it again, so that another worker gets it at once.
    HandBack { search: SearchId },
    /// Leave it to a newer worker.
    Decline {
        /// The version of the search's definition that the job needs.
        needs: u32,
        /// Until the search's deadline.
        time_left: Duration,
    },
    /// Nothing: another worker took the job over.
    TakenOver,
    /// Move it to the dead letters for this reason, and fail the search.
    Bury(String),
}

/// Updates the queue. Returns what became of the job.
pub(super) async fn dispose(
    context: &Context,
    delivery: &Delivery,
    search: Option<SearchId>,
    disposition: Disposition,
    delivered: &Span,
) -> Result<JobEnd, BrokerError> {
    let entry = delivery.entry;
    match disposition {
        Disposition::Done => Ok(JobEnd::Done),
        Disposition::TakenOver => Ok(JobEnd::TakenOver),
        Disposition::Discard => {
            retry("discard the job", || context.leases.discard(entry)).await?;
            Ok(JobEnd::Discarded)
        }
        Disposition::HandBack { search } => {
            if !retry("hand back the job", || context.leases.hand_back(delivery, search)).await? {
                return Ok(JobEnd::TakenOver);
            }
            tracing::info!(search_id = %search, "handed back");
            Ok(JobEnd::HandedBack)
        }
        Disposition::Decline { needs, time_left } => {
            tracing::warn!(search_id = search.map(tracing::field::display), %entry, needs, has = DEFINITION_VERSION,
                "declined a job that needs a newer worker");
            decline(context, delivery, time_left).await
        }
        Disposition::Bury(reason) => bury(context, delivery, search, &reason, delivered).await,
    }
}

/// Leaves the job to a newer worker.
async fn decline(context: &Context, delivery: &Delivery, time_left: Duration) -> Result<JobEnd, BrokerError> {
    // First, or this worker might take it over again.
    context.declined.add(delivery.entry, time_left);
    let lease = context.config.job_lease_ms;
    retry("decline the job", || context.leases.decline(delivery, lease)).await?;
    Ok(JobEnd::Declined)
}

/// Moves the job to the dead letters, and fails its search.
async fn bury(
    context: &Context,
    delivery: &Delivery,
    search: Option<SearchId>,
    reason: &str,
    delivered: &Span,
) -> Result<JobEnd, BrokerError> {
    // Before failing the search: if that fails for good, the job must not come back forever. If this worker dies in
    // between, the search ends at its deadline.
    if !retry("bury the job", || context.leases.bury(delivery, reason)).await? {
        return Ok(JobEnd::TakenOver);
    }
    tracing::error!(entry = %delivery.entry, search_id = search.map(tracing::field::display), reason,
        trace_id = delivered.trace_id().map(tracing::field::display), "job buried");
    if let Some(search) = search {
        fail(context, search, delivery, reason, delivered).await?;
    }
    Ok(JobEnd::Buried)
}

/// Fails the search of a buried job. A job of the replaced system has no record, but its clients wait for an end too.
async fn fail(
    context: &Context,
    id: SearchId,
    delivery: &Delivery,
    reason: &str,
    delivered: &Span,
) -> Result<(), BrokerError> {
    let max_results = context.config.common.max_results;
    let as_failed = |outcome: Outcome, _: &SearchRecord| outcome.with_status(EndStatus::Failed, reason);
    let end = || context.broker.end_with_record(id, max_results, None, as_failed);
    if retry("end the search", end).await? != Ended::Gone {
        return Ok(());
    }
    let now = retry("read Redis' clock", || context.broker.now()).await?;
    let times = Times { created: now, first_answer: None, ended: now };
    let outcome = Outcome::of(Vec::new(), times, Ranking::default()).with_reason(reason);
    // A job of the replaced system has no deadline. Its search was open until now.
    let deadline = delivery.fields.optional(field::DEADLINE_MS).ok().flatten().unwrap_or(now);
    let basis = Basis { deadline: Some(deadline), ..Basis::answers(0) };
    retry("end the search", || context.broker.end(id, &outcome, basis, None, delivered)).await.map(drop)
}
