use std::fmt::Write;

use comfy_table::{Cell, CellAlignment, Table};

use crate::{table::STYLE, text::clean};

/// A table. Columns whose header starts with `>` are aligned to the right.
pub(super) fn grid<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let alignment = |column: usize| {
        if header[column].starts_with('>') { CellAlignment::Right } else { CellAlignment::Left }
    };
    let mut table = Table::new();
    table.load_style(STYLE).set_header(
        header
            .iter()
            .enumerate()
            .map(|(column, text)| Cell::new(text.trim_start_matches('>')).set_alignment(alignment(column))),
    );
    table.add_rows(rows.into_iter().map(|row| {
        let cells = row.into_iter().enumerate();
        cells
            .map(|(column, text)| Cell::new(clean(&text)).set_alignment(alignment(column)))
            .collect::<Vec<_>>()
    }));
    format!("{}\n", table.trim_fmt())
}

/// Names and values in two columns.
pub(super) fn list(pairs: &[(&str, String)]) -> String {
    let width = pairs.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, value) in pairs {
        // Writing to a String can't fail.
        let _ = writeln!(text, "{name:width$}  {}", clean(value));
    }
    text
}
