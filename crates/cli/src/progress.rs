//! What is seen while the suppliers are at it: a line for each, on a terminal alone.

use std::{
    collections::{HashMap, VecDeque},
    io::Write,
    time::Duration,
};

use contracts::{SupplierCode, SupplierReport, SupplierStatus};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::{
    story::{End, Listed, Partial},
    text::{clean, count, price, seconds},
};

/// How often what turns turns.
const TICK: Duration = Duration::from_millis(120);
/// More suppliers than a terminal has lines for; the rest is only counted.
const MOST_LINES: usize = 24;

/// The lines of one search.
pub(crate) struct Progress {
    screen: MultiProgress,
    total: ProgressBar,
    /// Lines of suppliers whose names are known.
    named: HashMap<SupplierCode, ProgressBar>,
    /// Lines of suppliers that have not said yet who they are.
    nameless: VecDeque<ProgressBar>,
}

impl Progress {
    /// Starts a line for the search, and one for each supplier that it names. Unless the target is a terminal, none
    /// of them is shown.
    pub(crate) fn new(target: ProgressDrawTarget, title: String, suppliers: &[SupplierCode]) -> Self {
        let screen = MultiProgress::with_draw_target(target);
        let total = screen.add(ProgressBar::no_length().with_style(style("{spinner:.cyan} {prefix}  {msg}")));
        total.set_prefix(title);
        total.set_message("asking the suppliers");
        let mut progress = Self { screen, total, named: HashMap::new(), nameless: VecDeque::new() };
        progress.turn(&progress.total);
        for code in suppliers {
            let line = progress.line();
            line.set_prefix(code.to_string());
            progress.named.insert(code.clone(), line);
        }
        progress
    }

    /// A supplier has answered.
    pub(crate) fn answered(&mut self, partial: &Partial) {
        let Partial { supplier, results, progress } = partial;
        if self.total.length().is_none() {
            self.total.set_style(style(
                "{spinner:.cyan} {prefix}  [{bar:16.cyan/dim}] {pos} of {len} suppliers  {elapsed}",
            ));
        }
        self.total.set_length(progress.of);
        self.total.set_position(progress.answered);
        self.add_lines_up_to(usize::try_from(progress.of).unwrap_or(MOST_LINES));
        self.tell(supplier, &summary(supplier.status, results));
    }

    /// The search is over: tells of the suppliers that nothing was heard of, and stands still.
    pub(crate) fn ended(&mut self, end: &End) {
        for report in end.details.iter().flat_map(|details| &details.suppliers) {
            if self.named.get(&report.code).is_none_or(|line| !line.is_finished()) {
                self.tell(report, &summary(report.status, &[]));
            }
        }
        self.close();
    }

    /// Nothing more will be seen: what has been told stays, and what has not goes.
    pub(crate) fn close(&mut self) {
        for line in self.nameless.drain(..) {
            line.finish_and_clear();
        }
        let nothing_told = self.total.length().is_none();
        for line in self.named.values().chain([&self.total]) {
            if line.is_finished() {
                continue;
            }
            if nothing_told { line.finish_and_clear() } else { line.abandon() }
        }
    }

    /// Leaves the lines as they are and goes on below them. The terminal has written `^C` behind the last one, so
    /// that drawing them again would leave a line standing.
    pub(crate) fn interrupted(&self) {
        if !self.screen.is_hidden() {
            self.screen.set_draw_target(ProgressDrawTarget::hidden());
            self.notice("");
        }
    }

    /// Says something on standard error, above the lines if there are any.
    pub(crate) fn notice(&self, text: &str) {
        if self.screen.is_hidden() {
            // A standard error that is closed has no reader to miss it.
            let _ = writeln!(std::io::stderr(), "{text}");
        } else {
            let _ = self.screen.println(text);
        }
    }

    fn tell(&mut self, report: &SupplierReport, what: &str) {
        let Some(line) = self.line_of(&report.code) else { return };
        let mark = match report.status {
            SupplierStatus::Ok => "{spinner:.green}",
            SupplierStatus::Empty => "{spinner:.dim}",
            SupplierStatus::Timeout | SupplierStatus::Error | SupplierStatus::Unavailable => "{spinner:.red}",
        };
        // What turns shows the last of these when it has stopped.
        let last = match report.status {
            SupplierStatus::Ok => ["", "✔"],
            SupplierStatus::Empty => ["", "–"],
            SupplierStatus::Timeout | SupplierStatus::Error | SupplierStatus::Unavailable => ["", "✖"],
        };
        line.set_style(style(&format!("  {mark} {{prefix:<7}}{{wide_msg}}")).tick_strings(&last));
        let time = seconds(Duration::from_millis(report.elapsed_ms));
        line.finish_with_message(format!("{:<24}{time:>7}  {what}", clean(&report.name)));
    }

    fn line_of(&mut self, code: &SupplierCode) -> Option<ProgressBar> {
        if let Some(line) = self.named.get(code) {
            return Some(line.clone());
        }
        let line = match self.nameless.pop_front() {
            Some(line) => line,
            None if self.named.len() < MOST_LINES => self.line(),
            None => return None,
        };
        line.set_prefix(code.to_string());
        self.named.insert(code.clone(), line.clone());
        Some(line)
    }

    fn add_lines_up_to(&mut self, suppliers: usize) {
        while self.named.len() + self.nameless.len() < suppliers.min(MOST_LINES) {
            let line = self.line();
            self.nameless.push_back(line);
        }
    }

    fn line(&self) -> ProgressBar {
        let line =
            ProgressBar::new_spinner().with_style(style("  {spinner:.cyan} {prefix:<7}{wide_msg:.dim}"));
        let line = self.screen.add(line);
        line.set_message("…");
        self.turn(&line);
        line
    }

    /// Keeps a line turning. It takes a thread, so not for lines that nobody sees.
    fn turn(&self, line: &ProgressBar) {
        if !self.screen.is_hidden() {
            line.enable_steady_tick(TICK);
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn summary(status: SupplierStatus, offers: &[Listed]) -> String {
    let cheapest = offers.iter().map(Listed::price).min();
    match (status, cheapest) {
        (SupplierStatus::Ok, Some((amount, currency))) => {
            format!("{} from {}", count(offers.len(), "offer"), price(amount, currency))
        }
        (SupplierStatus::Ok, None) => "answered".into(),
        (SupplierStatus::Empty, _) => "no flights".into(),
        (SupplierStatus::Timeout, _) => "no answer in time".into(),
        (SupplierStatus::Error, _) => "failed".into(),
        (SupplierStatus::Unavailable, _) => "not asked".into(),
    }
}

#[cfg(test)]
mod tests;
