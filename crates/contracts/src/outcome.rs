//! The result of a search: merges the suppliers' offers.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::{
    EndStatus, EpochMillis, Offer, SupplierCode, SupplierListing, SupplierReport, SupplierStatus,
    offer::OfferId, size::fitting,
};

/// One supplier's answer to one search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The supplier's report.
    pub report: SupplierReport,
    /// Its offers; empty unless the report's status is `ok`.
    pub offers: Vec<Offer>,
}

impl Answer {
    /// Keeps the `max` cheapest offers, and at most [`MAX_OFFERS_BYTES`](crate::MAX_OFFERS_BYTES). The report keeps the
    /// number of all.
    #[must_use]
    pub fn capped(mut self, max: usize) -> Self {
        if fitting(&self.offers, max) < self.offers.len() {
            keep_cheapest(&mut self.offers, max);
            self.offers.truncate(fitting(&self.offers, max));
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
}

impl Outcome {
    /// The outcome of these answers: `completed` if any supplier answered, even without offers, and `failed` otherwise.
    #[must_use]
    pub fn of(answers: Vec<Answer>, times: Times, max_results: usize) -> Self {
        let answered = answers.iter().any(|answer| answer.report.status.is_answer());
        let (reports, offers): (Vec<_>, Vec<_>) =
            answers.into_iter().map(|Answer { report, offers }| (report, offers)).unzip();
        // Offers beyond an answer's limit can't be merged, but count in the total.
        let kept: usize = offers.iter().map(Vec::len).sum();
        let reported: usize = reports.iter().map(|report: &SupplierReport| report.offers).sum();
        let codes = reports.iter().map(|report| report.code.clone());
        let (offers, merged) = merge(codes.zip(offers).collect::<Vec<_>>(), max_results);
        let total = merged + reported.saturating_sub(kept);
        let since = |at: EpochMillis| u64::try_from(at.since(times.created).as_millis()).unwrap_or(u64::MAX);
        Self {
            status: if answered { EndStatus::Completed } else { EndStatus::Failed },
            offers,
            details: Details {
                total,
                suppliers: reports,
                first_answer_ms: times.first_answer.map(since),
                elapsed_ms: since(times.ended),
                reason: None,
            },
        }
    }

    /// Replaces the status and sets the reason.
    #[must_use]
    pub fn with_status(mut self, status: EndStatus, reason: impl Into<String>) -> Self {
        self.status = status;
        self.with_reason(reason)
    }

    /// Adds a report with status `timeout` for each of these suppliers that has not answered.
    #[must_use]
    pub fn with_unanswered(mut self, asked: Vec<SupplierListing>) -> Self {
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
                    reason: None,
                });
            }
        }
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

/// Merges the suppliers' offers. Offers of the same itinerary become one, at the lowest price and with all suppliers.
/// Sorted by price, then departure, then flight number. Keeps at most `max` and at most
/// [`MAX_OFFERS_BYTES`](crate::MAX_OFFERS_BYTES). Returns the offers kept and the number before that limit.
#[must_use]
pub fn merge(
    answers: impl IntoIterator<Item = (SupplierCode, Vec<Offer>)>,
    max: usize,
) -> (Vec<Offer>, usize) {
    let mut offers: Vec<(SupplierCode, Offer)> = answers
        .into_iter()
        .flat_map(|(supplier, offers)| offers.into_iter().map(move |offer| (supplier.clone(), offer)))
        .collect();
    offers.sort_by(|(a_supplier, a), (b_supplier, b)| {
        rank(a).cmp(&rank(b)).then_with(|| a_supplier.cmp(b_supplier))
    });

    let mut merged: Vec<Offer> = Vec::with_capacity(offers.len());
    let mut seen: HashMap<OfferId, usize> = HashMap::with_capacity(offers.len());
    for (supplier, mut offer) in offers {
        if offer.id.is_unset() {
            offer.id = OfferId::of(&offer);
        }
        if let Some(sellers) =
            seen.get(&offer.id).and_then(|at| merged.get_mut(*at)).map(|offer| &mut offer.suppliers)
        {
            if !sellers.contains(&supplier) {
                sellers.push(supplier);
            }
        } else {
            offer.suppliers = vec![supplier];
            seen.insert(offer.id, merged.len());
            merged.push(offer);
        }
    }
    let total = merged.len();
    merged.truncate(fitting(&merged, max));
    (merged, total)
}

/// Sorts offers like [`merge`] and keeps the first `max`.
pub fn keep_cheapest(offers: &mut Vec<Offer>, max: usize) {
    offers.sort_by(|a, b| rank(a).cmp(&rank(b)));
    offers.truncate(max);
}

fn rank(offer: &Offer) -> (u64, jiff::Timestamp, &str) {
    (offer.price, offer.departure.timestamp(), &offer.flight_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(number: &str, price: u64, departure: &str) -> Offer {
        Offer {
            flight_number: number.into(),
            price,
            departure: departure.parse().unwrap(),
            ..crate::samples::offer()
        }
    }

    fn code(text: &str) -> SupplierCode {
        text.parse().unwrap()
    }

    const SIX: &str = "2025-07-10T06:00:00+07:00";
    const SEVEN: &str = "2025-07-10T07:00:00+07:00";

    #[test]
    fn the_same_flight_is_one_offer_at_the_best_price_with_both_suppliers() {
        let (merged, total) = merge(
            [(code("GA"), vec![offer("GA1", 900, SIX)]), (code("AGG"), vec![offer("GA1", 800, SIX)])],
            200,
        );
        assert_eq!(total, 1);
        assert_eq!(merged[0].price, 800);
        assert_eq!(merged[0].suppliers, [code("AGG"), code("GA")]);
    }

    #[test]
    fn another_day_or_number_is_another_flight() {
        let answers =
            [(code("GA"), vec![offer("GA1", 900, SIX), offer("GA1", 900, SEVEN), offer("GA2", 900, SIX)])];
        let numbers: Vec<_> =
            merge(answers, 200).0.into_iter().map(|o| (o.flight_number, o.departure)).collect();
        let (six, seven) = (SIX.parse().unwrap(), SEVEN.parse().unwrap());
        assert_eq!(numbers, [("GA1".into(), six), ("GA2".into(), six), ("GA1".into(), seven)]);
    }

    #[test]
    fn offers_that_were_capped_before_count_in_the_total() {
        let report = |text: &str, offers| SupplierReport {
            code: code(text),
            name: text.into(),
            status: SupplierStatus::Ok,
            elapsed_ms: 1,
            offers,
            reason: None,
        };
        let large = Answer {
            report: report("GA", 5),
            offers: (1..=5).map(|n| offer(&format!("GA{n}"), n, SIX)).collect(),
        };
        let large = large.capped(2);
        assert_eq!(large.offers.iter().map(|offer| offer.price).collect::<Vec<_>>(), [1, 2]);
        let small = Answer { report: report("SQ", 1), offers: vec![offer("SQ1", 9, SIX)] };
        let now = EpochMillis(0);
        let outcome =
            Outcome::of(vec![large, small], Times { created: now, first_answer: None, ended: now }, 2);
        assert_eq!((outcome.offers.len(), outcome.details.total), (2, 6));
    }

    #[test]
    fn the_cap_keeps_the_cheapest_and_the_total() {
        let answers = (1..=5).rev().map(|n| (code("GA"), vec![offer(&format!("GA{n}"), n * 100, SIX)]));
        let (merged, total) = merge(answers, 2);
        assert_eq!(total, 5);
        assert_eq!(merged.iter().map(|offer| offer.price).collect::<Vec<_>>(), [100, 200]);
    }
}
