use contracts::{
    EpochMillis, SearchId,
    outcome::{Outcome, Times},
};

use crate::{Broker, BrokerError, Ending, EntryId, Finished, SearchRecord};

/// What became of a search that was to end with what has come so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Concluded {
    /// It has ended now.
    Now(EndedNow),
    /// It had ended before.
    Before,
    /// Nobody knows it (any more).
    Unknown,
}

/// A search that has just been ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedNow {
    /// The place of its terminal event.
    pub seq: u64,
    /// What it ended with.
    pub outcome: Outcome,
}

impl Broker {
    /// Ends a search with the answers its record holds, unless it has ended. `shape` may change the outcome that
    /// follows from them. If `job` is the entry of its job, that is done with.
    pub async fn conclude(
        &self,
        id: SearchId,
        max_results: usize,
        job: Option<EntryId>,
        shape: impl Fn(Outcome, &SearchRecord) -> Outcome,
    ) -> Result<Concluded, BrokerError> {
        loop {
            let Some(record) = self.read(id).await? else { return Ok(Concluded::Unknown) };
            let outcome = shape(record.outcome_now(max_results), &record);
            // Called for an ended search too: its job may still be there.
            match self.finish(id, &Ending::new(&outcome, record.seq), job).await? {
                Finished::First { seq } => return Ok(Concluded::Now(EndedNow { seq, outcome })),
                Finished::Already { .. } => return Ok(Concluded::Before),
                // An answer came in between, which this end must hold too. There are only so many suppliers.
                Finished::Stale => {}
            }
        }
    }
}

impl SearchRecord {
    /// What the search would end with if it ended now.
    #[must_use]
    pub fn outcome_now(&self, max_results: usize) -> Outcome {
        let answers = self.answers.iter().filter_map(|(code, answer)| {
            answer
                .parse()
                .inspect_err(
                    |error| tracing::warn!(supplier = %code, %error, "a record's answer is malformed"),
                )
                .ok()
        });
        let ended = EpochMillis::now();
        let times = Times { created: self.created.unwrap_or(ended), first_answer: self.first_answer, ended };
        Outcome::of(answers.collect(), times, max_results)
    }
}
