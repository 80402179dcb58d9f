//! The events of a search's history, in order.

use std::collections::HashMap;

use contracts::{
    EpochMillis, SearchStatus, SupplierReport,
    entry::{EncodedDetails, Fields},
    names::{field, record},
    operators::{HistoryEvent, JobState, ListedSearch},
    outcome::Details,
};

use crate::EntryId;

/// An answer without its offers.
pub(super) struct Answered {
    pub(super) seq: u64,
    report: SupplierReport,
}

impl Answered {
    /// Decodes an answer, with or without its offers.
    pub(super) fn decode(value: &[u8]) -> Option<Self> {
        let mut lines = value.splitn(4, |byte| *byte == b'\n');
        let seq = std::str::from_utf8(lines.next()?).ok()?.parse().ok()?;
        let report = serde_json::from_slice(lines.nth(1)?).ok()?;
        Some(Self { seq, report })
    }
}

/// All events. Acceptance, answers and end are in the order of their sequence numbers, which is known even if their
/// times are not; the others are placed among them.
pub(super) fn in_order(
    search: &ListedSearch,
    fields: &Fields,
    answers: &[Answered],
    times: &HashMap<u64, EpochMillis>,
    job: Option<&JobState>,
    buried: Option<HistoryEvent>,
) -> Vec<HistoryEvent> {
    let mut events: Vec<_> = search.accepted_at.map(|at| HistoryEvent::Accepted { at }).into_iter().collect();
    events.extend(answers.iter().map(|Answered { seq, report }| HistoryEvent::Answered {
        at: times.get(seq).copied(),
        seq: *seq,
        report: report.clone(),
    }));
    if search.status != SearchStatus::Processing {
        events.push(ended(search, fields, answers));
    }
    let delivered = job.and_then(|JobState { worker, deliveries, .. }| {
        Some(HistoryEvent::Delivered { worker: worker.clone()?, deliveries: *deliveries })
    });
    let requeued: Option<EntryId> = fields.optional(record::ENTRY).ok().flatten();
    // A delivery has no time. It follows what put its job into the queue.
    if let Some(entry) = requeued {
        let queued = HistoryEvent::QueuedAgain { at: entry.added_at() };
        place(&mut events, entry.added_at(), [queued].into_iter().chain(delivered));
    } else {
        let start = first_place(&events);
        events.splice(start..start, delivered);
    }
    if let Some(HistoryEvent::Buried { at, .. }) = buried {
        place(&mut events, at, buried);
    }
    events
}

/// Inserts `added` before the first event that is known to have happened later.
fn place(events: &mut Vec<HistoryEvent>, at: EpochMillis, added: impl IntoIterator<Item = HistoryEvent>) {
    let start = first_place(events);
    let is_later = |event: &HistoryEvent| match event {
        // Of the same millisecond, it is last too: a search fails right after its job is buried.
        HistoryEvent::Ended { at: ended, .. } => ended.is_none_or(|ended| ended >= at),
        HistoryEvent::Answered { at: Some(other), .. } | HistoryEvent::QueuedAgain { at: other } => {
            *other > at
        }
        _ => false,
    };
    let before = events[start..].iter().position(is_later).map_or(events.len(), |later| start + later);
    events.splice(before..before, added);
}

/// After the acceptance, whose time is a gateway's estimate of Redis' clock.
fn first_place(events: &[HistoryEvent]) -> usize {
    usize::from(matches!(events.first(), Some(HistoryEvent::Accepted { .. })))
}

fn ended(search: &ListedSearch, fields: &Fields, answers: &[Answered]) -> HistoryEvent {
    let details = fields.get(field::DETAILS).and_then(|stored| EncodedDetails::decode(stored.into()).ok());
    let details: Option<Details> = details.and_then(|json| json.parse(field::DETAILS).ok());
    let has_answered =
        |report: &SupplierReport| answers.iter().any(|answer| answer.report.code == report.code);
    let unanswered = details.iter().flat_map(|details| &details.suppliers);
    HistoryEvent::Ended {
        at: search.ended_at,
        status: search.status,
        offers: details.as_ref().map(|details| details.total),
        elapsed_ms: details.as_ref().map(|details| details.elapsed_ms),
        unanswered: unanswered.filter(|report| !has_answered(report)).cloned().collect(),
        reason: details.and_then(|details| details.reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Places a burial at `at` into a history, and returns where.
    fn place_at(at: u64, answered: Option<u64>, ended: Option<u64>) -> Option<usize> {
        let report = r#"{"code":"GA","name":"Garuda","status":"ok","offers":1,"elapsed_ms":1}"#;
        let mut events = vec![
            HistoryEvent::Accepted { at: EpochMillis(1000) },
            HistoryEvent::Answered {
                at: answered.map(EpochMillis),
                seq: 1,
                report: serde_json::from_str(report).unwrap(),
            },
            HistoryEvent::Ended {
                at: ended.map(EpochMillis),
                status: SearchStatus::Failed,
                offers: None,
                elapsed_ms: None,
                reason: None,
                unanswered: Vec::new(),
            },
        ];
        let at = EpochMillis(at);
        let buried = HistoryEvent::Buried { at, dead_letter: "1-1".into(), reason: "died".into() };
        place(&mut events, at, [buried.clone()]);
        assert_eq!(events.len(), 4);
        events.iter().position(|event| *event == buried)
    }

    #[test]
    fn an_event_is_placed_by_its_time_and_after_the_acceptance() {
        let places = [999, 2000, 3000, 3001].map(|at| place_at(at, Some(2000), Some(3000)));
        assert_eq!(places, [1, 2, 2, 3].map(Some));
    }

    #[test]
    fn an_event_without_a_time_stays_where_it_is() {
        assert_eq!(place_at(1500, None, Some(3000)), Some(2));
        assert_eq!(place_at(1500, Some(2000), None), Some(1));
        assert_eq!(place_at(9000, Some(2000), None), Some(2), "the end is last if its time is unknown");
    }
}
