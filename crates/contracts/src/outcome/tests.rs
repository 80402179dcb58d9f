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
            let approximate = price.approximate.map(|about| format!("{} {}", about.total, about.rate_date));
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
