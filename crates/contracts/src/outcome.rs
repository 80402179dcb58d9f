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
pub use pairs::{MAX_ONE_WAYS, OneWays};

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
            one_ways.cap(currency);
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
    /// The outcome of these answers: `completed` if any supplier answered, even without offers, if there are pairs of what
    /// some have answered for one way, or if none sells what was searched; and `failed` otherwise.
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
                    rejected: 0,
                    reason: None,
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
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn offers_that_were_capped_before_count_in_the_total() {
        let answer = |code: &str, offers: usize| Answer {
            report: SupplierReport {
                code: code.parse().unwrap(),
                name: code.into(),
                status: SupplierStatus::Ok,
                elapsed_ms: 1,
                offers,
                rejected: 0,
                reason: None,
            },
            offers: (1..=offers)
                .map(|n| Offer {
                    flight_number: format!("{code}{n}"),
                    price: n.try_into().unwrap(),
                    ..samples::offer()
                })
                .collect(),
            one_ways: None,
        };
        let ranking = Ranking { currency: Currency::IDR, max: 2 };
        let priced = |answer: Answer| answer.priced(Timestamp::UNIX_EPOCH, Currency::IDR, None);
        let large = priced(answer("GA", 5)).capped(ranking);
        assert_eq!(large.offers.iter().map(|offer| offer.price).collect::<Vec<_>>(), [1, 2]);
        let now = EpochMillis(0);
        let outcome = Outcome::of(
            vec![large, answer("SQ", 1)],
            Times { created: now, first_answer: None, ended: now },
            ranking,
        );
        assert_eq!((outcome.offers.len(), outcome.details.total), (2, 6));
    }

    #[test]
    fn pairs_of_suppliers_that_each_answered_for_one_way_only_complete_the_search() {
        let there = Offer { prices: vec![samples::price("GA", "900000", "IDR")], ..samples::offer() };
        let back = Offer {
            origin: there.destination,
            destination: there.origin,
            departure: "2126-12-15T08:00:00+08:00".parse().unwrap(),
            arrival: "2126-12-15T09:00:00+07:00".parse().unwrap(),
            ..there.clone()
        };
        let half = |code: &str, there: Vec<Offer>, back: Vec<Offer>| Answer {
            report: SupplierReport {
                code: code.parse().unwrap(),
                name: code.into(),
                status: SupplierStatus::Timeout,
                elapsed_ms: 1,
                offers: 0,
                rejected: 0,
                reason: None,
            },
            offers: Vec::new(),
            one_ways: Some(Box::new(OneWays { there, back })),
        };
        let now = EpochMillis(0);
        let times = Times { created: now, first_answer: None, ended: now };
        let ranking = Ranking { currency: Currency::IDR, max: 200 };
        let ended = |answers| {
            let outcome = Outcome::of(answers, times, ranking);
            (outcome.status, outcome.offers.len())
        };
        let both = vec![half("GA", vec![there.clone()], Vec::new()), half("JT", Vec::new(), vec![back])];
        assert_eq!(ended(both), (EndStatus::Completed, 1));
        assert_eq!(ended(vec![half("GA", vec![there], Vec::new())]), (EndStatus::Failed, 0));
    }

    #[test]
    fn an_answer_tells_what_its_prices_are_in_the_searchs_currency() {
        let rates: ExchangeRates = "Date, USD, IDR\n2026-11-23, 1, 16000".parse().unwrap();
        let mut offer = samples::offer();
        offer.prices = [("300", "USD"), ("100.01", "EUR"), ("1600161", "IDR"), ("9", "QQQ")]
            .map(|(total, currency)| samples::price("GA", total, currency))
            .into();
        for (price, brand) in offer.prices.iter_mut().zip('a'..) {
            (price.fare_brand, price.approximate, price.fetched_at) = (Some(brand.into()), None, None);
        }
        let report = SupplierReport {
            code: "GA".parse().unwrap(),
            name: "Garuda".into(),
            status: SupplierStatus::Ok,
            elapsed_ms: 1,
            offers: 1,
            rejected: 0,
            reason: None,
        };
        let answer = Answer { report, offers: vec![offer], one_ways: None };
        let priced = answer.priced("2026-11-24T09:00:00Z".parse().unwrap(), Currency::IDR, Some(&rates));
        let offer = &priced.offers[0];
        let told: Vec<_> = offer
            .prices
            .iter()
            .map(|price| {
                let approximate =
                    price.approximate.map(|about| format!("{} {}", about.total, about.rate_date));
                (price.total.to_string(), approximate)
            })
            .collect();
        let about = |text: &str| Some(text.to_owned());
        let expected = [
            ("100.01".into(), about("1600160 2026-11-23")),
            ("1600161".into(), None),
            ("300".into(), about("4800000 2026-11-23")),
            ("9".into(), None),
        ];
        assert_eq!(told, expected);
        assert_eq!((offer.price, offer.currency, offer.comparable), (101, Currency::EUR, true));
        assert!(offer.prices.iter().all(|price| price.fetched_at.is_some()));
    }
}
