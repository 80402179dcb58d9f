//! The offers as a table.
//!
//! | module | content |
//! | --- | --- |
//! | `column` | the columns |
//! | `cells` | what a column shows of an offer |
//! | `layout` | the columns that a terminal has room for |

pub(crate) mod cells;
mod column;
mod layout;

use comfy_table::{Cell, LineStyle, Table, TableStyle};

use crate::event::ListedOffer;
pub(crate) use cells::About;
use column::Column;

/// A line under the header only, so a screen holds more offers.
pub(crate) const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─'));

/// A table of the offers, in their order, at most `width` wide. With a line for each slice.
pub(crate) fn table(offers: &[&ListedOffer], about: About, width: Option<usize>) -> String {
    let cell = |column: Column, row: usize| match row.checked_sub(1).and_then(|at| offers.get(at)) {
        Some(offer) => cells::cell(column, offer, about),
        None => column.header().to_owned(),
    };
    let (columns, rows) = layout::fit(cell, offers.len() + 1, width);
    let text = draw(columns, &rows);
    // Only a terminal that is narrower than the narrowest columns needs this.
    width.map_or_else(|| text.clone(), |width| layout::cut(&text, width))
}

fn draw(columns: &[Column], rows: &[Vec<String>]) -> String {
    let cells = |row: &Vec<String>| -> Vec<Cell> {
        let cells = row.iter().zip(columns);
        cells.map(|(text, column)| Cell::new(text).set_alignment(column.alignment())).collect()
    };
    let mut table = Table::new();
    table.load_style(STYLE);
    let mut rows = rows.iter().map(cells);
    if let Some(header) = rows.next() {
        table.set_header(header);
    }
    table.add_rows(rows);
    // Two spaces between columns, and none at the ends.
    let last = columns.len().saturating_sub(1);
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_padding((u16::from(at > 0), u16::from(at < last)));
    }
    table.trim_fmt()
}

#[cfg(test)]
mod tests;
