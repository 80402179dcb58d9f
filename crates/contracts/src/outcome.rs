//! The result of a search: merges and ranks the suppliers' offers.

mod best;
mod merge;
mod pairs;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Currency, EndStatus, EpochMillis, ExchangeRates, Offer, PriceCheck, SupplierListing, SupplierReport,
    SupplierStatus, check::CheckResult, size::fitting,
};
pub use merge::{Ranking, keep_cheapest, merge, unite};
pub use pairs::{MAX_ONE_WAYS, MAX_PAIRS, OneWays};

/// One supplier's answer to one search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The supplier's report.
    pub report: SupplierReport,
    /// Its offers; empty unless the report's status is `ok`.
    pub offers: Vec<Offer>,
    /// Of a supplier that sells a return as two one-ways only: the one-ways. [`priced`](Self::priced) makes its offers of
    /// them.
    pub one_ways: Option<Box<OneWays>>,
}

impl Answer {
    /// Completes the prices: those of offers without any, when they were fetched, and what they are in `currency`. Pairs
    /// one-ways, which only now can be compared.
    #[must_use]
    pub fn priced(
        mut self,
        fetched_at: Timestamp,
        currency: Currency,
        rates: Option<&ExchangeRates>,
    ) -> Self {
        let code = &self.report.code;
        let price = |offers: &mut Vec<Offer>| {
            for offer in offers.iter_mut() {
                offer.ensure_priced(code);
                for price in &mut offer.prices {
                    price.fetched_at.get_or_insert(fetched_at);
                    price.approximate_in(currency, rates);
                }
                offer.rank_prices(currency);
            }
            // A rate may have changed which is cheaper.
            keep_cheapest(offers, Ranking { currency, max: usize::MAX });
        };
        price(&mut self.offers);
        if let Some(one_ways) = &mut self.one_ways {
            one_ways.directions().into_iter().for_each(price);
            one_ways.keep_pairable(currency);
            self.offers = one_ways.pairs(currency);
            unite(&mut self.offers, currency);
            self.report.offers = self.offers.len();
            if self.offers.is_empty() && self.report.status == SupplierStatus::Ok {
                self.report.status = SupplierStatus::Empty;
            }
        }
        self
    }

    /// Keeps the cheapest offers, and at most [`MAX_OFFERS_BYTES`](crate::MAX_OFFERS_BYTES). The report keeps the number
    /// of all.
    #[must_use]
    pub fn capped(mut self, ranking: Ranking) -> Self {
        if fitting(&self.offers, ranking.max) < self.offers.len() {
            keep_cheapest(&mut self.offers, ranking);
            self.offers.truncate(fitting(&self.offers, ranking.max));
        }
        // The answer may be in memory until the slowest supplier has answered.
        self.offers.shrink_to_fit();
        self
    }
}

/// How a search ended: the content of its terminal event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How it ended.
    pub status: EndStatus,
    /// The merged offers, cheapest first.
    pub offers: Vec<Offer>,
    /// The fields after `results` in the terminal event.
    pub details: Details,
}

/// The further fields of a terminal event, behind `search_id`, `status` and `results`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Details {
    /// How many offers there were before the cap.
    pub total: usize,
    /// Every supplier that was asked, with its outcome.
    pub suppliers: Vec<SupplierReport>,
    /// From acceptance to the first supplier's answer, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub first_answer_ms: Option<u64>,
    /// From acceptance to the end, in milliseconds.
    pub elapsed_ms: u64,
    /// Why the search ended before every supplier answered.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// What a price check found; absent in other searches.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub check: Option<Box<CheckResult>>,
}

impl Outcome {
    /// The outcome of these answers. `completed` if a supplier answered, even without offers, if one-ways make a pair,
    /// or if no supplier sells what was searched. Otherwise `failed`.
    #[must_use]
    pub fn of(answers: Vec<Answer>, times: Times, ranking: Ranking) -> Self {
        let statuses = || answers.iter().map(|answer| answer.report.status);
        let nobody_sells = !answers.is_empty() && statuses().all(|status| status == SupplierStatus::Skipped);
        let answered = nobody_sells || statuses().any(SupplierStatus::is_answer);
        let (mut reports, mut offers, mut one_ways) = (Vec::new(), Vec::new(), Vec::new());
        for Answer { report, offers: own, one_ways: paired } in answers {
            one_ways.extend(paired.map(|paired| (report.code.clone(), *paired)));
            offers.push((report.code.clone(), own));
            reports.push(report);
        }
        // Offers beyond an answer's limit can't be merged, but count in the total.
        let kept: usize = offers.iter().map(|(_, own)| own.len()).sum();
        let reported: usize = reports.iter().map(|report: &SupplierReport| report.offers).sum();
        if let Some(first) = one_ways.first().map(|(code, _)| code.clone()) {
            offers.push((first, pairs::across(one_ways, ranking.currency)));
        }
        let (offers, merged) = merge(offers, ranking);
        let total = merged + reported.saturating_sub(kept);
        let since = |at: EpochMillis| u64::try_from(at.since(times.created).as_millis()).unwrap_or(u64::MAX);
        Self {
            status: if answered || !offers.is_empty() { EndStatus::Completed } else { EndStatus::Failed },
            offers,
            details: Details {
                total,
                suppliers: reports,
                first_answer_ms: times.first_answer.map(since),
                elapsed_ms: since(times.ended),
                reason: None,
                check: None,
            },
        }
    }

    /// Replaces the status and sets the reason.
    #[must_use]
    pub fn with_status(mut self, status: EndStatus, reason: impl Into<String>) -> Self {
        self.status = status;
        self.with_reason(reason)
    }

    /// Adds a report with status `timeout` for each of these suppliers that has not answered, with the reason if it is
    /// another than the deadline.
    #[must_use]
    pub fn with_unanswered(mut self, asked: Vec<SupplierListing>, reason: Option<&str>) -> Self {
        let details = &mut self.details;
        for SupplierListing { code, name } in asked {
            if !details.suppliers.iter().any(|report| report.code == code) {
                let (status, elapsed_ms) = (SupplierStatus::Timeout, details.elapsed_ms);
                details.suppliers.push(SupplierReport {
                    code,
                    name,
                    status,
                    elapsed_ms,
                    offers: 0,
                    rejected: 0,
                    reason: reason.map(Into::into),
                });
            }
        }
        self
    }

    /// Adds what a price check found, if it is one.
    #[must_use]
    pub fn with_check(mut self, check: Option<&PriceCheck>) -> Self {
        self.details.check = check.map(|check| {
            let mut reports = self.details.suppliers.iter();
            let report = reports.find(|report| report.code == check.supplier);
            Box::new(check.result(report.map(|report| report.status), &self.offers))
        });
        self
    }

    /// Sets the reason.
    #[must_use]
    pub fn with_reason(mut self, reason: impl Into<String>) -> Self {
        self.details.reason = Some(reason.into());
        self
    }
}

/// The times of an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// When the search was accepted.
    pub created: EpochMillis,
    /// When the first supplier answered, if one did.
    pub first_answer: Option<EpochMillis>,
    /// When the search ended.
    pub ended: EpochMillis,
}

#[cfg(test)]
mod tests;
