//! Chooses the columns that a terminal has room for.

use console::{measure_text_width, truncate_str};

use super::column::Column;

/// Spaces between two columns.
const GAP: usize = 2;

/// The columns of a table, and how narrow its flexible ones may get.
struct Layout {
    columns: &'static [Column],
    least: fn(Column) -> Option<usize>,
}

/// From the widest to the narrowest. A narrow terminal shows less of an offer rather than broken lines.
const LAYOUTS: [Layout; 9] = {
    use Column::{Carrier, Duration, Flight, Id, Journey, Price, Route, Stops, Suppliers, TightTimes, Times};
    [
        Layout { columns: &[Id, Price, Flight, Carrier, Route, Duration, Stops, Suppliers], least: roomy },
        Layout { columns: &[Id, Price, Flight, Carrier, Route, Duration, Stops], least: roomy },
        Layout { columns: &[Id, Price, Flight, Carrier, Route, Journey], least: dense },
        Layout { columns: &[Id, Price, Flight, Carrier, TightTimes, Stops], least: dense },
        Layout { columns: &[Id, Price, Flight, Times, Stops], least: dense },
        Layout { columns: &[Id, Price, Flight, TightTimes], least: dense },
        // A flight number names an offer as well, if no other has it.
        Layout { columns: &[Price, Flight, Times], least: dense },
        Layout { columns: &[Price, Flight, TightTimes], least: dense },
        Layout { columns: &[Price, TightTimes], least: dense },
    ]
};

fn roomy(column: Column) -> Option<usize> {
    match column {
        Column::Suppliers => Some(9),
        Column::Carrier => Some(18),
        Column::Flight => Some(11),
        _ => None,
    }
}

fn dense(column: Column) -> Option<usize> {
    match column {
        Column::Carrier => Some(8),
        Column::Flight => Some(6),
        _ => None,
    }
}

/// The flexible columns, in the order in which they get narrower.
const FLEXIBLE: [Column; 3] = [Column::Suppliers, Column::Carrier, Column::Flight];

/// Rows of cells, the header first, of the columns that fit in `width`.
pub(super) fn fit(
    cell: impl Fn(Column, usize) -> String,
    rows: usize,
    width: Option<usize>,
) -> (&'static [Column], Vec<Vec<String>>) {
    let mut last = (&[][..], Vec::new());
    for layout in LAYOUTS {
        let cells_of = |row| layout.columns.iter().map(|column| cell(*column, row)).collect();
        let mut cells: Vec<Vec<String>> = (0..rows).map(cells_of).collect();
        let is_fitting = width.is_none_or(|width| shrink(&layout, &mut cells, width));
        last = (layout.columns, cells);
        if is_fitting {
            break;
        }
    }
    last
}

/// Narrows the flexible columns, if that makes the table fit.
fn shrink(layout: &Layout, cells: &mut [Vec<String>], width: usize) -> bool {
    let mut widths: Vec<usize> = (0..layout.columns.len()).map(|column| widest(cells, column)).collect();
    let gaps = GAP * layout.columns.len().saturating_sub(1);
    for flexible in FLEXIBLE {
        let excess = (widths.iter().sum::<usize>() + gaps).saturating_sub(width);
        let at = layout.columns.iter().position(|column| *column == flexible);
        let (Some(at), Some(least)) = (at, (layout.least)(flexible)) else { continue };
        if let Some(own) = widths.get_mut(at) {
            *own = own.saturating_sub(excess).max(least.min(*own));
        }
    }
    if widths.iter().sum::<usize>() + gaps > width {
        return false;
    }
    for row in cells {
        for (cell, width) in row.iter_mut().zip(&widths) {
            *cell = cut(cell, *width);
        }
    }
    true
}

fn widest(cells: &[Vec<String>], column: usize) -> usize {
    let lines = cells.iter().filter_map(|row| row.get(column)).flat_map(|cell| cell.lines());
    lines.map(measure_text_width).max().unwrap_or(0)
}

/// Each line, at most `width` wide.
pub(super) fn cut(text: &str, width: usize) -> String {
    text.lines().map(|line| truncate_str(line, width, "…")).collect::<Vec<_>>().join("\n")
}
