//! Price checks of kind `http`.

use std::time::Duration;

use axum::{
    Json, Router,
    extract::{Path, RawQuery},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
};
use contracts::{PriceCheck, SearchId, SupplierStatus, outcome::Answer};
use serde_json::{Value, json};
use tokio::time::Instant;
use traces::Span;

use crate::{
    support::{ask, query, registry},
    test_server::TestServer,
};

const CHECK: &str = r#"
[supplier.check]
url = "{base}/offers/{offer_ref}"
query = { adults = "{adults}" }
offer = "/data"
"#;

fn file(base: &str, check: &str) -> String {
    let supplier = r#"
        [[supplier]]
        code = "XX"
        name = "Example Air"
        kind = "http"
        url = "{base}/flights"
        headers = { x-key = "${KEY}" }
        retries = 0

        [supplier.response]
        offers = ""
        flight_number = "/number"
        price = "/price"
        departure = "/leaves"
        arrival = "/lands"
        fare_brand = "/fare"
        offer_ref = "/ref"
    "#;
    format!("{supplier}{check}").replace("{base}", base)
}

fn offer(number: &str, fare: &str, price: u64) -> Value {
    json!({
        "number": number, "fare": fare, "price": price, "ref": "a/b?1",
        "leaves": "2025-07-10T06:05:00+07:00", "lands": "2025-07-10T09:00:00+08:00",
    })
}

/// What the server responds to a request for one offer.
type Single = fn() -> Response;

/// Changes what is asked for.
type Adjust = fn(&mut PriceCheck);

/// Searches, and then checks the price that it found.
async fn checked(single: Single, check: &str, adjust: Adjust) -> (TestServer, Answer) {
    let one = async move |Path(name): Path<String>, RawQuery(query): RawQuery, headers: HeaderMap| {
        assert_eq!((name.as_str(), query.as_deref()), ("a/b?1", Some("adults=2")), "as the search told it");
        assert_eq!(headers["x-key"], "s3cret");
        single()
    };
    let all = async || Json(json!([offer("XX1", "Lite", 900), offer("XX2", "Lite", 700)]));
    let server =
        TestServer::start(Router::new().route("/flights", get(all)).route("/offers/{name}", get(one))).await;
    let client = registry(&file(&server.url, check)).select(&[]).remove(0);
    let found = ask(&client).await;
    let offer = found.offers.iter().find(|offer| offer.flight_number == "XX1").unwrap();
    let mut price = PriceCheck::new(SearchId::random(), offer.id, &offer.prices[0]);
    adjust(&mut price);
    let deadline = Instant::now() + Duration::from_secs(20);
    let answer = client.check(SearchId::random(), &query(), &price, deadline, &Span::none()).await;
    (server, answer)
}

fn totals(answer: &Answer) -> Vec<String> {
    let prices = answer.offers.iter().flat_map(|offer| &offer.prices);
    prices.map(|price| price.total.to_string()).collect()
}

#[tokio::test]
async fn a_check_asks_for_the_one_offer() {
    let single: Single = || Json(json!({ "data": offer("XX1", "Lite", 950) })).into_response();
    let (server, answer) = checked(single, CHECK, |_| {}).await;
    assert_eq!((answer.report.status, totals(&answer)), (SupplierStatus::Ok, vec!["950".to_owned()]));
    assert_eq!(server.calls.count(), 2, "the search, and the offer");
    let whole = CHECK.replace("offer = \"/data\"", "");
    let single: Single = || Json(offer("XX1", "Lite", 900)).into_response();
    assert_eq!(totals(&checked(single, &whole, |_| {}).await.1), ["900"]);
}

#[tokio::test]
async fn an_offer_that_is_not_there_any_more_is_gone() {
    let gone: [Single; 5] = [
        || StatusCode::NOT_FOUND.into_response(),
        || StatusCode::GONE.into_response(),
        || Json(json!({ "data": null })).into_response(),
        || Json(json!({ "data": offer("XX1", "Flex", 950) })).into_response(),
        || Json(json!({ "data": offer("XX9", "Lite", 950) })).into_response(),
    ];
    for single in gone {
        let (server, answer) = checked(single, CHECK, |_| {}).await;
        assert_eq!((answer.report.status, server.calls.count()), (SupplierStatus::Empty, 2));
    }
}

#[tokio::test]
async fn what_tells_nothing_of_the_offer_is_an_error() {
    let errors: [Single; 5] = [
        || StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        || "{".into_response(),
        || Json(json!({ "offer": {} })).into_response(),
        || Json(json!({ "data": { "number": "XX1" } })).into_response(),
        || vec![b' '; 70_000].into_response(),
    ];
    for single in errors {
        let (server, answer) = checked(single, CHECK, |_| {}).await;
        assert_eq!((answer.report.status, server.calls.count()), (SupplierStatus::Error, 2));
    }
}

#[tokio::test]
async fn without_a_table_or_a_reference_a_check_searches_again() {
    let never: Single = || unreachable!("no offer is asked for");
    let no_ref: Adjust = |check| check.offer_ref = None;
    let dots: Adjust = |check| check.offer_ref = Some("..".into());
    let cases: [(&str, Adjust); 3] = [("", |_| {}), (CHECK, no_ref), (CHECK, dots)];
    for (check, adjust) in cases {
        let (server, answer) = checked(never, check, adjust).await;
        assert_eq!((totals(&answer), server.calls.count()), (vec!["900".to_owned()], 2));
    }
}
