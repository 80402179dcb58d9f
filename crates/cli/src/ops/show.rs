mod searches;
mod status;
mod workers;

use std::fmt::Write;

use contracts::operators::{DeadLetter, DeadLetterPage, Replayed};

use super::grid::{grid, list};
use crate::text::{clean, count};
pub(super) use searches::{history, searches};
pub(super) use status::status;
pub(super) use workers::{suppliers, workers};

pub(super) fn dead_letters(page: &DeadLetterPage) -> String {
    if page.dead_letters.is_empty() {
        return "No dead letters.\n".into();
    }
    let rows = page.dead_letters.iter().map(|letter| {
        [
            letter.entry.clone(),
            letter.buried_at.to_rfc3339(),
            letter.search_id.map(|id| id.to_string()).unwrap_or_default(),
            letter.reason.clone(),
        ]
    });
    let mut text = grid(["Entry", "Buried", "Search", "Reason"], rows);
    let all = count(usize::try_from(page.total).unwrap_or(usize::MAX), "dead letter");
    let _ = write!(text, "\n{all} in all.");
    if let Some(next) = &page.next {
        let _ = write!(text, " More: --before {}", clean(next));
    }
    text.push('\n');
    text
}

pub(super) fn dead_letter(letter: &DeadLetter) -> String {
    let mut pairs = vec![
        ("entry", letter.entry.clone()),
        ("buried", letter.buried_at.to_rfc3339()),
        ("reason", letter.reason.clone()),
    ];
    let cut = |is_cut: bool| if is_cut { " …" } else { "" };
    pairs.extend(
        letter
            .fields
            .iter()
            .map(|field| (field.name.as_str(), format!("{}{}", field.value, cut(field.is_cut)))),
    );
    list(&pairs)
}

pub(super) fn replayed(replayed: &Replayed) -> String {
    let Replayed { search_id, is_new, job } = replayed;
    let job = clean(job);
    if *is_new {
        format!("Its search had ended, so this is a new search: {search_id} (job {job}).\n")
    } else {
        format!("Its search has not ended, so it was delivered again: {search_id} (job {job}).\n")
    }
}
