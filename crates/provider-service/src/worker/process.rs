use std::{borrow::Cow, time::Duration};

use broker::{
    Basis, BrokerError, Created, Ended, SearchRecord,
    jobs::{Claim, Delivery},
};
use contracts::{
    EndStatus, EpochMillis, SearchId,
    entry::{Fields, Job, JobTimes, News},
    names::field,
    outcome::{Outcome, Times},
    search::DEFINITION,
};

use super::{
    Context,
    gather::{Gathered, Gathering, gather},
    in_hand::Stop,
    persist::persist,
};

/// How often a job is delivered before it counts as deadly: its workers may be dying of it.
const MAX_DELIVERIES: u64 = 3;

/// A job that is worked on here.
#[derive(Clone, Debug)]
pub(super) struct Work<'a> {
    /// By what its search is written.
    pub(super) claim: Claim,
    /// The job.
    pub(super) job: Job,
    /// Its times, also where the job has none.
    pub(super) times: JobTimes,
    /// All its fields, those included that this build does not know, and with the times.
    pub(super) fields: Cow<'a, Fields>,
}

/// What is to be done with a job that is no longer worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Disposition {
    /// Nothing: the script that ended its search has seen to it.
    Done,
    /// Remove it: its search had ended before, or nobody can ask for it any more.
    Discard,
    /// Put it back into the queue, for another worker to have at once.
    HandBack {
        /// Its search.
        search: SearchId,
    },
    /// Leave it to workers that have a newer definition of a search.
    Decline {
        /// The version they must have.
        needs: u32,
        /// How long it is until the search's deadline.
        time_left: Duration,
    },
    /// Leave it to the worker that has taken it over.
    Leave,
    /// Move it to the dead letters and fail its search.
    Bury(String),
}

/// Works on a delivered job to its end. Every failure ends here: nothing a job holds stops the worker.
pub(super) async fn run(context: &Context, delivery: Delivery) {
    let search = News::search_id(&delivery.fields).ok();
    if context.declined.has(delivery.entry) {
        return;
    }
    let Some((_hand, stopped)) = context.in_hand.take(delivery.entry, search) else { return };
    let disposition = tokio::select! {
        biased;
        stop = stopped => on_stop(stop.unwrap_or(Stop::HandBack), search),
        done = process(context, &delivery) => {
            done.unwrap_or_else(|error| Disposition::Bury(format!("its search can't be stored: {error}")))
        }
    };
    if disposition == Disposition::Leave {
        tracing::warn!(search_id = search.map(tracing::field::display), entry = %delivery.entry,
            "another worker has taken this job over");
    }
    if let Err(error) = dispose(context, &delivery, search, disposition).await {
        tracing::error!(entry = %delivery.entry, %error, "a job stays behind; it will be taken over");
    }
}

fn on_stop(why: Stop, search: Option<SearchId>) -> Disposition {
    match (why, search) {
        (Stop::Cancelled, _) => Disposition::Discard,
        (Stop::HandBack, Some(search)) => Disposition::HandBack { search },
        (Stop::Lost, _) | (Stop::HandBack, None) => Disposition::Leave,
    }
}

