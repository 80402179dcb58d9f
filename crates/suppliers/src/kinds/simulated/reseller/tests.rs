use contracts::offer::OfferId;

use super::{
    super::tests::{carrier, now, query},
    *,
};
use crate::file;

const RESELLERS: &str = r#"
[[supplier]]
code = "SHOP"
name = "Shop"
kind = "reseller"
latency = { median_ms = 10, p99_ms = 20 }
resells = ["GA", "SQ"]
currency = "SGD"
drift_percent = 10
"#;

fn reseller(file: &str) -> Result<Reseller, String> {
    let file = format!("{}\n{file}", include_str!("../../../../suppliers.toml"));
    let entries = file::parse(&file).unwrap();
    let (airports, options) = (Arc::new(Airports::embedded()), RegistryOptions::default());
    Reseller::from_entry(entries.last().unwrap(), &entries, options, &airports)
        .map_err(|error| error.to_string())
}

#[test]
fn a_reseller_sells_the_carriers_itineraries_at_its_own_prices() {
    let (shop, query) = (reseller(RESELLERS).unwrap(), query("CGK", "SIN", "2026-12-08", 2));
    let resold = shop.offers(&query, now());
    let sold: Vec<_> = ["GA", "SQ"].iter().flat_map(|code| carrier(code).offers(&query, now())).collect();
    assert_eq!(resold.len(), sold.len());
    let sgd = "SGD".parse().unwrap();
    for (resold, sold) in resold.iter().zip(&sold) {
        assert_eq!(resold.check(), Ok(()), "{resold:?}");
        assert_eq!(OfferId::of(resold), OfferId::of(sold));
        assert_eq!((resold.currency, resold.prices.len()), (sgd, 2));
        for price in &resold.prices {
            assert_eq!((price.supplier.as_str(), price.currency), ("SHOP", sgd));
            assert_eq!(price.base.unwrap().decimal() + price.tax.unwrap().decimal(), price.total.decimal());
        }
        let in_rupiah = resold.price * 12_900;
        assert!((sold.price * 8 / 10..sold.price * 13 / 10).contains(&in_rupiah), "{resold:?} {sold:?}");
    }
}

#[test]
fn a_resellers_prices_drift_over_hours() {
    let (shop, query) = (reseller(RESELLERS).unwrap(), query("CGK", "SIN", "2026-12-08", 2));
    let totals = |hours| {
        let at = now() + jiff::SignedDuration::from_hours(hours);
        shop.offers(&query, at).iter().map(|offer| offer.prices[0].total).collect::<Vec<_>>()
    };
    assert_eq!(totals(0), totals(0));
    assert!(totals(0).iter().zip(totals(3)).all(|(before, after)| *before != after));
    let ids = |hours| {
        let at = now() + jiff::SignedDuration::from_hours(hours);
        shop.offers(&query, at).iter().map(OfferId::of).collect::<Vec<_>>()
    };
    assert_eq!(ids(0), ids(3), "the flights stay");
}

#[test]
fn a_reseller_needs_carriers_of_the_file_and_a_known_currency() {
    for (from, to, problem) in [
        ("\"SQ\"", "\"SHOP\"", "`resells`: SHOP is no simulated carrier"),
        ("\"GA\", \"SQ\"", "", "`resells`: must name a carrier"),
        ("SGD", "JPY", "`currency`: must be IDR, SGD, USD or EUR"),
        ("drift_percent = 10", "drift_percent = 51", "`drift_percent`: must be from 0 to 50"),
    ] {
        let error = reseller(&RESELLERS.replace(from, to)).err().unwrap();
        assert_eq!(error, format!("supplier SHOP: {problem}"));
    }
}
