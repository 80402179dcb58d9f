use std::fmt::Write;

use comfy_table::{Cell, CellAlignment, Table};
use console::measure_text_width;

use crate::{output, table::STYLE, text::clean};

/// A table. Columns whose header starts with `>` are aligned to the right. A list for each row, if the terminal is narrower.
pub(super) fn grid<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let rows: Vec<_> = rows.into_iter().collect();
    let text = table(header, &rows);
    let is_wider = |width| text.lines().any(|line| measure_text_width(line) > width);
    if output::width().is_some_and(is_wider) { lists(header, &rows) } else { text }
}

/// For each row, a line for each column that has a value.
fn lists<const N: usize>(header: [&str; N], rows: &[[String; N]]) -> String {
    let row = |row: &[String; N]| {
        let pairs = header.iter().zip(row).filter(|(_, value)| !value.is_empty());
        let pairs: Vec<_> =
            pairs.map(|(name, value)| (name.trim_start_matches('>'), value.clone())).collect();
        list(&pairs)
    };
    rows.iter().map(row).collect::<Vec<_>>().join("\n")
}

fn table<const N: usize>(header: [&str; N], rows: &[[String; N]]) -> String {
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
    table.add_rows(rows.iter().map(|row| {
        let cells = row.iter().enumerate();
        cells
            .map(|(column, text)| Cell::new(clean(text)).set_alignment(alignment(column)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_a_list_where_a_table_is_too_wide() {
        let row = |worker: &str, jobs: &str| [worker.to_owned(), String::new(), jobs.to_owned()];
        let text = lists(["Worker", "State", ">Jobs"], &[row("worker-1", "3"), row("worker-2", "0")]);
        assert_eq!(text, "Worker  worker-1\nJobs    3\n\nWorker  worker-2\nJobs    0\n");
    }
}
