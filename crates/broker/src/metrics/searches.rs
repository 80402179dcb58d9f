use contracts::{EndStatus, SearchId, check::CheckOutcome, outcome::Outcome};
use prometheus_client::{
    metrics::{counter::Counter, exemplar::HistogramWithExemplars, family::Family},
    registry::Registry,
};
use std::time::{Duration, SystemTime};
use traces::Span;

/// An exemplar's labels: the search that was measured, whose lines are in the log, and its trace if that is recorded.
type Exemplar = Vec<(&'static str, String)>;

/// What is measured of the searches that this process ended.
#[derive(Debug)]
pub(crate) struct Metrics {
    ended: Family<[(&'static str, &'static str); 2], Counter>,
    checks: Family<[(&'static str, &'static str); 1], Counter>,
    duration: HistogramWithExemplars<Exemplar>,
    first_answer: HistogramWithExemplars<Exemplar>,
    duplicates: Family<[(&'static str, &'static str); 1], Counter>,
    duplicate_answers: Counter,
    duplicate_ends: Counter,
}

const STATUSES: [EndStatus; 3] = [EndStatus::Completed, EndStatus::Failed, EndStatus::Cancelled];
const BUCKETS: [f64; 11] = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 7.5, 10.0, 20.0, 40.0, 60.0];

/// Why searches end: the label `reason`. The texts of [`Outcome`] are for people.
pub(crate) mod reason {
    pub(super) const ALL_ANSWERED: &str = "all_answered";
    pub(super) const DEADLINE: &str = "deadline";
    pub(super) const CANCELLED: &str = "cancelled";
    pub(super) const RECORD_LOST: &str = "record_lost";
    pub(super) const RECORD_UNREADABLE: &str = "record_unreadable";
    pub(super) const JOB_BURIED: &str = "job_buried";
    pub(super) const ANNOUNCED: &str = "announced_by_replaced_system";
    pub(super) const ALL: [&str; 7] =
        [ALL_ANSWERED, DEADLINE, CANCELLED, RECORD_LOST, RECORD_UNREADABLE, JOB_BURIED, ANNOUNCED];

    /// In a search's details: its deadline passed before every supplier answered.
    pub(crate) const DEADLINE_TEXT: &str = "deadline";
    /// In a search's details: Redis lost its record.
    pub(crate) const RECORD_LOST_TEXT: &str = "its record was lost";
    /// In a search's details: its record is malformed.
    pub(crate) const RECORD_UNREADABLE_TEXT: &str = "its record can't be read";

    /// The label for an outcome with this text.
    pub(super) fn of(status: contracts::EndStatus, text: Option<&str>) -> &'static str {
        match text {
            _ if status == contracts::EndStatus::Cancelled => CANCELLED,
            None => ALL_ANSWERED,
            Some(DEADLINE_TEXT) => DEADLINE,
            Some(RECORD_LOST_TEXT) => RECORD_LOST,
            Some(RECORD_UNREADABLE_TEXT) => RECORD_UNREADABLE,
            // The text says why it was buried.
            Some(_) => JOB_BURIED,
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let ended = Family::<[(&str, &str); 2], Counter>::default();
        for status in STATUSES {
            for reason in reason::ALL {
                drop(ended.get_or_create(&[("status", status.as_str()), ("reason", reason)]));
            }
        }
        let checks = Family::<[(&str, &str); 1], Counter>::default();
        for outcome in CheckOutcome::ALL {
            drop(checks.get_or_create(&[("outcome", outcome.as_str())]));
        }
        let duplicates = Family::<[(&str, &str); 1], Counter>::default();
        Self {
            ended,
            checks,
            duration: HistogramWithExemplars::new(BUCKETS.into_iter()),
            first_answer: HistogramWithExemplars::new(BUCKETS.into_iter()),
            duplicate_answers: duplicates.get_or_create_owned(&[("event", "answer")]),
            duplicate_ends: duplicates.get_or_create_owned(&[("event", "end")]),
            duplicates,
        }
    }
}

impl Metrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "searches_ended",
            "Searches that this process ended, by status and reason",
            self.ended.clone(),
        );
        registry.register(
            "price_checks_ended",
            "Price checks that this process ended, by outcome; they count as searches too",
            self.checks.clone(),
        );
        registry.register(
            "search_duration_seconds",
            "From a search's acceptance to its end, for searches that this process ended",
            self.duration.clone(),
        );
        registry.register(
            "search_first_answer_seconds",
            "From a search's acceptance to its first answer, for searches that this process ended",
            self.first_answer.clone(),
        );
        registry.register(
            "duplicates_suppressed",
            "Answers and ends that Redis had already, and that nobody received twice",
            self.duplicates.clone(),
        );
    }

    /// This process ended a search, in this span.
    pub(crate) fn ended(&self, id: SearchId, outcome: &Outcome, span: &Span) {
        let details = &outcome.details;
        let reason = reason::of(outcome.status, details.reason.as_deref());
        self.ended.get_or_create(&[("status", outcome.status.as_str()), ("reason", reason)]).inc();
        if let Some(check) = &details.check {
            self.checks.get_or_create(&[("outcome", check.outcome.as_str())]).inc();
        }
        let observe = |histogram: &HistogramWithExemplars<Exemplar>, millis| {
            let seconds = Duration::from_millis(millis).as_secs_f64();
            histogram.observe(seconds, Some(exemplar(id, span)), Some(SystemTime::now()));
        };
        observe(&self.duration, details.elapsed_ms);
        if let Some(first_answer) = details.first_answer_ms {
            observe(&self.first_answer, first_answer);
        }
    }

    /// This process stored an end that the replaced system had announced.
    pub(crate) fn ended_as_announced(&self, status: EndStatus) {
        self.ended.get_or_create(&[("status", status.as_str()), ("reason", reason::ANNOUNCED)]).inc();
    }

    /// Redis had these answers already.
    pub(crate) fn duplicate_answers(&self, number: usize) {
        self.duplicate_answers.inc_by(number as u64);
    }

    /// The search had ended already.
    pub(crate) fn duplicate_end(&self) {
        self.duplicate_ends.inc();
    }
}

fn exemplar(id: SearchId, span: &Span) -> Exemplar {
    let mut labels = vec![("search_id", id.to_string())];
    if span.is_sampled()
        && let Some(trace) = span.trace_id()
    {
        labels.push(("trace_id", trace.to_string()));
    }
    labels
}
