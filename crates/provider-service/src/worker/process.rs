use broker::{BrokerError, Concluded, Ending, EntryId, Finished, SearchRecord, queue::Delivery};
use contracts::{
    EndStatus, EpochMillis, SearchId,
    entry::{Job, JobTimes, News},
    outcome::{Outcome, Times},
};

use super::{
    Context,
    gather::{Gathered, gather},
    in_hand::Stop,
    persist::persist,
};

/// How often a job is delivered before it counts as deadly: its workers may be dying of it.
const MAX_DELIVERIES: u64 = 3;

/// What is to be done with a job that is no longer worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Disposition {
    /// Nothing: the script that ended its search has seen to it.
    Done,
    /// Remove it: its search had ended before, or nobody can ask for it any more.
    Discard,
    /// Put it back into the queue, for another worker to have at once.
    HandBack(Job),
    /// Leave it to the worker that has taken it over.
    Leave,
    /// Move it to the dead letters and fail its search.
    Bury(String),
}

/// Works on a delivered job to its end. Every failure ends here: nothing a job holds stops the worker.
pub(super) async fn run(context: &Context, delivery: Delivery) {
    let search = News::search_id(&delivery.fields).ok();
    let Some((_hand, stopped)) = context.in_hand.take(delivery.entry, search) else { return };
    let disposition = tokio::select! {
        biased;
        stop = stopped => on_stop(context, &delivery, stop.unwrap_or(Stop::HandBack)),
        done = process(context, &delivery) => {
            done.unwrap_or_else(|error| Disposition::Bury(format!("its search can't be stored: {error}")))
        }
    };
    if let Err(error) = dispose(context, &delivery, search, disposition).await {
        tracing::error!(entry = %delivery.entry, %error, "a job stays behind; it will be taken over");
    }
}

fn on_stop(context: &Context, delivery: &Delivery, why: Stop) -> Disposition {
    match (why, Job::decode(&delivery.fields)) {
        (Stop::Cancelled, _) => Disposition::Discard,
        (Stop::HandBack, Ok(job)) => Disposition::HandBack(timed(context, job, delivery.entry).0),
        (Stop::Lost, _) | (Stop::HandBack, Err(_)) => Disposition::Leave,
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
        Disposition::HandBack(job) => {
            tracing::info!(search_id = %job.search_id, "handed back");
            persist("handing back a job", || context.leases.hand_back(entry, &job)).await
        }
        Disposition::Bury(reason) => {
            tracing::error!(%entry, search_id = search.map(tracing::field::display), reason, "job buried");
            // A search that can't even be failed must not keep its job: it would come back for ever.
            if let Some(search) = search
                && let Err(error) = fail(context, search, &reason).await
            {
                tracing::error!(search_id = %search, %error, "a search can't be failed");
            }
            persist("burying a job", || context.leases.bury(delivery, &reason)).await
        }
    }
}

async fn process(context: &Context, delivery: &Delivery) -> Result<Disposition, BrokerError> {
    let job = match Job::decode(&delivery.fields) {
        Ok(job) => job,
        Err(error) => return Ok(Disposition::Bury(format!("it can't be understood: {error}"))),
    };
    if delivery.deliveries > MAX_DELIVERIES {
        return Ok(Disposition::Bury(format!("{MAX_DELIVERIES} workers died or stalled over it")));
    }
    let is_ours = job.times.is_some();
    let (job, times) = timed(context, job, delivery.entry);
    let id = job.search_id;
    tracing::info!(search_id = %id, entry = %delivery.entry, delivery = delivery.deliveries, "job taken");

    let record = persist("reading a record", || context.broker.read(id)).await?;
    let gathered = match record {
        Some(record) if record.end.is_some() => return Ok(Disposition::Discard),
        Some(record) => Gathered {
            answers: record.answers.iter().filter_map(|(_, answer)| answer.parse().ok()).collect(),
            seen: record.seq,
            first_answer: record.first_answer,
        },
        // Its record was made before the job and lives longer than its search: it has ended and was forgotten.
        None if is_ours && times.deadline < EpochMillis::now() => return Ok(Disposition::Discard),
        None => {
            persist("a record", || context.broker.create(&job)).await?;
            Gathered::default()
        }
    };
    match gather(context, &job, times, gathered).await? {
        Some(gathered) => {
            finish(context, id, times, gathered, delivery.entry).await.map(|()| Disposition::Done)
        }
        None => Ok(Disposition::Discard),
    }
}

/// Ends the search with what was gathered.
async fn finish(
    context: &Context,
    id: SearchId,
    times: JobTimes,
    gathered: Gathered,
    entry: EntryId,
) -> Result<(), BrokerError> {
    let Gathered { answers, seen, first_answer } = gathered;
    let held = answers.len() as u64;
    let max_results = context.config.common.max_results;
    let times = Times { created: times.created, first_answer, ended: EpochMillis::now() };
    let outcome = Outcome::of(answers, times, max_results);
    let ending = Ending { seen, ..Ending::new(&outcome, held) };
    match persist("an end", || context.broker.finish(id, &ending, Some(entry))).await? {
        Finished::First { .. } => log_end(id, &outcome),
        Finished::Already { .. } => {}
        // The story has an answer that is not in hand here: a worker that was taken for dead has stored it, or this
        // one has without hearing so.
        Finished::Stale => {
            let conclude = || context.broker.conclude(id, max_results, Some(entry), |outcome, _| outcome);
            if let Concluded::Now(ended) = persist("an end", conclude).await? {
                log_end(id, &ended.outcome);
            }
        }
    }
    Ok(())
}

/// Fails a search whose job can't be worked on. One that has no record comes from the replaced system, whose
/// clients wait for an end all the same.
async fn fail(context: &Context, id: SearchId, reason: &str) -> Result<(), BrokerError> {
    let max_results = context.config.common.max_results;
    let shape = |outcome: Outcome, _: &SearchRecord| outcome.ended_as(EndStatus::Failed, reason);
    let conclude = || context.broker.conclude(id, max_results, None, shape);
    if persist("an end", conclude).await? == Concluded::Unknown {
        let now = EpochMillis::now();
        let times = Times { created: now, first_answer: None, ended: now };
        let ending = Ending::new(&Outcome::of(Vec::new(), times, max_results).because(reason), 0);
        persist("an end", || context.broker.finish(id, &ending, None)).await?;
    }
    tracing::info!(search_id = %id, status = "failed", reason, "search ended");
    Ok(())
}

fn log_end(id: SearchId, outcome: &Outcome) {
    tracing::info!(
        search_id = %id,
        status = %outcome.status,
        offers = outcome.details.total,
        first_answer_ms = outcome.details.first_answer_ms,
        elapsed_ms = outcome.details.elapsed_ms,
        "search ended"
    );
}

/// A job and its times. One of the replaced system has none: it began when its entry was added.
fn timed(context: &Context, mut job: Job, entry: EntryId) -> (Job, JobTimes) {
    let created = entry.added_at();
    let deadline = created + context.config.common.search_deadline_ms;
    let times = *job.times.get_or_insert(JobTimes { created, deadline });
    (job, times)
}
