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

/// What a search's suppliers have answered, this time and before: what its end is made of.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// Each has one place in the search's story, so their number tells how long a story they are the whole of.
    pub(super) answers: Vec<Answer>,
    /// The last place that is known to have been told.
    pub(super) seen: u64,
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
    let mut asked: FuturesUnordered<_> = desks
        .iter()
        .filter(|desk| !has_answered(desk))
        .map(|desk| desk.ask(job.search_id, &job.query, deadline))
        .collect();

    let max = context.config.common.max_results;
    while let Some(first) = asked.next().await {
        let mut answers = vec![first.capped(max)];
        // Whatever else is there already goes along in the same round trip.
        while let Some(Some(answer)) = asked.next().now_or_never() {
            answers.push(answer.capped(max));
        }
        for Answer { report, offers } in &answers {
            tracing::debug!(supplier = %report.code, status = report.status.as_str(), offers = offers.len(),
                elapsed_ms = report.elapsed_ms, "supplier answered");
        }
        if !gathered.store(context, job, of, answers).await? {
            return Ok(None);
        }
    }
    Ok(Some(gathered))
}

impl Gathered {
    /// Stores answers and keeps those that are stored now; false if the search has ended.
    ///
    /// One that its supplier had given already is not kept: it may be another worker's, and told otherwise than
    /// here. Or it is this very one, and storing it the first time got no reply. In either case the story is longer
    /// than what is kept, which `finish` finds out; the record has it.
    async fn store(
        &mut self,
        context: &Context,
        job: &Job,
        of: usize,
        mut answers: Vec<Answer>,
    ) -> Result<bool, BrokerError> {
        loop {
            let news: Vec<_> = answers.iter().map(|answer| to_news(answer, of)).collect();
            match persist("an answer", || context.broker.answer(job.search_id, &news)).await? {
                Stored::Ended => return Ok(false),
                // Redis has lost the record. What was stored in it is in hand here, and goes into the new one first.
                Stored::Missing => {
                    persist("a record", || context.broker.create(job)).await?;
                    answers.splice(..0, self.answers.drain(..));
                }
                Stored::Stored(places) => {
                    self.seen = places.iter().flatten().copied().fold(self.seen, u64::max);
                    self.first_answer.get_or_insert_with(EpochMillis::now);
                    let stored = answers.into_iter().zip(places);
                    self.answers.extend(stored.filter_map(|(answer, place)| place.map(|_| answer)));
                    return Ok(true);
                }
            }
        }
    }
}

fn to_news(answer: &Answer, of: usize) -> NewAnswer {
    let Answer { report, offers } = answer;
    NewAnswer {
        code: report.code.clone(),
        of,
        // Reports and offers are plain data: writing them can't fail.
        report: JsonLine::of(report).unwrap_or_else(|_| JsonLine::empty_array()),
        offers: JsonLine::of(offers).unwrap_or_else(|_| JsonLine::empty_array()),
    }
}
