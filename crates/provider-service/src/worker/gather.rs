use std::{sync::Arc, time::Duration};

use broker::{BrokerError, NewAnswer, Stored};
use contracts::{
    EpochMillis,
    entry::{Job, JobTimes, JsonLine},
    outcome::Answer,
};
use futures_util::{FutureExt, StreamExt, stream::FuturesUnordered};
use tokio::time::Instant;

use super::{Context, persist::persist};
use crate::suppliers::Desk;

/// What a search's suppliers have answered, this time and before.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) answers: Vec<Answer>,
    /// The place of the last one in the search's story.
    pub(super) seq: u64,
    /// When the first one was stored.
    pub(super) first_answer: Option<EpochMillis>,
}

/// Asks the suppliers that have not answered yet, all at once, and stores what each says as soon as it does. Ends
/// when all have been heard, which their desks see to by the deadline. `None`: the search has ended meanwhile.
pub(super) async fn gather(
    context: &Context,
    job: &Job,
    times: JobTimes,
    mut gathered: Gathered,
) -> Result<Option<Gathered>, BrokerError> {
    let desks = context.suppliers.select(&job.suppliers);
    let of = desks.len();
    let left = Duration::from_millis(times.deadline.0.saturating_sub(EpochMillis::now().0));
    let deadline = Instant::now() + left;
    let has_answered =
        |desk: &Arc<Desk>| gathered.answers.iter().any(|answer| answer.report.code == *desk.code());
    let mut asked: FuturesUnordered<_> =
        desks.iter().filter(|desk| !has_answered(desk)).map(|desk| desk.ask(&job.query, deadline)).collect();

    let max = context.config.common.max_results;
    while let Some(first) = asked.next().await {
        let mut answers = vec![first.capped(max)];
        // Whatever else is there already goes along in the same round trip.
        while let Some(Some(answer)) = asked.next().now_or_never() {
            answers.push(answer.capped(max));
        }
        let Some(stored) = store(context, job, of, &answers).await? else { return Ok(None) };
        gathered.first_answer.get_or_insert_with(EpochMillis::now);
        gathered.seq = stored.iter().flatten().copied().max().unwrap_or(gathered.seq).max(gathered.seq);
        // An answer that was stored before, by a worker that was taken for dead, is not this one.
        let new = answers.into_iter().zip(stored).filter_map(|(answer, seq)| seq.map(|_| answer));
        gathered.answers.extend(new);
    }
    Ok(Some(gathered))
}

/// Stores answers and tells the place of each; `None` if the search has ended.
async fn store(
    context: &Context,
    job: &Job,
    of: usize,
    answers: &[Answer],
) -> Result<Option<Vec<Option<u64>>>, BrokerError> {
    let news: Vec<_> = answers.iter().map(|answer| to_news(answer, of)).collect();
    loop {
        match persist("an answer", || context.broker.answer(job.search_id, &news)).await? {
            Stored::Stored(places) => return Ok(Some(places)),
            Stored::Ended => return Ok(None),
            // Redis has lost the record; what is in hand here is not lost.
            Stored::Missing => persist("a record", || context.broker.create(job)).await?,
        }
    }
}

fn to_news(answer: &Answer, of: usize) -> NewAnswer {
    let Answer { report, offers } = answer;
    tracing::debug!(supplier = %report.code, status = report.status.as_str(), offers = offers.len(),
        elapsed_ms = report.elapsed_ms, "supplier answered");
    NewAnswer {
        code: report.code.clone(),
        of,
        // Reports and offers are plain data: writing them can't fail.
        report: JsonLine::of(report).unwrap_or_else(|_| JsonLine::empty_array()),
        offers: JsonLine::of(offers).unwrap_or_else(|_| JsonLine::empty_array()),
    }
}