/// The one place where the queue is told what has become of a job.
async fn dispose(
    context: &Context,
    delivery: &Delivery,
    search: Option<SearchId>,
    disposition: Disposition,
) -> Result<(), BrokerError> {
    let entry = delivery.entry;
    match disposition {
        Disposition::Done | Disposition::Leave => Ok(()),
        Disposition::Discard => persist("discarding a job", || context.leases.discard(entry)).await,
        Disposition::HandBack { search } => {
            tracing::info!(search_id = %search, "handed back");
            persist("handing back a job", || context.leases.hand_back(delivery, search)).await
        }
        Disposition::Decline { needs, time_left } => {
            tracing::warn!(search_id = search.map(tracing::field::display), %entry, needs, has = DEFINITION,
                "a job needs a newer worker and is left to one");
            // Before Redis hears of it: it must not be taken over here again.
            context.declined.add(entry, time_left);
            let lease = context.config.job_lease_ms;
            persist("declining a job", || context.leases.decline(delivery, lease)).await
        }
        Disposition::Bury(reason) => {
            // Before its search is failed: one that can't even be failed must not keep its job, which would come back
            // for ever. Should this worker die in between, the search ends at its deadline.
            if !persist("burying a job", || context.leases.bury(delivery, &reason)).await? {
                return Ok(());
            }
            tracing::error!(%entry, search_id = search.map(tracing::field::display), reason, "job buried");
            match search {
                Some(search) => fail(context, search, delivery, &reason).await,
                None => Ok(()),
            }
        }
    }
}

async fn process(context: &Context, delivery: &Delivery) -> Result<Disposition, BrokerError> {
    match Job::needs(&delivery.fields) {
        Ok(needs) if needs > DEFINITION => return too_new(context, delivery, needs).await,
        // A wrong one makes the job one that can't be understood, below.
        _ => {}
    }
    let job = match Job::decode(&delivery.fields) {
        Ok(job) => job,
        Err(error) => return Ok(Disposition::Bury(format!("it can't be understood: {error}"))),
    };
    let is_foreign = job.times.is_none();
    let id = job.search_id;
    if delivery.deliveries > MAX_DELIVERIES {
        let record = persist("reading a record", || context.broker.read(id)).await?;
        let has_ended = record.is_some_and(|record| record.end.is_some());
        let reason = || format!("{MAX_DELIVERIES} workers died or stalled over it");
        return Ok(if has_ended { Disposition::Discard } else { Disposition::Bury(reason()) });
    }
    let mut work = work(context, job, delivery);
    tracing::info!(search_id = %id, entry = %delivery.entry, delivery = delivery.deliveries, "job taken");

    if persist("reading a record", || context.broker.is_unanswered(id)).await? {
        return work_on(context, work, Gathered::default()).await;
    }
    let gathered = match persist("reading a record", || context.broker.read(id)).await? {
        Some(record) if record.end.is_some() => return Ok(Disposition::Discard),
        Some(record) => Gathered {
            answers: record.answers.iter().filter_map(|(_, answer)| answer.parse().ok()).collect(),
            seen: record.seq,
            first_answer: record.first_answer,
        },
        None => {
            if is_foreign && delivery.deliveries == 1 {
                // The replaced system makes no records, and no worker had it before: it has not ended, however long it
                // has waited.
                let now = persist("asking Redis' clock", || context.broker.now()).await?;
                work.set_times(JobTimes { deadline: work.times.deadline.max(now), ..work.times });
            }
            let create = || context.broker.create(id, &work.claim, &work.fields, work.times.deadline);
            match persist("a record", create).await? {
                Created::There => Gathered::default(),
                // Or is among the open searches still, and is ended as one of those.
                Created::Ended => return Ok(Disposition::Discard),
            }
        }
    };
    work_on(context, work, gathered).await
}

/// What is to be done with a job that needs a newer worker. Past its deadline nobody needs to work on it: its search has
/// ended, or is ended as one that is overdue.
async fn too_new(context: &Context, delivery: &Delivery, needs: u32) -> Result<Disposition, BrokerError> {
    let now = persist("asking Redis' clock", || context.broker.now()).await?;
    let longest = context.config.common.search_deadline_ms;
    let deadline = delivery.fields.optional(field::DEADLINE_MS).ok().flatten();
    let deadline: EpochMillis = deadline.unwrap_or_else(|| delivery.entry.added_at() + longest);
    let time_left = deadline.since(now);
    Ok(if time_left.is_zero() { Disposition::Discard } else { Disposition::Decline { needs, time_left } })
}

