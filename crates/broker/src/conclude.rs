use contracts::{
    EpochMillis, SearchId,
    outcome::{Outcome, Times},
};

use crate::{Broker, BrokerError, Ending, Finished, SearchRecord, queue::Claim};

/// What became of a search that was to end with what has come so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Concluded {
    /// It has ended now.
    Now(EndedNow),
    /// It had ended before.
    Before,
    /// It has no record: nobody knows it (any more).
    Unknown,
    /// Nothing was done: another worker has the job.
    NotOwner,
}

/// A search that has just been ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedNow {
    /// The place of its terminal event.
    pub seq: u64,
    /// What it ended with.
    pub outcome: Outcome,
}

impl EndedNow {
    /// Logs it, by whomever it was ended.
    pub fn log(&self, id: SearchId) {
        let Outcome { status, details, .. } = &self.outcome;
        tracing::info!(
            search_id = %id,
            %status,
            offers = details.total,
            first_answer_ms = details.first_answer_ms,
            elapsed_ms = details.elapsed_ms,
            reason = details.reason,
            "search ended"
        );
    }
}

impl Broker {
    /// Ends a search with the answers its record holds, unless it has ended. `shape` may change the outcome that
    /// follows from them. A worker does that by its claim to the job, which is then done.
    pub async fn conclude(
        &self,
        id: SearchId,
        max_results: usize,
        claim: Option<&Claim>,
        shape: impl Fn(Outcome, &SearchRecord) -> Outcome,
    ) -> Result<Concluded, BrokerError> {
        loop {
            let Some(record) = self.read(id).await? else { return Ok(Concluded::Unknown) };
            let outcome = shape(record.outcome_now(max_results, self.now().await?), &record);
            // Called for an ended search too: its job may still be there. Its end is no answer: should Redis lose it
            // by now, an answer that was stored since is not to be taken for it.
            let made_of = record.seq - u64::from(record.end.is_some()).min(record.seq);
            let ending = Ending { deadline: record.deadline, ..Ending::new(&outcome, made_of) };
            match self.finish(id, &ending, claim).await? {
                Finished::First { seq } => return Ok(Concluded::Now(EndedNow { seq, outcome })),
                Finished::Already { .. } => return Ok(Concluded::Before),
                Finished::Gone => return Ok(Concluded::Unknown),
                Finished::NotOwner => return Ok(Concluded::NotOwner),
                // An answer came in between, which this end must hold too. There are only so many suppliers.
                Finished::Stale => {}
            }
        }
    }
}

impl SearchRecord {
    /// What the search would end with if it ended at `ended`.
    #[must_use]
    pub fn outcome_now(&self, max_results: usize, ended: EpochMillis) -> Outcome {
        let answers = self.answers.iter().filter_map(|(code, answer)| {
            answer
                .parse()
                .inspect_err(
                    |error| tracing::warn!(supplier = %code, %error, "a record's answer is malformed"),
                )
                .ok()
        });
        let times = Times { created: self.created.unwrap_or(ended), first_answer: self.first_answer, ended };
        Outcome::of(answers.collect(), times, max_results)
    }
}
