//! One trip from all kinds of suppliers: a carrier, a reseller, an API that a file maps, and Duffel.

mod servers;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tempfile::NamedTempFile;
use test_kit::{Client, System};

use servers::Servers;

/// A dollar is 1.25 Singapore dollars, or 16,000 rupiah.
const RATES: &str = "Date, USD, SGD, IDR\n2026-11-23, 1.00, 1.25, 16000\n";

fn file(text: &str) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

/// A return for a family in business, compared in dollars, from these suppliers, or from all.
fn family(suppliers: &[&str]) -> Value {
    let mut body = json!({
        "from": "CGK", "to": "DPS", "date": "2125-12-08", "return_date": "2125-12-15",
        "passengers": {"adults": 2, "children": [7]}, "cabin": "business", "currency": "USD",
    });
    if !suppliers.is_empty() {
        body["suppliers"] = json!(suppliers);
    }
    body
}

/// Submits a search, and returns its events: all partials and the end.
async fn events(client: &Client, body: &Value) -> Vec<Value> {
    let (status, response) = client.post(body).await;
    assert_eq!(status, 200, "{response}");
    let id = response["data"]["search_id"].as_str().unwrap().to_owned();
    client.follow_partials(&id).await.all().await.iter().map(test_kit::sse::Event::json).collect()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

fn number(value: &Value) -> f64 {
    value.as_str().unwrap().parse().unwrap()
}

/// What a price is in dollars: its own total, or the approximate one.
fn dollars(price: &Value) -> f64 {
    if price["currency"] == "USD" {
        return number(&price["total"]);
    }
    let approximate = &price["approximate"];
    assert_eq!((&approximate["currency"], &approximate["rate_date"]), (&json!("USD"), &json!("2026-11-23")));
    number(&approximate["total"])
}

/// The score that `best_rank` follows, as docs/architecture.md has it.
fn score(offer: &Value, lowest: f64, shortest: f64) -> f64 {
    2.0 * dollars(&offer["prices"][0]) / lowest + minutes(offer) / shortest
}

fn minutes(offer: &Value) -> f64 {
    list(&offer["slices"]).iter().map(|slice| slice["duration_minutes"].as_f64().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_for_a_family_has_the_prices_of_four_kinds_of_sellers_in_three_currencies() {
    let servers = Servers::start().await;
    let (suppliers, rates) = (file(&servers.suppliers()), file(RATES));
    let system = System::builder()
        .set("SUPPLIERS_FILE", suppliers.path().to_str().unwrap())
        .set("EXCHANGE_RATES_FILE", rates.path().to_str().unwrap())
        .start()
        .await;
    let client = system.client();

    // The same search always finds the same flights of the carrier. The two servers sell one of its trips.
    let flown = events(&client, &family(&["GA"])).await.pop().unwrap();
    let trip = &list(&flown["results"])[0];
    servers.sell(trip);

    let mut events = events(&client, &family(&[])).await;
    let end = events.pop().unwrap();
    assert_eq!(end["status"], "completed", "{end}");
    let statuses: BTreeSet<_> = list(&end["suppliers"])
        .iter()
        .map(|report| (report["code"].as_str().unwrap(), report["status"].as_str().unwrap()))
        .collect();
    assert_eq!(statuses, [("AGENCY", "ok"), ("DUFFEL", "ok"), ("GA", "ok"), ("TRIPMART", "ok")].into());
    servers.assert_asked_as_documented();

    for partial in &events {
        let ids: Vec<_> = list(&partial["results"]).iter().map(|offer| &offer["id"]).collect();
        assert!(ids.contains(&&trip["id"]), "{} sells it too", partial["supplier"]["code"]);
    }
    let offers = list(&end["results"]);
    let [merged] = &offers.iter().filter(|offer| offer["id"] == trip["id"]).collect::<Vec<_>>()[..] else {
        panic!("the trip is there once: {end}");
    };
    assert_eq!(merged["slices"], trip["slices"], "the carrier tells most of its flights");
    let prices = list(&merged["prices"]);
    let sold: BTreeSet<_> = prices
        .iter()
        .map(|price| {
            let text = |field: &str| price[field].as_str().unwrap();
            (text("supplier"), text("fare_brand"), text("currency"))
        })
        .collect();
    let expected = [
        ("AGENCY", "Promo", "SGD"),
        ("DUFFEL", "Business Saver", "USD"),
        ("GA", "Flex", "IDR"),
        ("GA", "Lite", "IDR"),
        ("TRIPMART", "Flex", "USD"),
        ("TRIPMART", "Lite", "USD"),
    ];
    assert_eq!(sold, expected.into());
    assert!(prices.is_sorted_by_key(dollars), "{prices:#?}");

    // The two cheapest are within a cent of each other, and only the rates tell which one it is.
    let cheapest = (&prices[0]["supplier"], &prices[0]["total"], &prices[0]["approximate"]);
    assert_eq!(cheapest, (&json!("DUFFEL"), &json!("399.99"), &Value::Null));
    assert_eq!(
        (&prices[1]["total"], &prices[1]["approximate"]["total"]),
        (&json!("500.00"), &json!("400.00")),
        "Singapore dollars"
    );
    let rupiah = prices.iter().find(|price| price["supplier"] == "GA").unwrap();
    assert!((number(&rupiah["total"]) / 16_000.0 - dollars(rupiah)).abs() < 0.01, "{rupiah}");
    assert_eq!((&merged["price"], &merged["currency"]), (&json!(400), &json!("USD")), "rounded up");
    assert_eq!(list(&merged["suppliers"])[..2], [json!("DUFFEL"), json!("AGENCY")]);

    assert_eq!(offers[0]["id"], trip["id"], "the cheapest comes first");
    let best = |offer: &Value| dollars(&offer["prices"][0]);
    assert!(offers.len() > 3 && offers.is_sorted_by_key(best), "{end}");
    assert!(offers.iter().all(|offer| offer.get("comparable").is_none()), "every currency has a rate");
    let mut ranked: Vec<_> = offers.iter().collect();
    ranked.sort_by_key(|offer| offer["best_rank"].as_u64());
    let ranks: Vec<_> = ranked.iter().filter_map(|offer| offer["best_rank"].as_u64()).collect();
    assert!(ranks.into_iter().eq(1..=offers.len() as u64));
    let shortest = offers.iter().map(minutes).fold(f64::INFINITY, f64::min);
    let scores: Vec<_> = ranked.iter().map(|offer| score(offer, best(&offers[0]), shortest)).collect();
    assert!(scores.windows(2).all(|pair| pair[0] <= pair[1] + 1e-9), "{scores:?}");
}