/// Asks the suppliers that have not answered and ends the search.
async fn work_on(context: &Context, work: Work<'_>, gathered: Gathered) -> Result<Disposition, BrokerError> {
    match gather(context, &work, gathered).await? {
        Gathering::All(gathered) => finish(context, work, gathered).await,
        Gathering::Ended => Ok(Disposition::Discard),
        Gathering::NotOwner => Ok(Disposition::Leave),
    }
}

/// Ends the search with what was gathered.
async fn finish(context: &Context, work: Work<'_>, gathered: Gathered) -> Result<Disposition, BrokerError> {
    let (id, claim) = (work.job.search_id, &work.claim);
    let Gathered { answers, seen, first_answer } = gathered;
    let held = answers.len() as u64;
    let max_results = context.config.common.max_results;
    let ended = persist("asking Redis' clock", || context.broker.now()).await?;
    let times = Times { created: work.times.created, first_answer, ended };
    let outcome = Outcome::of(answers, times, max_results);
    let basis = Basis { answers: Some(held), seen, deadline: Some(work.times.deadline) };
    let end = || context.broker.end(id, &outcome, basis, Some(claim));
    let mut ended = persist("an end", end).await?;
    if ended.is_none() {
        // The record has an answer that is not in hand here: a worker that was taken for dead has stored it, or this one
        // has without hearing so.
        let end = || context.broker.end_with_record(id, max_results, Some(claim), |outcome, _| outcome);
        ended = Some(persist("an end", end).await?).filter(|ended| *ended != Ended::Gone);
    }
    if ended.is_none() {
        // The record was lost just now. What is in hand is all that anybody knows.
        let end = || context.broker.end(id, &outcome, Basis { answers: None, ..basis }, Some(claim));
        ended = persist("an end", end).await?;
    }
    Ok(match ended {
        Some(Ended::Now { .. } | Ended::Before) => Disposition::Done,
        Some(Ended::NotOwner) => Disposition::Leave,
        Some(Ended::Gone) | None => Disposition::Discard,
    })
}

/// Fails a search whose job was buried. One that has no record may come from the replaced system, whose clients wait for
/// an end all the same.
async fn fail(context: &Context, id: SearchId, delivery: &Delivery, reason: &str) -> Result<(), BrokerError> {
    let max_results = context.config.common.max_results;
    let shape = |outcome: Outcome, _: &SearchRecord| outcome.ended_as(EndStatus::Failed, reason);
    let end = || context.broker.end_with_record(id, max_results, None, shape);
    if persist("an end", end).await? != Ended::Gone {
        return Ok(());
    }
    let now = persist("asking Redis' clock", || context.broker.now()).await?;
    let times = Times { created: now, first_answer: None, ended: now };
    let outcome = Outcome::of(Vec::new(), times, max_results).because(reason);
    // Without one the job is of the replaced system, and was there until now.
    let deadline = delivery.fields.optional(field::DEADLINE_MS).ok().flatten().unwrap_or(now);
    let basis = Basis { deadline: Some(deadline), ..Basis::answers(0) };
    persist("an end", || context.broker.end(id, &outcome, basis, None)).await.map(drop)
}

/// What is worked on. A job of the replaced system has no times: it began when its entry was added.
fn work<'a>(context: &Context, job: Job, delivery: &'a Delivery) -> Work<'a> {
    let created = delivery.entry.added_at();
    let deadline = created + context.config.common.search_deadline_ms;
    let claim = context.leases.claim(delivery.entry);
    let fields = Cow::Borrowed(&delivery.fields);
    let mut work = Work { claim, times: job.times.unwrap_or(JobTimes { created, deadline }), job, fields };
    if work.job.times.is_none() {
        work.set_times(work.times);
    }
    work
}

impl Work<'_> {
    /// Sets the times of a job that came without.
    fn set_times(&mut self, times: JobTimes) {
        self.times = times;
        times.encode().into_iter().for_each(|(field, value)| self.fields.to_mut().set(field, value));
    }
}
