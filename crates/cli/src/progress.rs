//! The progress of a search on a terminal: a line for each supplier.

mod room;

use std::{
    collections::{HashMap, VecDeque},
    io::Write,
    time::Duration,
};

use console::measure_text_width;
use contracts::{SupplierCode, SupplierListing, SupplierReport, SupplierStatus};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::{
    error::ClientError,
    event::{End, ListedOffer, Partial},
    exit::Exit,
    text::{clean, count, price, seconds},
};
use room::Room;

/// Spinner interval.
const TICK: Duration = Duration::from_millis(120);
/// A terminal has few lines. Further suppliers are only counted.
const MAX_LINES: usize = 24;

/// The line of a search with its title.
const TOTAL: &str = "{spinner:.cyan} {prefix}  [{bar:12.cyan/dim}] {pos} of {len} suppliers  {elapsed}";
/// How wide it is without the title.
const TOTAL_WIDTH: usize = 42;
/// The same where it would be too wide: with as much of the title as there is room for.
const NARROW_TOTAL: &str = "{spinner:.cyan} {pos} of {len}  {wide_msg}";

/// The lines of one search.
pub(crate) struct Progress {
    screen: MultiProgress,
    total: ProgressBar,
    /// Lines of suppliers whose codes are known.
    named: HashMap<SupplierCode, ProgressBar>,
    /// Lines of suppliers whose codes are not known yet.
    unnamed: VecDeque<ProgressBar>,
    room: Room,
    /// Whether the line of the search has room for its title and more.
    has_wide_title: bool,
}

impl Progress {
    /// Adds a line for the search and one for each of `suppliers`. Shows nothing if the target is not a terminal.
    pub(crate) fn new(target: ProgressDrawTarget, title: String, suppliers: &[SupplierCode]) -> Self {
        let screen = MultiProgress::with_draw_target(target);
        let total = screen.add(ProgressBar::no_length().with_style(style("{spinner:.cyan} {prefix}  {msg}")));
        total.set_prefix(title);
        total.set_message("asking the suppliers");
        let (named, unnamed) = (HashMap::new(), VecDeque::new());
        let mut progress = Self { screen, total, named, unnamed, room: Room::All, has_wide_title: true };
        progress.spin(&progress.total);
        for code in suppliers {
            let line = progress.line();
            line.set_prefix(code.to_string());
            progress.named.insert(code.clone(), line);
        }
        progress
    }

    /// The same for a terminal of this width: a narrow one shows less of each answer.
    pub(crate) fn within(mut self, width: Option<usize>) -> Self {
        self.room = width.map_or(Room::All, Room::of);
        let title = self.total.prefix();
        self.has_wide_title = width.is_none_or(|width| measure_text_width(&title) + TOTAL_WIDTH <= width);
        if !self.has_wide_title {
            self.total.set_style(style("{spinner:.cyan} {wide_msg}"));
            self.total.set_message(title);
        }
        self
    }

    /// Shows the names of the suppliers that are asked.
    pub(crate) fn expect(&mut self, suppliers: &[SupplierListing]) {
        for SupplierListing { code, name } in suppliers {
            if let Some(line) = self.line_of(code).filter(|line| !line.is_finished()) {
                line.set_message(self.room.waiting(&clean(name)));
            }
        }
    }

    /// Runs `print` while the lines are not on the screen.
    pub(crate) fn suspend(&self, print: impl FnOnce()) {
        self.screen.suspend(print);
    }

    /// Shows a supplier's answer.
    pub(crate) fn add_answer(&mut self, partial: &Partial) {
        let Partial { supplier, results, progress } = partial;
        if self.total.length().is_none() {
            let template = if self.has_wide_title { TOTAL } else { NARROW_TOTAL };
            self.total.set_style(style(template));
        }
        self.total.set_length(progress.of);
        self.total.set_position(progress.answered);
        self.add_lines_up_to(usize::try_from(progress.of).unwrap_or(MAX_LINES));
        self.finish_line(supplier, &summary(supplier.status, results));
    }

    /// Shows the suppliers without an answer, and stops.
    pub(crate) fn finish(&mut self, end: &End) {
        for report in end.details.iter().flat_map(|details| &details.suppliers) {
            if self.named.get(&report.code).is_none_or(|line| !line.is_finished()) {
                self.finish_line(report, &summary(report.status, &[]));
            }
        }
        self.close();
    }

