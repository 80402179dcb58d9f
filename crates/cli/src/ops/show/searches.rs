use std::fmt::Write;

use contracts::{
    EpochMillis,
    operators::{HistoryEvent, ListedSearch, SearchHistory, SearchList},
};

use super::super::grid::{grid, list};
use crate::text::clean;

pub(in crate::ops) fn searches(found: &SearchList) -> String {
    if found.searches.is_empty() {
        return "No recent searches.\n".into();
    }
    let rows = found.searches.iter().map(|search| {
        [
            search.search_id.to_string(),
            search.status.to_string(),
            route(search),
            search.answers.to_string(),
            time(search.accepted_at),
            time(search.ended_at),
        ]
    });
    let mut text = grid(["Search", "Status", "Route", ">Answers", "Accepted", "Ended"], rows);
    let _ = writeln!(text, "\n{} not ended in all.", found.open);
    text
}

pub(in crate::ops) fn history(history: &SearchHistory) -> String {
    let search = &history.search;
    let mut text = list(&[
        ("search", search.search_id.to_string()),
        ("status", search.status.to_string()),
        ("route", format!("{}, {} passengers", route(search), history.passengers.as_deref().unwrap_or("?"))),
        ("suppliers", history.suppliers.clone().unwrap_or_else(|| "all".into())),
        ("deadline", time(history.deadline_at)),
    ]);
    if let Some(job) = &history.job {
        let holder =
            job.worker.as_deref().map_or_else(|| "waits".to_owned(), |worker| format!("at {worker}"));
        let _ =
            writeln!(text, "job     {} {}, delivery {}", clean(&job.entry), clean(&holder), job.deliveries);
    }
    text.push('\n');
    text.push_str(&grid(["Time", "Event", ""], history.events.iter().map(event)));
    for gap in &history.gaps {
        let _ = writeln!(text, "\nNote: {}.", clean(gap));
    }
    text
}

fn event(event: &HistoryEvent) -> [String; 3] {
    let row = |at: Option<EpochMillis>, what: &str, details: String| [time(at), what.to_owned(), details];
    match event {
        HistoryEvent::Accepted { at } => row(Some(*at), "accepted", String::new()),
        HistoryEvent::QueuedAgain { at } => row(Some(*at), "queued again", String::new()),
        HistoryEvent::Delivered { worker, deliveries } => {
            row(None, "delivered", format!("to {worker}, delivery {deliveries}"))
        }
        HistoryEvent::Answered { at, report, .. } => row(
            *at,
            "answered",
            format!(
                "{} {} after {} ms, {} offers",
                report.code,
                report.status.as_str(),
                report.elapsed_ms,
                report.offers
            ),
        ),
        HistoryEvent::Buried { at, dead_letter, reason } => {
            row(Some(*at), "buried", format!("dead letter {dead_letter}: {reason}"))
        }
        HistoryEvent::Ended { at, status, offers, elapsed_ms, reason, unanswered } => {
            let mut details = status.to_string();
            if let Some(elapsed) = elapsed_ms {
                let _ = write!(details, " after {elapsed} ms");
            }
            if let Some(offers) = offers {
                let _ = write!(details, ", {offers} offers");
            }
            if let Some(reason) = reason {
                let _ = write!(details, ": {reason}");
            }
            if !unanswered.is_empty() {
                let codes: Vec<_> = unanswered.iter().map(|report| report.code.as_str()).collect();
                let _ = write!(details, "; without {}", codes.join(", "));
            }
            row(*at, "ended", details)
        }
    }
}

fn route(search: &ListedSearch) -> String {
    let part = |text: &Option<String>| text.clone().unwrap_or_else(|| "?".into());
    format!("{} → {}, {}", part(&search.from), part(&search.to), part(&search.date))
}

fn time(at: Option<EpochMillis>) -> String {
    at.map(EpochMillis::to_rfc3339).unwrap_or_default()
}
