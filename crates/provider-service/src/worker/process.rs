use broker::{Basis, BrokerError, Created, Ended, jobs::Delivery};
use contracts::{
    EpochMillis, SearchId,
    entry::{Job, JobTimes, ResultEntry},
    names::field,
    outcome::{Outcome, Times},
    search::DEFINITION_VERSION,
};
use tokio::sync::oneshot;
use traces::Span;

use super::{
    active_job::ActiveJob,
    collect::{Collected, CollectedAnswers, collect_answers},
    context::Context,
    disposition::{Disposition, dispose},
    in_progress::{JobGuard, StopReason},
    retry::retry,
    spans,
};

/// How often a job may be delivered. After that it is buried: it may be what its workers died of.
const MAX_DELIVERIES: u64 = 3;

/// A delivered job that counts as in progress, so that its lease is renewed, it can be stopped, and this worker does not
/// take it over.
#[derive(Debug)]
pub(super) struct StartedJob {
    delivery: Delivery,
    search: Option<SearchId>,
    guard: JobGuard,
    stopped: oneshot::Receiver<StopReason>,
}

impl StartedJob {
    /// `None` if the job is in progress already, or was declined.
    pub(super) fn new(context: &Context, delivery: Delivery) -> Option<Self> {
        if context.declined.contains(delivery.entry) {
            return None;
        }
        let search = ResultEntry::search_id(&delivery.fields).ok();
        let (guard, stopped) = context.in_progress.start(delivery.entry, search)?;
        Some(Self { delivery, search, guard, stopped })
    }
}

/// Processes a job. Handles every error: no job can stop the worker.
pub(super) async fn run(context: &Context, job: StartedJob) {
    let StartedJob { delivery, search, guard: _guard, stopped } = job;
    let delivered = spans::receive(context, &delivery, search);
    let mut span = spans::process(context, &delivered, &delivery, search);
    let disposition = tokio::select! {
        biased;
        reason = stopped => on_stop(reason.unwrap_or(StopReason::Shutdown), search),
        result = process(context, &delivery, &delivered) => {
            result.unwrap_or_else(|error| Disposition::Bury(format!("its search can't be stored: {error}")))
        }
    };
    if disposition == Disposition::TakenOver {
        tracing::warn!(search_id = search.map(tracing::field::display), entry = %delivery.entry,
            trace_id = delivered.trace_id().map(tracing::field::display), "another worker has taken over this job");
    }
    match Box::pin(dispose(context, &delivery, search, disposition, &delivered)).await {
        Ok(end) => {
            spans::finish(&mut span, end);
            context.metrics.ended(end);
        }
        Err(error) => {
            span.fail(error.kind());
            tracing::error!(entry = %delivery.entry, %error, "could not dispose of a job; it will be taken over");
        }
    }
}

fn on_stop(reason: StopReason, search: Option<SearchId>) -> Disposition {
    match (reason, search) {
        (StopReason::Cancelled, _) => Disposition::Discard,
        (StopReason::Shutdown, Some(search)) => Disposition::HandBack { search },
        (StopReason::TakenOver, _) | (StopReason::Shutdown, None) => Disposition::TakenOver,
    }
}

async fn process(
    context: &Context,
    delivery: &Delivery,
    delivered: &Span,
) -> Result<Disposition, BrokerError> {
    match Job::needs(&delivery.fields) {
        Ok(needs) if needs > DEFINITION_VERSION => return too_new(context, delivery, needs).await,
        // An invalid version makes decoding fail.
        _ => {}
    }
    let job = match Job::decode(&delivery.fields) {
        Ok(job) => job,
        Err(error) => return Ok(Disposition::Bury(format!("it can't be understood: {error}"))),
    };
    let id = job.search_id;
    if delivery.deliveries > MAX_DELIVERIES {
        return Box::pin(delivered_too_often(context, id)).await;
    }
    let now = retry("read Redis' clock", || context.broker.now()).await?;
    let mut active = ActiveJob::new(context, job, delivery, delivered, now);
    tracing::info!(search_id = %id, entry = %delivery.entry, delivery = delivery.deliveries,
        trace_id = delivered.trace_id().map(tracing::field::display), "job taken");
    if delivery.deliveries == 1 {
        context.metrics.delivered_after(now.since(delivery.entry.added_at()));
    }
    answer_and_end(context, delivery, &mut active).await
}

/// Asks the suppliers and ends the search.
async fn answer_and_end(
    context: &Context,
    delivery: &Delivery,
    active: &mut ActiveJob<'_>,
) -> Result<Disposition, BrokerError> {
    let id = active.job.search_id;
    let mut collected = if retry("read the record", || context.broker.is_unanswered(id)).await? {
        Some(CollectedAnswers::none(context))
    } else {
        Box::pin(resume(context, delivery, active)).await?
    };
    while let Some(answers) = collected {
        match collect_answers(context, active, answers).await? {
            Collected::All(all) => match Box::pin(finish(context, active, all)).await? {
                Some(disposition) => return Ok(disposition),
                None => collected = Box::pin(resume(context, delivery, active)).await?,
            },
            Collected::SearchEnded => break,
            Collected::NotOwner => return Ok(Disposition::TakenOver),
        }
    }
    Ok(Disposition::Discard)
}

