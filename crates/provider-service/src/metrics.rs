//! What is measured of the jobs of this worker.

use std::time::Duration;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{
        MetricType,
        counter::Counter,
        family::Family,
        gauge::{ConstGauge, Gauge},
        histogram::Histogram,
    },
    registry::Registry,
};

use crate::worker::in_progress::JobsInProgress;

/// What became of a job: the label `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JobEnd {
    /// Its search was ended.
    Done,
    /// Its search had ended already.
    Discarded,
    /// It was queued again.
    HandedBack,
    /// It was left to a newer worker.
    Declined,
    /// Another worker has it.
    TakenOver,
    /// It was moved to the dead letters.
    Buried,
}

/// The metrics of a worker.
#[derive(Debug)]
pub(crate) struct Metrics {
    ends: Family<[(&'static str, &'static str); 1], Counter>,
    by_end: [Counter; JobEnd::ALL.len()],
    taken_over: Counter,
    leases_lost: Counter,
    ended_from_record: Counter,
    queue_wait: Histogram,
}

impl Default for Metrics {
    fn default() -> Self {
        let ends = Family::<[(&str, &str); 1], Counter>::default();
        Self {
            by_end: JobEnd::ALL.map(|end| ends.get_or_create_owned(&[("end", end.as_str())])),
            ends,
            taken_over: Counter::default(),
            leases_lost: Counter::default(),
            ended_from_record: Counter::default(),
            queue_wait: Histogram::new([0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0]),
        }
    }
}

impl Metrics {
    /// Adds the metrics to a registry, and how many of at most `max_concurrency` jobs are in progress.
    pub(crate) fn register(
        &self,
        registry: &mut Registry,
        in_progress: JobsInProgress,
        max_concurrency: u32,
    ) {
        registry.register(
            "jobs_ended",
            "Jobs that this worker is done with, by what became of them",
            self.ends.clone(),
        );
        registry.register(
            "jobs_taken_over",
            "Jobs that this worker took over from workers whose lease had run out",
            self.taken_over.clone(),
        );
        registry.register(
            "leases_lost",
            "Jobs in progress here that another worker was found to have taken over",
            self.leases_lost.clone(),
        );
        registry.register(
            "jobs_ended_from_record",
            "Jobs whose searches this worker ended with the answers in their records: an earlier delivery stored some, or \
             there was no memory to keep them",
            self.ended_from_record.clone(),
        );
        registry.register(
            "job_queue_wait_seconds",
            "From a job's being queued to its first delivery",
            self.queue_wait.clone(),
        );
        let limit: Gauge = Gauge::default();
        limit.set(max_concurrency.into());
        registry.register("jobs_in_progress_limit", "Most jobs that this worker has in progress", limit);
        registry.register_collector(Box::new(InProgress(in_progress)));
    }

    pub(crate) fn ended(&self, end: JobEnd) {
        self.by_end[end as usize].inc();
    }

    pub(crate) fn taken_over(&self, jobs: usize) {
        self.taken_over.inc_by(jobs as u64);
    }

    pub(crate) fn lease_lost(&self) {
        self.leases_lost.inc();
    }

    pub(crate) fn ended_from_record(&self) {
        self.ended_from_record.inc();
    }

    pub(crate) fn delivered_after(&self, wait: Duration) {
        self.queue_wait.observe(wait.as_secs_f64());
    }
}

impl JobEnd {
    const ALL: [Self; 6] =
        [Self::Done, Self::Discarded, Self::HandedBack, Self::Declined, Self::TakenOver, Self::Buried];

    /// The label.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Discarded => "discarded",
            Self::HandedBack => "handed_back",
            Self::Declined => "declined",
            Self::TakenOver => "taken_over",
            Self::Buried => "buried",
        }
    }
}

/// Counts the jobs in progress when it is asked.
#[derive(Debug)]
struct InProgress(JobsInProgress);

impl Collector for InProgress {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let metric = encoder.encode_descriptor(
            "jobs_in_progress",
            "Jobs that this worker has in progress.",
            None,
            MetricType::Gauge,
        )?;
        ConstGauge::new(i64::try_from(self.0.len()).unwrap_or(i64::MAX)).encode(metric)
    }
}
