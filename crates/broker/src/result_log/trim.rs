use std::{collections::VecDeque, time::Duration};

use contracts::names::RESULTS_STREAM;
use tokio::time::Instant;

use crate::{Broker, BrokerError, EntryId, metrics::Operation};

/// How many times per retention the end of the log is noted. Entries live longer than the retention by up to 1/32.
const NOTES: u32 = 32;

/// Trims the result log by age.
///
/// Each write trims the log too, by the time in the entries' ids. That is not enough when nobody writes, or when
/// Redis' clock has stepped back: ids then stay ahead of it until it catches up. So the trimmer notes where the log
/// ends, and when, by this process' monotonic clock.
#[derive(Debug)]
pub struct Trimmer {
    broker: Broker,
    /// When the log ended where, oldest first.
    ends: VecDeque<(Instant, EntryId)>,
}

impl Trimmer {
    /// A trimmer that removes entries older than [`Retention::result_log`](crate::Retention::result_log).
    #[must_use]
    pub fn new(broker: Broker) -> Self {
        Self { broker, ends: VecDeque::new() }
    }

    /// Removes old entries. Call it regularly.
    pub async fn trim(&mut self) -> Result<(), BrokerError> {
        let mut connection = self.broker.connection.to(Operation::Trim);
        let end = self.broker.stream_end(RESULTS_STREAM, &mut connection).await?.last;
        let Some(oldest) = self.oldest(end, self.broker.retention.result_log) else { return Ok(()) };
        let mut trim = redis::cmd("XTRIM");
        trim.arg(RESULTS_STREAM).arg("MINID").arg("~").arg(oldest);
        Ok(trim.exec_async(&mut connection).await?)
    }

    /// Notes where the log ends now, and returns where it ended one retention ago.
    fn oldest(&mut self, end: EntryId, retention: Duration) -> Option<EntryId> {
        // The log was lost and has started over with lower ids. Old notes would remove all of it.
        if self.ends.back().is_some_and(|(_, last)| end < *last) {
            self.ends.clear();
        }
        let is_due = |(at, _): &(Instant, EntryId)| at.elapsed() >= retention / NOTES;
        if self.ends.back().is_none_or(is_due) {
            self.ends.push_back((Instant::now(), end));
        }
        while self.ends.get(1).is_some_and(|(at, _)| at.elapsed() >= retention) {
            self.ends.pop_front();
        }
        self.ends.front().filter(|(at, _)| at.elapsed() >= retention).map(|(_, end)| *end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Retention;

    const RETENTION: Duration = Duration::from_secs(64);

    fn trimmer() -> Trimmer {
        let retention = Retention { record: RETENTION, result_log: RETENTION };
        let addr = "localhost:1".parse().unwrap();
        Trimmer::new(Broker::new(&addr, retention, RETENTION).unwrap())
    }

    fn id(millis: u64) -> EntryId {
        format!("{millis}-0").parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_log_that_has_started_over_is_not_trimmed_by_old_notes() {
        let mut trimmer = trimmer();
        trimmer.oldest(id(9000), RETENTION);
        tokio::time::advance(RETENTION / 2).await;
        assert_eq!(trimmer.oldest(id(1000), RETENTION), None);
        tokio::time::advance(RETENTION / 2).await;
        assert_eq!(trimmer.oldest(id(2000), RETENTION), None, "nothing is that old yet");
    }

    #[tokio::test(start_paused = true)]
    async fn entries_are_trimmed_after_the_retention_whatever_their_ids() {
        let mut trimmer = trimmer();
        assert_eq!(trimmer.oldest(id(9_000_000), RETENTION), None);
        for second in 1..=200_u64 {
            tokio::time::advance(Duration::from_secs(1)).await;
            // After the clock has stepped back, ids hardly increase.
            let oldest = trimmer.oldest(id(9_000_000 + second), RETENTION);
            let due = second.checked_sub(64).map(|second| id(9_000_000 + second));
            assert!(oldest <= due, "{second}: {oldest:?} is younger than that");
            assert!(
                second < 66 || oldest >= due.map(|due| due.earlier(Duration::from_millis(2))),
                "{second}"
            );
        }
        assert!(trimmer.ends.len() <= 34);
    }
}
