//! What happens on the screen while a search runs.

use console::Term;
use contracts::{SupplierCode, SupplierListing};
use indicatif::ProgressDrawTarget;

use crate::{event::Partial, output, progress::Progress, so_far::SoFar};

/// Receives the answers of a search as they arrive: shows them, collects them, and prints them as JSON if that is wanted.
pub(crate) struct Watch {
    /// The lines on the terminal.
    pub(crate) progress: Progress,
    /// The answers.
    pub(crate) so_far: SoFar,
    prints_json: bool,
}

impl Watch {
    /// Adds lines to the terminal for the search with this title, and for each of `suppliers`.
    pub(crate) fn new(title: String, suppliers: &[SupplierCode], prints_json: bool) -> Self {
        let progress = Progress::new(ProgressDrawTarget::stderr(), title, suppliers);
        let progress = progress.within(output::width_of(&Term::stderr()));
        Self { progress, so_far: SoFar::default(), prints_json }
    }

    /// Shows which suppliers are waited for.
    pub(crate) fn expect(&mut self, asked: Vec<SupplierListing>) {
        self.progress.expect(&asked);
        self.so_far.expect(asked);
    }

    /// Receives the data of a `partial` event.
    pub(crate) fn partial(&mut self, data: &str) {
        if self.prints_json {
            self.progress.suspend(|| output::json_line(data));
        }
        // An invalid one only costs a line of progress.
        if let Ok(partial) = serde_json::from_str::<Partial>(data) {
            self.progress.add_answer(&partial);
            self.so_far.add(partial);
        }
    }

    #[cfg(test)]
    pub(crate) fn hidden() -> Self {
        let progress = Progress::new(ProgressDrawTarget::hidden(), String::new(), &[]);
        Self { progress, so_far: SoFar::default(), prints_json: false }
    }
}
