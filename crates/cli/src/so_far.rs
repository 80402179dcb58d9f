//! What the suppliers have answered so far.

use std::mem;

use contracts::{
    Currency, Offer, SupplierCode, SupplierListing, SupplierReport,
    outcome::{Ranking, merge},
};

use crate::event::{ListedOffer, Partial};

/// The answers of a search that has not ended.
#[derive(Debug, Default)]
pub(crate) struct SoFar {
    asked: Vec<SupplierListing>,
    reports: Vec<SupplierReport>,
    answers: Vec<(SupplierCode, Vec<Offer>)>,
    /// How many suppliers the search asks, as the last answer says.
    of: u64,
}

impl SoFar {
    /// Sets which suppliers the search asks.
    pub(crate) fn expect(&mut self, asked: Vec<SupplierListing>) {
        self.asked = asked;
    }

    /// Adds a supplier's answer.
    pub(crate) fn add(&mut self, partial: Partial) {
        let Partial { supplier, results, progress } = partial;
        self.of = progress.of;
        if self.reports.iter().any(|report| report.code == supplier.code) {
            return;
        }
        let offers = results.into_iter().filter_map(|listed| match listed {
            ListedOffer::Full(offer) => Some(*offer),
            // The replaced system sends no partials.
            ListedOffer::Bare { .. } => None,
        });
        self.answers.push((supplier.code.clone(), offers.collect()));
        self.reports.push(supplier);
    }

    /// Takes the offers, merged and sorted as the gateway does it at the end.
    pub(crate) fn take_offers(&mut self, currency: Currency) -> Vec<ListedOffer> {
        let ranking = Ranking { currency, max: usize::MAX };
        let (offers, _) = merge(mem::take(&mut self.answers), ranking);
        offers.into_iter().map(|offer| ListedOffer::Full(Box::new(offer))).collect()
    }

    /// The suppliers that have answered, and how.
    pub(crate) fn reports(&self) -> &[SupplierReport] {
        &self.reports
    }

    /// How many suppliers the search asks, as far as is known.
    pub(crate) fn asked(&self) -> usize {
        usize::try_from(self.of).unwrap_or(usize::MAX).max(self.asked.len()).max(self.reports.len())
    }

    /// The suppliers that have not answered, as far as they are known.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = &SupplierListing> {
        let has_answered = |code: &SupplierCode| self.reports.iter().any(|report| report.code == *code);
        self.asked.iter().filter(move |listing| !has_answered(&listing.code))
    }
}
