use std::sync::Arc;

use broker::{BrokerError, Created, NewAnswer, Stored};
use contracts::{EpochMillis, entry::JsonLine, outcome::Answer};
use futures_util::{FutureExt, StreamExt, stream::FuturesUnordered};
use suppliers::SupplierClient as Desk;
use tokio::time::Instant;

use super::{Context, persist::persist, process::Work};

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

/// What came of asking a search's suppliers.
#[derive(Debug)]
pub(super) enum Gathering {
    /// All have been heard.
    All(Gathered),
    /// The search has ended meanwhile.
    Ended,
    /// Another worker has taken the job over.
    NotOwner,
}

/// Asks the suppliers that have not answered yet, all at once, and stores what each says as soon as it does. Ends
/// when all have been heard, which their desks see to by the deadline.
pub(super) async fn gather(
    context: &Context,
    work: &Work<'_>,
    mut gathered: Gathered,
) -> Result<Gathering, BrokerError> {
    let Work { job, times, .. } = work;
    let desks = context.suppliers.select(&job.suppliers);
    let of = desks.len();
    let now = persist("asking Redis' clock", || context.broker.now()).await?;
    let deadline = Instant::now() + times.deadline.since(now);
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
        match gathered.store(context, work, of, answers).await? {
            Stored::Stored(_) => {}
            Stored::NotOwner => return Ok(Gathering::NotOwner),
            Stored::Ended | Stored::Missing => return Ok(Gathering::Ended),
        }
    }
    Ok(Gathering::All(gathered))
}

impl Gathered {
    /// Stores answers and keeps those that are stored now.
    ///
    /// One that its supplier had given already is not kept: it may be another worker's, and told otherwise than
    /// here. Or it is this very one, and storing it the first time got no reply. In either case the story is longer
    /// than what is kept, which `finish` finds out; the record has it.
    async fn store(
        &mut self,
        context: &Context,
        work: &Work<'_>,
        of: usize,
        mut answers: Vec<Answer>,
    ) -> Result<Stored, BrokerError> {
        let (broker, Work { claim, job, times, fields }) = (&context.broker, work);
        loop {
            let news: Vec<_> = answers.iter().map(|answer| to_news(answer, of)).collect();
            match persist("an answer", || broker.answer(job.search_id, claim, &news)).await? {
                Stored::Missing => {
                    match persist("a record", || broker.create(job.search_id, claim, fields, times.deadline))
                        .await?
                    {
                        Created::Ended => return Ok(Stored::Ended),
                        // Redis had lost it. What was stored in it is in hand here, and goes into the new one first.
                        Created::There => drop(answers.splice(..0, self.answers.drain(..))),
                    }
                }
                Stored::Stored(places) => {
                    self.seen = places.iter().flatten().copied().fold(self.seen, u64::max);
                    if self.first_answer.is_none() {
                        self.first_answer = Some(persist("asking Redis' clock", || broker.now()).await?);
                    }
                    let stored = answers.into_iter().zip(places.iter());
                    self.answers.extend(stored.filter_map(|(answer, place)| place.map(|_| answer)));
                    return Ok(Stored::Stored(places));
                }
                otherwise => return Ok(otherwise),
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
