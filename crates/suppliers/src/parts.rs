//! Parts that an offer may lack, and that are left out because they can't be read or are invalid. The offer stays.

use contracts::{
    Offer, SupplierCode,
    offer::{InvalidPart, Price},
};
use log_throttle::LogThrottle;
use tracing::warn;

use crate::{
    error::{RejectedOffer, ResponseError, cause},
    transcript::Transcript,
};

/// A part that was left out, and why.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LeftOutPart {
    /// It can't be read.
    #[error(transparent)]
    Unreadable(ResponseError),
    /// It breaks a rule that such a part must follow.
    #[error("offer {index}: {place}{part}")]
    Invalid {
        /// The offer's index in the list.
        index: usize,
        /// What it was a part of, such as `/fares/1 `; empty for the offer.
        place: String,
        /// The part and the rule.
        part: InvalidPart,
    },
}

/// The parts of one offer that were left out.
#[derive(Debug, Default)]
pub(crate) struct LeftOutParts(Vec<LeftOutPart>);

impl LeftOutParts {
    /// A part; none if it can't be read.
    pub(crate) fn optional<T>(&mut self, read: Result<Option<T>, ResponseError>) -> Option<T> {
        read.unwrap_or_else(|error| {
            self.0.push(LeftOutPart::Unreadable(error));
            None
        })
    }

    /// Leaves out the invalid parts of a price. `path` is where the price is in the offer at `index`.
    pub(crate) fn of_price(&mut self, index: usize, path: &str, price: &mut Price) {
        let place = if path.is_empty() { String::new() } else { format!("`{path}` ") };
        self.add(index, &place, price.leave_out_invalid_parts());
    }

    /// Leaves out the invalid parts of the offer at `index`.
    pub(crate) fn of_offer(&mut self, index: usize, offer: &mut Offer) {
        self.add(index, "", offer.leave_out_invalid_parts());
    }

    /// Why each was left out.
    #[cfg(test)]
    pub(crate) fn reasons(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }

    fn add(&mut self, index: usize, place: &str, parts: Vec<InvalidPart>) {
        let parts = parts.into_iter();
        self.0.extend(parts.map(|part| LeftOutPart::Invalid { index, place: place.to_owned(), part }));
    }
}

/// An offer as it was read.
#[derive(Debug)]
pub(crate) struct ReadOffer {
    /// The offer; none if all its fares are bad.
    pub(crate) offer: Option<Offer>,
    /// Why fares of it were left out.
    pub(crate) bad_fares: Vec<RejectedOffer>,
    pub(crate) left_out: LeftOutParts,
}

impl ReadOffer {
    /// An offer with one fare.
    pub(crate) fn new(offer: Offer, left_out: LeftOutParts) -> Self {
        Self { offer: Some(offer), bad_fares: Vec::new(), left_out }
    }
}

/// Counts the parts that are left out of a response's offers.
#[derive(Debug, Default)]
pub(crate) struct PartCounter {
    count: usize,
    first: Option<LeftOutPart>,
}

impl PartCounter {
    /// Counts the parts of one offer, and records them for a person who looks.
    pub(crate) fn add(&mut self, LeftOutParts(parts): LeftOutParts, transcript: Option<&mut Transcript>) {
        self.count += parts.len();
        if let Some(transcript) = transcript {
            transcript.left_out_parts(parts.iter().map(|part| cause(part)));
        }
        if self.first.is_none() {
            self.first = parts.into_iter().next();
        }
    }
}

/// Logs which parts one supplier's offers lack, a few lines in ten seconds.
#[derive(Debug)]
pub(crate) struct PartLog {
    supplier: SupplierCode,
    throttle: LogThrottle,
}

impl PartLog {
    pub(crate) fn new(supplier: SupplierCode) -> Self {
        Self { supplier, throttle: LogThrottle::default() }
    }

    /// Logs what was left out of a response.
    pub(crate) fn response(&self, counter: &PartCounter) {
        let PartCounter { count, first: Some(first) } = counter else { return };
        if let Some(suppressed) = self.throttle.allow() {
            warn!(supplier = %self.supplier, left_out = count, first = cause(first), suppressed,
                "parts of offers are left out");
        }
    }
}
