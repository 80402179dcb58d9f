//! What a search has come to, in a few lines of text.

use std::{fmt::Write, time::Duration};

use contracts::{EndStatus, SupplierReport, SupplierStatus};

use crate::{
    event::End,
    so_far::SoFar,
    sort::Sort,
    text::{clean, count, seconds},
};

/// The number of offers or the reason for none, how many suppliers answered, and which did not.
pub(crate) fn of_end(end: &End, shown: usize, sort: Sort) -> String {
    let reason = end.details.as_ref().and_then(|details| details.reason.as_deref()).map(clean);
    let with_reason =
        |text: &str| reason.as_deref().map_or_else(|| format!("{text}."), |why| format!("{text}: {why}."));
    let mut text = match end.status {
        EndStatus::Failed => with_reason("The search failed"),
        EndStatus::Cancelled => with_reason("The search was cancelled"),
        EndStatus::Completed if end.offers.is_empty() => "No flights found.".into(),
        EndStatus::Completed => offers(shown, end.total(), sort, "."),
    };
    if let Some(details) = &end.details {
        let time = seconds(Duration::from_millis(details.elapsed_ms));
        // Writing to a String can't fail.
        let _ =
            write!(text, " {} answered in {time}.", answered(&details.suppliers, details.suppliers.len()));
        text.push_str(&unanswered(&details.suppliers));
    }
    text.push('\n');
    text
}

/// The same of a search that has not ended, with the suppliers that are still waited for.
pub(crate) fn so_far(so_far: &SoFar, (shown, found): (usize, usize), sort: Sort) -> String {
    let reports = so_far.reports();
    let mut text =
        if found == 0 { "No offers so far.".into() } else { offers(shown, found, sort, " so far.") };
    let asked = so_far.asked();
    if asked > 0 {
        let have = if asked == 1 { "has" } else { "have" };
        let _ = write!(text, " {} {have} answered.", answered(reports, asked));
    }
    text.push_str(&unanswered(reports));
    let names: Vec<_> = so_far.waiting().map(|listing| clean(&listing.name)).collect();
    let unnamed = asked.saturating_sub(reports.len());
    if !names.is_empty() {
        let _ = write!(text, "\nStill waiting for: {}.", names.join(", "));
    } else if unnamed > 0 {
        let _ = write!(text, "\nStill waiting for {}.", count(unnamed, "supplier"));
    }
    text.push('\n');
    text
}

/// `The cheapest 8 of 28 offers.`
fn offers(shown: usize, all: usize, sort: Sort, end: &str) -> String {
    let offers = count(all, "offer");
    if shown < all {
        format!("The {} {shown} of {offers}{end}", sort.superlative())
    } else {
        format!("{offers}{end}")
    }
}

/// `9 of 10 suppliers`, without those that do not sell what is searched.
fn answered(reports: &[SupplierReport], asked: usize) -> String {
    let answered = reports.iter().filter(|report| report.status.is_answer()).count();
    let skipped = reports.iter().filter(|report| report.status == SupplierStatus::Skipped).count();
    format!("{answered} of {}", count(asked.saturating_sub(skipped), "supplier"))
}

/// A line for suppliers without an answer and one for those that were not asked, each after a line break.
fn unanswered(reports: &[SupplierReport]) -> String {
    let mut text = String::new();
    let failed =
        |report: &&SupplierReport| !report.status.is_answer() && report.status != SupplierStatus::Skipped;
    let failed: Vec<_> = reports
        .iter()
        .filter(failed)
        .map(|report| {
            let status = report.status.as_str();
            if report.was_cut_off() {
                clean(&report.name)
            } else {
                format!("{} ({status})", clean(&report.name))
            }
        })
        .collect();
    if !failed.is_empty() {
        let _ = write!(text, "\nWithout an answer: {}.", failed.join(", "));
    }
    let skipped: Vec<_> = reports
        .iter()
        .filter(|report| report.status == SupplierStatus::Skipped)
        .map(|report| match &report.reason {
            Some(reason) => format!("{} ({})", clean(&report.name), clean(reason)),
            None => clean(&report.name),
        })
        .collect();
    if !skipped.is_empty() {
        let _ = write!(text, "\nNot asked: {}.", skipped.join(", "));
    }
    text
}

#[cfg(test)]
mod tests;