    /// Stops. Keeps the lines of suppliers that answered.
    pub(crate) fn close(&mut self) {
        for line in self.unnamed.drain(..) {
            line.finish_and_clear();
        }
        let has_no_answer = self.total.length().is_none();
        for line in self.named.values().chain([&self.total]) {
            if line.is_finished() {
                continue;
            }
            if has_no_answer { line.finish_and_clear() } else { line.abandon() }
        }
    }

    /// Stops, and prints why. Returns the exit code.
    pub(crate) fn fail(&mut self, error: &ClientError) -> Exit {
        self.close();
        self.print(&format!("flight-search: {error}"));
        error.exit()
    }

    /// Leaves the lines as they are and continues below them. The terminal has added `^C` to the last one, so
    /// redrawing would duplicate it.
    pub(crate) fn interrupt(&self) {
        if !self.screen.is_hidden() {
            self.screen.set_draw_target(ProgressDrawTarget::hidden());
            self.print("");
        }
    }

    /// Prints to standard error, above the lines.
    pub(crate) fn print(&self, text: &str) {
        if self.screen.is_hidden() {
            // Fails only if standard error is closed.
            let _ = writeln!(std::io::stderr(), "{text}");
        } else {
            let _ = self.screen.println(text);
        }
    }

    fn finish_line(&mut self, report: &SupplierReport, summary: &str) {
        let Some(line) = self.line_of(&report.code) else { return };
        let mark = match report.status {
            SupplierStatus::Ok => "{spinner:.green}",
            SupplierStatus::Empty | SupplierStatus::Skipped => "{spinner:.dim}",
            SupplierStatus::Timeout | SupplierStatus::Error | SupplierStatus::Unavailable => "{spinner:.red}",
        };
        // A stopped spinner shows the last of its strings.
        let last = match report.status {
            SupplierStatus::Ok => ["", "✔"],
            SupplierStatus::Empty | SupplierStatus::Skipped => ["", "–"],
            SupplierStatus::Timeout | SupplierStatus::Error | SupplierStatus::Unavailable => ["", "✖"],
        };
        line.set_style(style(&format!("  {mark} {{prefix:<8}} {{wide_msg}}")).tick_strings(&last));
        let time = seconds(Duration::from_millis(report.elapsed_ms));
        line.finish_with_message(self.room.line(&clean(&report.name), &time, summary));
    }

    fn line_of(&mut self, code: &SupplierCode) -> Option<ProgressBar> {
        if let Some(line) = self.named.get(code) {
            return Some(line.clone());
        }
        let line = match self.unnamed.pop_front() {
            Some(line) => line,
            None if self.named.len() < MAX_LINES => self.line(),
            None => return None,
        };
        line.set_prefix(code.to_string());
        self.named.insert(code.clone(), line.clone());
        Some(line)
    }

    fn add_lines_up_to(&mut self, suppliers: usize) {
        while self.named.len() + self.unnamed.len() < suppliers.min(MAX_LINES) {
            let line = self.line();
            self.unnamed.push_back(line);
        }
    }

    fn line(&self) -> ProgressBar {
        let line =
            ProgressBar::new_spinner().with_style(style("  {spinner:.cyan} {prefix:<8} {wide_msg:.dim}"));
        let line = self.screen.add(line);
        line.set_message("…");
        self.spin(&line);
        line
    }

    /// Starts a line's spinner, which takes a thread. Hidden lines need none.
    fn spin(&self, line: &ProgressBar) {
        if !self.screen.is_hidden() {
            line.enable_steady_tick(TICK);
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn summary(status: SupplierStatus, offers: &[ListedOffer]) -> String {
    let cheapest = offers.iter().map(ListedOffer::price).min();
    match (status, cheapest) {
        (SupplierStatus::Ok, Some((amount, currency))) => {
            format!("{} from {}", count(offers.len(), "offer"), price(amount, currency))
        }
        (SupplierStatus::Ok, None) => "answered".into(),
        (SupplierStatus::Empty, _) => "no flights".into(),
        (SupplierStatus::Timeout, _) => "timed out".into(),
        (SupplierStatus::Error, _) => "failed".into(),
        (SupplierStatus::Unavailable, _) => "not asked".into(),
        (SupplierStatus::Skipped, _) => "does not sell this".into(),
    }
}

#[cfg(test)]
mod tests;