/// The answers that the record has, perhaps none. Creates a missing record. `None` if the search has ended.
async fn resume(
    context: &Context,
    delivery: &Delivery,
    active: &mut ActiveJob<'_>,
) -> Result<Option<CollectedAnswers>, BrokerError> {
    let id = active.job.search_id;
    Ok(match retry("read the record", || context.broker.read(id)).await? {
        Some(record) if record.end.is_some() => None,
        Some(record) => Some(CollectedAnswers {
            last_seq: record.seq,
            first_answer: record.first_answer,
            suppliers: record.answers.into_iter().map(|(code, _)| code).collect(),
            kept: None,
        }),
        None => {
            if active.claim.is_foreign() && delivery.deliveries == 1 {
                // The replaced system creates no records. A first delivery shows that the search has not ended, even
                // if it waited past its deadline.
                let now = retry("read Redis' clock", || context.broker.now()).await?;
                active.set_times(JobTimes { deadline: active.times.deadline.max(now), ..active.times });
            }
            let deadline = active.times.deadline;
            let create = || context.broker.create(id, &active.claim, &active.fields, deadline);
            match retry("create the record", create).await? {
                Created::Exists => Some(CollectedAnswers::none(context)),
                // If it is still an open search, it ends as overdue.
                Created::Ended => None,
            }
        }
    })
}

/// Buries a job that may be what its workers died of, unless its search has ended.
async fn delivered_too_often(context: &Context, id: SearchId) -> Result<Disposition, BrokerError> {
    let record = retry("read the record", || context.broker.read(id)).await?;
    if record.is_some_and(|record| record.end.is_some()) {
        return Ok(Disposition::Discard);
    }
    Ok(Disposition::Bury(format!("{MAX_DELIVERIES} workers died or stalled over it")))
}

/// Declines a job that needs a newer worker. Discards it after the search's deadline: the search ends as overdue.
async fn too_new(context: &Context, delivery: &Delivery, needs: u32) -> Result<Disposition, BrokerError> {
    let now = retry("read Redis' clock", || context.broker.now()).await?;
    let longest = context.config.common.search_deadline_ms;
    let deadline = delivery.fields.optional(field::DEADLINE_MS).ok().flatten();
    let deadline: EpochMillis = deadline.unwrap_or_else(|| delivery.entry.added_at() + longest);
    let time_left = deadline.since(now);
    Ok(if time_left.is_zero() { Disposition::Discard } else { Disposition::Decline { needs, time_left } })
}

/// Ends the search with the answers. `None` if Redis lost some that only the record had: their suppliers must be asked
/// again.
async fn finish(
    context: &Context,
    active: &ActiveJob<'_>,
    collected: CollectedAnswers,
) -> Result<Option<Disposition>, BrokerError> {
    let (id, claim) = (active.job.search_id, &active.claim);
    let max_results = context.config.common.max_results;
    let last_seq = collected.last_seq;
    let Some((outcome, answers)) = outcome(context, active, collected).await? else { return Ok(None) };
    let basis = Basis { answers: Some(answers), last_seq, deadline: Some(active.times.deadline) };
    let end = || context.broker.end(id, &outcome, basis, Some(claim), active.span);
    let mut ended = retry("end the search", end).await?;
    if ended.is_none() {
        // The record has more answers: another worker stored one, or Redis' reply to one of ours was lost.
        let end = || context.broker.end_with_record(id, max_results, Some(claim), |outcome, _| outcome);
        ended = Some(retry("end the search", end).await?).filter(|ended| *ended != Ended::Gone);
    }
    if ended.is_none() {
        // Redis has just lost the record. Our answers are all that is left.
        let basis = Basis { answers: None, ..basis };
        let end = || context.broker.end(id, &outcome, basis, Some(claim), active.span);
        ended = retry("end the search", end).await?;
    }
    Ok(Some(match ended {
        Some(Ended::Now { .. } | Ended::Before) => Disposition::Done,
        Some(Ended::NotOwner) => Disposition::TakenOver,
        Some(Ended::Gone) | None => Disposition::Discard,
    }))
}

/// The outcome of the answers that are kept, or else of those in the record, and how many they are. `None` if the
/// record has lost some.
async fn outcome(
    context: &Context,
    active: &ActiveJob<'_>,
    collected: CollectedAnswers,
) -> Result<Option<(Outcome, u64)>, BrokerError> {
    let ActiveJob { job, times, .. } = active;
    let CollectedAnswers { suppliers, kept, first_answer, last_seq: _ } = collected;
    let max_results = context.config.common.max_results;
    let now = retry("read Redis' clock", || context.broker.now()).await?;
    if let Some(mut kept) = kept {
        let times = Times { created: times.created, first_answer, ended: now };
        let answers = kept.take();
        let count = answers.len() as u64;
        let outcome = Outcome::of(answers, times, active.ranking(max_results));
        return Ok(Some((outcome.with_check(job.check.as_deref()), count)));
    }
    let Some(record) = retry("read the record", || context.broker.read(job.search_id)).await? else {
        return Ok(None);
    };
    let has = |code| record.answers.iter().any(|(answered, _)| answered == code);
    if record.end.is_none() && !suppliers.iter().all(has) {
        return Ok(None);
    }
    context.metrics.ended_from_record();
    Ok(Some((record.outcome_now(max_results, now), record.answers.len() as u64)))
}
