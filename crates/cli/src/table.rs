//! The result of a search: a table of the offers, and a summary.

use std::{fmt::Write, time::Duration};

use comfy_table::{Cell, CellAlignment, LineStyle, Table, TableStyle};
use console::measure_text_width;
use contracts::{EndStatus, LocalTime, Offer, SupplierCode, outcome::Details};
use jiff::civil::DateTime;

use crate::{
    event::{End, ListedOffer},
    text::{clean, count, flight_time, price, seconds},
};

const HEADER: [&str; 7] =
    ["Price", "Flight", "Carrier", "Departure → arrival", "Duration", "Stops", "Suppliers"];
/// The columns to show, by index. A narrow terminal shows fewer columns rather than broken lines.
const LAYOUTS: [&[usize]; 3] = [&[0, 1, 2, 3, 4, 5, 6], &[0, 1, 2, 3, 4, 5], &[0, 1, 3, 4, 5]];
/// Columns that are aligned to the right.
const NUMBERS: [usize; 2] = [0, 4];
/// A line under the header only, so a screen holds more offers.
pub(crate) const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─'));

/// Up to `rows` offers and a summary, at most `width` characters wide.
pub(crate) fn render(end: &End, rows: usize, width: Option<usize>) -> String {
    let mut text = String::new();
    if !end.offers.is_empty() {
        // Writing to a String can't fail.
        let _ = writeln!(text, "{}\n", table(&end.offers, rows, width));
    }
    let _ = writeln!(text, "{}", summary(end, rows));
    if let Some(line) = end.details.as_ref().and_then(unanswered) {
        let _ = writeln!(text, "{line}");
    }
    text
}

fn table(offers: &[ListedOffer], rows: usize, width: Option<usize>) -> String {
    let cells: Vec<_> = offers.iter().take(rows).map(row).collect();
    let mut text = String::new();
    for columns in LAYOUTS {
        text = draw(&cells, columns);
        if width.is_none_or(|width| text.lines().all(|line| measure_text_width(line) <= width)) {
            break;
        }
    }
    text
}

fn draw(rows: &[[String; 7]], columns: &[usize]) -> String {
    let cells = |texts: [&str; 7]| -> Vec<Cell> {
        columns
            .iter()
            .map(|column| {
                let numbers = NUMBERS.contains(column);
                let alignment = if numbers { CellAlignment::Right } else { CellAlignment::Left };
                Cell::new(texts[*column]).set_alignment(alignment)
            })
            .collect()
    };
    let mut table = Table::new();
    table.load_style(STYLE).set_header(cells(HEADER));
    table.add_rows(rows.iter().map(|row| cells(row.each_ref().map(String::as_str))));
    table.trim_fmt()
}

fn row(listed: &ListedOffer) -> [String; 7] {
    let (amount, currency) = listed.price();
    let price = price(amount, currency);
    match listed {
        ListedOffer::Bare { flight_number, .. } => {
            let mut cells = <[String; 7]>::default();
            cells[0] = price;
            cells[1] = clean(flight_number);
            cells
        }
        ListedOffer::Full(offer) => {
            let suppliers: Vec<_> = offer.suppliers.iter().map(SupplierCode::as_str).collect();
            [
                price,
                clean(&offer.flight_number),
                clean(&offer.carrier),
                route(offer),
                flight_time(offer.duration_minutes),
                stops(offer.stops),
                suppliers.join(", "),
            ]
        }
    }
}

/// `CGK 22:10 → DPS 01:00 +1`: local times, and the days between them.
fn route(offer: &Offer) -> String {
    let Offer { origin, destination, departure, arrival, .. } = offer;
    match (local_datetime(*departure), local_datetime(*arrival)) {
        (Some(departs), Some(arrives)) => {
            let mut text = format!(
                "{origin} {} → {destination} {}",
                departs.strftime("%H:%M"),
                arrives.strftime("%H:%M")
            );
            let days = departs.date().until(arrives.date()).map_or(0, |span| span.get_days());
            if days != 0 {
                let _ = write!(text, " {days:+}");
            }
            text
        }
        _ => format!("{origin} → {destination}"),
    }
}

fn local_datetime(time: LocalTime) -> Option<DateTime> {
    time.to_string().parse().ok()
}

fn stops(stops: u8) -> String {
    match stops {
        0 => "direct".into(),
        stops => count(stops.into(), "stop"),
    }
}

/// One line: the number of offers or the reason for none, and how many suppliers answered.
fn summary(end: &End, rows: usize) -> String {
    let reason = end.details.as_ref().and_then(|details| details.reason.as_deref()).map(clean);
    let with_reason =
        |text: &str| reason.as_deref().map_or_else(|| format!("{text}."), |why| format!("{text}: {why}."));
    let mut line = match end.status {
        EndStatus::Failed => with_reason("The search failed"),
        EndStatus::Cancelled => with_reason("The search was cancelled"),
        EndStatus::Completed if end.offers.is_empty() => "No flights found.".into(),
        EndStatus::Completed => {
            let shown = rows.min(end.offers.len());
            let all = count(end.total(), "offer");
            if shown < end.total() { format!("The cheapest {shown} of {all}.") } else { format!("{all}.") }
        }
    };
    if let Some(details) = &end.details {
        let answered = details.suppliers.iter().filter(|report| report.status.is_answer()).count();
        let asked = count(details.suppliers.len(), "supplier");
        let time = seconds(Duration::from_millis(details.elapsed_ms));
        let _ = write!(line, " {answered} of {asked} answered in {time}.");
    }
    line
}

/// The suppliers without an answer, if any.
fn unanswered(details: &Details) -> Option<String> {
    let suppliers: Vec<_> = details
        .suppliers
        .iter()
        .filter(|report| !report.status.is_answer())
        .map(|report| format!("{} ({})", report.code, report.status.as_str()))
        .collect();
    (!suppliers.is_empty()).then(|| format!("Without an answer: {}.", suppliers.join(", ")))
}

#[cfg(test)]
mod tests;
