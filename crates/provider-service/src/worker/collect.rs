use std::sync::Arc;

use broker::{BrokerError, Created, NewAnswer, Stored};
use contracts::{EpochMillis, SupplierCode, outcome::Answer};
use futures_util::{FutureExt, StreamExt, future::Either, stream::FuturesUnordered};
use jiff::Timestamp;
use suppliers::SupplierClient;
use tokio::time::Instant;

use super::{active_job::ActiveJob, context::Context, kept::KeptAnswers, retry::retry};

/// The answers to a search, those of earlier deliveries included. The search's end is made from them.
#[derive(Debug)]
pub(super) struct CollectedAnswers {
    /// The suppliers whose answers are in the record.
    pub(super) suppliers: Vec<SupplierCode>,
    /// The answers. `None` if only the record has them all: an earlier delivery stored some, or there is no memory for them.
    pub(super) kept: Option<KeptAnswers>,
    /// The highest sequence number that an event of this search is known to have.
    pub(super) last_seq: u64,
    /// When the first answer was stored.
    pub(super) first_answer: Option<EpochMillis>,
}

/// How collecting answers ended.
#[derive(Debug)]
pub(super) enum Collected {
    /// Every supplier answered.
    All(CollectedAnswers),
    /// The search ended meanwhile.
    SearchEnded,
    /// Another worker took the job over.
    NotOwner,
}

/// Asks all suppliers that have not answered yet, concurrently: for offers, or for the price of a price check. Stores
/// each answer when it arrives.
///
/// Every client answers by the search's deadline, so this returns by then.
pub(super) async fn collect_answers(
    context: &Context,
    active: &ActiveJob<'_>,
    mut collected: CollectedAnswers,
) -> Result<Collected, BrokerError> {
    let mut clients = context.suppliers.select(&active.job.suppliers);
    let of = u32::try_from(clients.len()).unwrap_or(u32::MAX);
    let now = retry("read Redis' clock", || context.broker.now()).await?;
    let deadline = Instant::now() + active.times.deadline.since(now);
    clients.retain(|client| !collected.suppliers.contains(client.code()));
    let mut requests = requests(&clients, active, deadline);

    let ranking = active.ranking(context.config.common.max_results);
    let completed = |answer: Answer| {
        // Whole seconds: a price is older than that when it is seen.
        let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap_or_default();
        let rates = context.rates.as_ref().map(|rates| rates.current());
        answer.priced(now, ranking.currency, rates.as_deref()).capped(ranking)
    };
    while let Some(first) = requests.next().await {
        let mut answers = vec![completed(first)];
        // Store all answers that are ready in one round trip.
        while let Some(Some(answer)) = requests.next().now_or_never() {
            answers.push(completed(answer));
        }
        for Answer { report, offers, one_ways: _ } in &answers {
            tracing::debug!(supplier = %report.code, status = report.status.as_str(), offers = offers.len(),
                elapsed_ms = report.elapsed_ms, "supplier answered");
        }
        // Boxed, because a job mostly waits for answers. That leaves less to keep for each job.
        match Box::pin(collected.store(context, active, answers, of)).await? {
            Stored::Stored(_) => {}
            Stored::NotOwner => return Ok(Collected::NotOwner),
            Stored::Ended | Stored::Missing => return Ok(Collected::SearchEnded),
        }
    }
    Ok(Collected::All(collected))
}

/// The requests to these suppliers. They are sent when the result is polled.
fn requests<'a>(
    clients: &'a [Arc<SupplierClient>],
    active: &'a ActiveJob<'_>,
    deadline: Instant,
) -> FuturesUnordered<impl Future<Output = Answer> + Send> {
    let ActiveJob { job, span, .. } = active;
    let ask = |client: &'a Arc<SupplierClient>| match job.check.as_deref() {
        None => Either::Left(client.ask(job.search_id, &job.query, deadline, span)),
        Some(check) => Either::Right(client.check(job.search_id, &job.query, check, deadline, span)),
    };
    clients.iter().map(ask).collect()
}

impl CollectedAnswers {
    /// No answers yet.
    pub(super) fn none(context: &Context) -> Self {
        let kept = Some(context.answer_memory.empty());
        Self { suppliers: Vec::new(), kept, last_seq: 0, first_answer: None }
    }

    /// Stores answers of some of `of` suppliers, and keeps those that are new in the record.
    ///
    /// An answer is not new if another worker stored one of the same supplier, or if this worker did and Redis' reply
    /// was lost. The record then has more answers than we kept. Redis notices when the search ends.
    async fn store(
        &mut self,
        context: &Context,
        active: &ActiveJob<'_>,
        mut answers: Vec<Answer>,
        of: u32,
    ) -> Result<Stored, BrokerError> {
        let (broker, ActiveJob { claim, job, times, fields, span }) = (&context.broker, active);
        loop {
            let encoding = broker.encoding();
            let encoded: Vec<_> = answers.iter().map(|answer| NewAnswer::of(answer, of, encoding)).collect();
            match retry("store answers", || broker.answer(job.search_id, claim, &encoded, span)).await? {
                Stored::Missing => {
                    let create = || broker.create(job.search_id, claim, fields, times.deadline);
                    match retry("create the record", create).await? {
                        Created::Ended => return Ok(Stored::Ended),
                        // Redis lost the record. Store all answers again, the oldest first. Those that only the record
                        // had are missed when the search ends.
                        Created::Exists => {
                            if let Some(kept) = &mut self.kept {
                                answers.splice(..0, kept.take());
                                self.suppliers.clear();
                            }
                        }
                    }
                }
                Stored::Stored(seqs) => {
                    self.last_seq = seqs.iter().flatten().copied().fold(self.last_seq, u64::max);
                    if self.first_answer.is_none() && encoded.iter().any(|answer| answer.asked) {
                        self.first_answer = Some(retry("read Redis' clock", || broker.now()).await?);
                    }
                    for (answer, _) in answers.into_iter().zip(&seqs).filter(|(_, seq)| seq.is_some()) {
                        self.suppliers.push(answer.report.code.clone());
                        self.kept = self.kept.take().and_then(|kept| kept.with(answer));
                    }
                    return Ok(Stored::Stored(seqs));
                }
                other => return Ok(other),
            }
        }
    }
}
