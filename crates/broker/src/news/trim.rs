use std::{collections::VecDeque, time::Duration};

use contracts::names::RESULTS_STREAM;
use tokio::time::Instant;

use crate::{Broker, BrokerError, EntryId, news::tail::end_of};

/// How many points in time are remembered: entries live longer than they should by one part in as many.
const REMEMBERED: u32 = 32;

/// Trims the result log by age.
///
/// Writers do that by the entries' ids, which are times, as they write. That leaves two cases: nobody writes, and Redis'
/// clock has stepped back, whereupon ids stay ahead of it until it has caught up. So this one remembers how far the
/// log was at which time, by a clock that nobody sets.
#[derive(Debug)]
pub struct Trimmer {
    broker: Broker,
    ends: VecDeque<(Instant, EntryId)>,
}

impl Trimmer {
    /// A trimmer that removes what is older than the broker's retention of news.
    #[must_use]
    pub fn new(broker: Broker) -> Self {
        Self { broker, ends: VecDeque::new() }
    }

    /// Removes what is too old. To be called again and again.
    pub async fn trim(&mut self) -> Result<(), BrokerError> {
        let mut connection = self.broker.connection.clone();
        let end = end_of(RESULTS_STREAM, &mut connection).await?;
        let Some(oldest) = self.oldest(end, self.broker.retention.news) else { return Ok(()) };
        let mut trim = redis::cmd("XTRIM");
        trim.arg(RESULTS_STREAM).arg("MINID").arg("~").arg(oldest);
        Ok(trim.exec_async(&mut connection).await?)
    }

    /// Notes where the log ends now, and tells where it ended a retention ago.
    fn oldest(&mut self, end: EntryId, retention: Duration) -> Option<EntryId> {
        // The log has begun anew, with ids that are lower: what was remembered would remove it all.
        if self.ends.back().is_some_and(|(_, last)| end < *last) {
            self.ends.clear();
        }
        let is_due = |(at, _): &(Instant, EntryId)| at.elapsed() >= retention / REMEMBERED;
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
        let retention = Retention { record: RETENTION, news: RETENTION };
        let addr = "localhost:1".parse().unwrap();
        Trimmer::new(Broker::new(&addr, retention, RETENTION).unwrap())
    }

    fn id(millis: u64) -> EntryId {
        format!("{millis}-0").parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_log_that_has_begun_anew_is_not_trimmed_by_what_was_before() {
        let mut trimmer = trimmer();
        trimmer.oldest(id(9000), RETENTION);
        tokio::time::advance(RETENTION / 2).await;
        assert_eq!(trimmer.oldest(id(1000), RETENTION), None);
        tokio::time::advance(RETENTION / 2).await;
        assert_eq!(trimmer.oldest(id(2000), RETENTION), None, "nothing is that old yet");
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_there_a_retention_ago_is_too_old_whatever_its_id_says() {
        let mut trimmer = trimmer();
        assert_eq!(trimmer.oldest(id(9_000_000), RETENTION), None);
        for second in 1..=200_u64 {
            tokio::time::advance(Duration::from_secs(1)).await;
            // Ids that hardly rise are those of a log whose clock has stepped back.
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
