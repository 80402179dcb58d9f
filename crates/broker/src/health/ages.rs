use std::time::Duration;

use contracts::{
    EpochMillis,
    names::REQUESTED_STREAM,
    operators::{AgeGroup, Queue},
};

use crate::{Broker, BrokerError, Entry, EntryId, metrics::Operation, millis::millis};

/// How many waiting jobs are read to find their ages: the oldest ones. Redis can't count a range.
const COUNTED: usize = 256;
/// The size of that many jobs.
const COUNTED_BYTES: usize = COUNTED * 400;
/// The groups of ages, the oldest first.
const GROUPS: [Duration; 6] = [
    Duration::from_mins(1),
    Duration::from_secs(30),
    Duration::from_secs(10),
    Duration::from_secs(5),
    Duration::from_secs(1),
    Duration::ZERO,
];

impl Broker {
    /// The queue, for operators. Counts the oldest waiting jobs by age.
    pub async fn queue(&self) -> Result<Queue, BrokerError> {
        let (jobs, last_in_progress) = self.count_jobs(Operation::Operators).await?;
        let mut queue = Queue { waiting: jobs.waiting, in_progress: jobs.in_progress, ..Queue::default() };
        if jobs.waiting == 0 {
            return Ok(queue);
        }
        let mut range = redis::cmd("XRANGE");
        range.arg(REQUESTED_STREAM).arg(format!("({last_in_progress}")).arg("+").arg("COUNT").arg(COUNTED);
        let range = &range;
        let read = |mut bulk| async move { range.query_async(&mut bulk).await };
        let oldest: Vec<Entry> = self.bulk.request(Operation::Operators, COUNTED_BYTES, read).await?;
        let now = self.now().await?;
        queue.oldest_ms = oldest.first().map_or(0, |entry| millis(now.since(entry.id.added_at())));
        queue.ages = ages(oldest.iter().map(|entry| entry.id), now);
        queue.uncounted = jobs.waiting.saturating_sub(oldest.len() as u64);
        Ok(queue)
    }
}

/// How many of these jobs are how old. Leaves out groups without jobs.
fn ages(jobs: impl Iterator<Item = EntryId>, now: EpochMillis) -> Vec<AgeGroup> {
    let mut groups = GROUPS.map(|over| AgeGroup { over_ms: millis(over), jobs: 0 });
    for job in jobs {
        let age = millis(now.since(job.added_at()));
        if let Some(group) = groups.iter_mut().find(|group| group.over_ms <= age) {
            group.jobs += 1;
        }
    }
    groups.into_iter().filter(|group| group.jobs > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_grouped_by_age() {
        let now = EpochMillis(100_000);
        let jobs = [1, 40_000, 40_000, 95_000, 99_500, 100_500].map(|added: u64| {
            let id: EntryId = format!("{added}-0").parse().unwrap();
            id
        });
        let groups: Vec<_> =
            ages(jobs.into_iter(), now).iter().map(|group| (group.over_ms, group.jobs)).collect();
        assert_eq!(groups, [(60_000, 3), (5_000, 1), (0, 2)]);
    }
}
