//! Kind `duffel`, against a server that responds as documented by Duffel.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use contracts::{PriceCheck, SearchId, SupplierStatus, outcome::Answer};
use jiff::Timestamp;
use serde_json::{Value, json};
use suppliers::SupplierClient;
use traces::Span;

use crate::{
    support::{ask, registry, status},
    test_server::TestServer,
};

type Refuse = fn() -> Response;

/// Responds with `.0` to the first `.1` calls, and then with offers.
#[derive(Clone)]
struct Duffel(Refuse, usize, Arc<AtomicUsize>);

async fn offer_requests(
    State(Duffel(refuse, times, calls)): State<Duffel>,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    if calls.fetch_add(1, Ordering::SeqCst) < times {
        return refuse();
    }
    assert_eq!(headers["authorization"], "Bearer s3cret");
    assert_eq!(headers["duffel-version"], "v2");
    assert_eq!(query[0], ("return_offers".to_owned(), "true".to_owned()));
    assert_eq!(query[1].0, "supplier_timeout");
    assert!((10_000..=19_000).contains(&query[1].1.parse().unwrap()), "{}", query[1].1);
    let slice = json!({ "origin": "CGK", "destination": "DPS", "departure_date": "2025-07-10" });
    let adult = json!({ "type": "adult" });
    assert_eq!(body, json!({ "data": { "slices": [slice], "passengers": [adult, adult] } }));
    let fares = [("Flex", "190.00"), ("Basic", "182.40"), ("Basic", "185")];
    (StatusCode::CREATED, Json(found(&fares))).into_response()
}

fn place(code: &str, name: &str, time_zone: &str) -> Value {
    json!({
        "type": "airport", "iata_code": code, "iata_city_code": code, "icao_code": null, "name": name,
        "time_zone": time_zone, "latitude": -6.1, "longitude": 106.6, "iata_country_code": "ID", "city": null,
    })
}

/// A documented response to a request for offers: one flight at these fares.
fn found(fares: &[(&str, &str)]) -> Value {
    let carrier =
        json!({ "id": "arl_1", "iata_code": "GA", "name": "Garuda Indonesia", "logo_symbol_url": null });
    let segment = json!({
        "id": "seg_1", "duration": "PT1H55M", "distance": "983.25", "aircraft": null, "stops": [], "media": [],
        "origin": place("CGK", "Soekarno-Hatta", "Asia/Jakarta"), "origin_terminal": "3",
        "destination": place("DPS", "Ngurah Rai", "Asia/Makassar"), "destination_terminal": "D",
        "departing_at": "2025-07-10T06:05:00", "arriving_at": "2025-07-10T09:00:00",
        "marketing_carrier": carrier, "marketing_carrier_flight_number": "402",
        "operating_carrier": carrier, "operating_carrier_flight_number": "402", "passengers": [],
    });
    let offer = |(brand, amount): &(&str, &str)| {
        json!({
            "id": "off_1", "live_mode": false, "owner": carrier, "partial": false, "total_emissions_kg": "94",
            "total_amount": amount, "total_currency": "USD", "base_amount": "150.00", "base_currency": "USD",
            "tax_amount": "32.40", "tax_currency": "USD", "expires_at": "2025-07-01T00:00:00Z",
            "slices": [{ "id": "sli_1", "duration": "PT1H55M", "segments": [segment], "fare_brand_name": brand }],
            "passengers": [{ "id": "pas_1", "type": "adult", "age": null }],
        })
    };
    json!({ "data": {
        "id": "orq_1", "live_mode": false, "created_at": "2025-07-01T00:00:00Z", "cabin_class": null,
        "slices": [], "passengers": [], "offers": fares.iter().map(offer).collect::<Vec<_>>(),
    } })
}

fn refusal(status: StatusCode, kind: &str, code: &str) -> Response {
    let error = json!({
        "type": kind, "code": code, "title": "It went wrong", "message": "It went wrong, in more words",
        "documentation_url": "https://duffel.com/docs/api/overview/errors",
    });
    let meta = json!({ "request_id": "FZW0H3HdJwKk5HMAAKxB", "status": status.as_u16() });
    (status, Json(json!({ "errors": [error], "meta": meta }))).into_response()
}

fn throttled_for(seconds: i64) -> Response {
    let mut response = refusal(StatusCode::TOO_MANY_REQUESTS, "rate_limit_error", "rate_limit_exceeded");
    let reset = Timestamp::from_second(Timestamp::now().as_second() + seconds).unwrap();
    let reset = reset.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    response.headers_mut().insert("ratelimit-limit", "120".parse().unwrap());
    response.headers_mut().insert("ratelimit-remaining", "0".parse().unwrap());
    response.headers_mut().insert("ratelimit-reset", reset.parse().unwrap());
    response
}

async fn duffel(refuse: Refuse, times: usize) -> (TestServer, Arc<SupplierClient>) {
    let state = Duffel(refuse, times, Arc::default());
    let router = Router::new().route("/air/offer_requests", post(offer_requests)).with_state(state);
    client_of(router).await
}

async fn client_of(router: Router) -> (TestServer, Arc<SupplierClient>) {
    let server = TestServer::start(router).await;
    let file = format!(
        "[[supplier]]\ncode = 'DUFFEL'\nname = 'Duffel'\nkind = 'duffel'\ntoken = '${{KEY}}'
         base_url = '{}/'\ntimeout_ms = 20000\nbackoff_ms = 10",
        server.url
    );
    let client = Arc::clone(&registry(&file).select(&[])[0]);
    (server, client)
}

/// What the server responds to a request for one offer.
type Single = fn() -> Response;

/// Searches, and then checks the price of the flight in `Basic`. `adjust` changes what is asked for.
async fn checked(single: Single, adjust: fn(&mut PriceCheck)) -> (TestServer, PriceCheck, Answer) {
    let one = async move |Path(id): Path<String>,
                          Query(query): Query<Vec<(String, String)>>,
                          headers: HeaderMap| {
        assert_eq!(headers["authorization"], "Bearer s3cret");
        assert_eq!(headers["duffel-version"], "v2");
        assert_eq!(id, "off_1", "as the search told it");
        assert_eq!(query, [("return_available_services".to_owned(), "false".to_owned())]);
        single()
    };
    let state = Duffel(|| StatusCode::OK.into_response(), 0, Arc::default());
    let router = Router::new().route("/air/offer_requests", post(offer_requests)).with_state(state);
    let (server, client) = client_of(router.route("/air/offers/{id}", get(one))).await;
    let found = ask(&client).await;
    let offer = &found.offers[0];
    let mut check = PriceCheck::new(SearchId::random(), offer.id, &offer.prices[0]);
    adjust(&mut check);
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    let query = crate::support::query();
    let answer = client.check(SearchId::random(), &query, &check, deadline, &Span::none()).await;
    (server, check, answer)
}

/// A documented response to a request for one offer.
fn single(brand: &str, amount: &str) -> Response {
    let mut found = found(&[(brand, amount)]);
    let mut offer = found["data"]["offers"][0].take();
    offer["available_services"] = json!([]);
    Json(json!({ "data": offer })).into_response()
}

#[tokio::test]
async fn a_price_check_gets_the_one_offer() {
    let totals = |answer: &Answer| {
        let prices = answer.offers.iter().flat_map(|offer| &offer.prices);
        prices.map(|price| price.total.to_string()).collect::<Vec<_>>()
    };
    let (server, check, answer) = checked(|| single("Basic", "182.40"), |_| {}).await;
    assert_eq!(check.before.total.to_string(), "182.40");
    assert_eq!((answer.report.status, totals(&answer)), (SupplierStatus::Ok, vec!["182.40".to_owned()]));
    assert_eq!(server.calls.count(), 2, "the search, and the offer");
    let (_server, _, answer) = checked(|| single("Basic", "199.00"), |_| {}).await;
    assert_eq!(totals(&answer), ["199.00"]);
    let (_server, _, answer) = checked(|| single("Flex", "199.00"), |_| {}).await;
    assert_eq!((answer.report.status, answer.offers.len()), (SupplierStatus::Empty, 0), "another fare");
}

#[tokio::test]
async fn an_offer_that_duffel_does_not_sell_any_more_is_gone() {
    let gone =
        || refusal(StatusCode::UNPROCESSABLE_ENTITY, "invalid_state_error", "offer_no_longer_available");
    let (server, _, answer) = checked(gone, |_| {}).await;
    assert_eq!((answer.report.status, server.calls.count()), (SupplierStatus::Empty, 2));
}

#[tokio::test]
async fn an_offer_whose_quotation_has_run_out_is_searched_again() {
    let expired: [Single; 2] = [
        || refusal(StatusCode::NOT_FOUND, "invalid_request_error", "not_found"),
        || refusal(StatusCode::UNPROCESSABLE_ENTITY, "invalid_state_error", "offer_expired"),
    ];
    for single in expired {
        let (server, check, answer) = checked(single, |_| {}).await;
        assert_eq!((answer.report.status, server.calls.count()), (SupplierStatus::Ok, 3));
        let prices: Vec<_> = answer.offers.iter().flat_map(|offer| &offer.prices).collect();
        assert_eq!(prices.len(), 1, "only the fare that is asked for");
        assert_eq!(prices[0].total, check.before.total);
    }
}

#[tokio::test]
async fn a_check_that_duffel_does_not_answer_is_an_error() {
    let errors: [Single; 4] = [
        || refusal(StatusCode::INTERNAL_SERVER_ERROR, "api_error", "internal"),
        || refusal(StatusCode::UNPROCESSABLE_ENTITY, "validation_error", "invalid"),
        || "{".into_response(),
        || Json(json!({ "data": {} })).into_response(),
    ];
    for single in errors {
        let (server, _, answer) = checked(single, |_| {}).await;
        assert_eq!((answer.report.status, server.calls.count()), (SupplierStatus::Error, 2));
    }
    let (_server, _, answer) = checked(|| vec![b' '; 300_000].into_response(), |_| {}).await;
    assert_eq!(answer.report.status, SupplierStatus::Error, "longer than an offer may be");
}

#[tokio::test]
async fn without_a_reference_a_check_searches_again() {
    let never: Single = || unreachable!("no offer is asked for");
    let (server, _, answer) = checked(never, |check| check.offer_ref = None).await;
    assert_eq!((answer.report.status, server.calls.count()), (SupplierStatus::Ok, 2));
    let fares: Vec<_> = answer.offers[0].prices.iter().map(|price| price.fare_brand.as_deref()).collect();
    assert_eq!(fares, [Some("Basic")]);
}

#[tokio::test]
async fn each_flight_is_offered_once_with_its_fares() {
    let (_server, client) = duffel(|| StatusCode::OK.into_response(), 0).await;
    let answer = ask(&client).await;
    assert_eq!(answer.report.status, SupplierStatus::Ok);
    assert_eq!((answer.offers.len(), answer.report.offers), (1, 1));
    let offer = &answer.offers[0];
    assert_eq!((offer.flight_number.as_str(), offer.price, offer.currency.as_str()), ("GA402", 183, "USD"));
    let fares: Vec<_> = offer
        .prices
        .iter()
        .map(|price| (price.fare_brand.as_deref().unwrap(), price.total.to_string()))
        .collect();
    assert_eq!(fares, [("Basic", "182.40".into()), ("Flex", "190.00".into())]);
    assert_eq!(offer.departure.to_string(), "2025-07-10T06:05:00+07:00");
    assert_eq!(offer.arrival.to_string(), "2025-07-10T09:00:00+08:00");
    assert_eq!(offer.duration_minutes, 115);
}

#[tokio::test]
async fn a_throttled_call_waits_until_the_rate_limit_resets() {
    let (server, client) = duffel(|| throttled_for(2), 1).await;
    let answer = ask(&client).await;
    assert_eq!((answer.report.status, server.calls.count()), (SupplierStatus::Ok, 2));
    assert!((900..15_000).contains(&answer.report.elapsed_ms), "{}", answer.report.elapsed_ms);

    let (server, client) = duffel(|| throttled_for(3600), 1).await;
    assert_eq!((status(&client).await, server.calls.count()), (SupplierStatus::Error, 1));
}

#[tokio::test]
async fn errors_are_retried_as_documented() {
    let asked = async |refuse: Refuse| {
        let (server, client) = duffel(refuse, 1).await;
        (status(&client).await, server.calls.count())
    };
    let once = (SupplierStatus::Error, 1);
    assert_eq!(
        asked(|| refusal(StatusCode::UNPROCESSABLE_ENTITY, "validation_error", "invalid")).await,
        once
    );
    assert_eq!(
        asked(|| refusal(StatusCode::UNAUTHORIZED, "authentication_error", "access_token")).await,
        once
    );
    assert_eq!(asked(|| refusal(StatusCode::INTERNAL_SERVER_ERROR, "api_error", "internal")).await, once);
    assert_eq!(asked(|| StatusCode::BAD_GATEWAY.into_response()).await, once);
    assert_eq!(asked(|| (StatusCode::CREATED, "{\"data\": {}}").into_response()).await, once);
    let again = (SupplierStatus::Ok, 2);
    assert_eq!(asked(|| refusal(StatusCode::SERVICE_UNAVAILABLE, "api_error", "unavailable")).await, again);
    assert_eq!(asked(|| StatusCode::GATEWAY_TIMEOUT.into_response()).await, again);
}

#[tokio::test]
async fn a_slow_response_is_a_timeout_by_the_searchs_deadline() {
    let slow = || async { std::future::pending::<()>().await };
    let server = TestServer::start(Router::new().route("/air/offer_requests", post(slow))).await;
    let file = format!(
        "[[supplier]]\ncode = 'DUFFEL'\nname = 'Duffel'\nkind = 'duffel'\ntoken = 't'\nbase_url = '{}'",
        server.url
    );
    let client = Arc::clone(&registry(&file).select(&[])[0]);
    let began = tokio::time::Instant::now();
    let answer = client
        .ask(SearchId::random(), &crate::support::query(), began + Duration::from_millis(300), &Span::none())
        .await;
    assert_eq!(answer.report.status, SupplierStatus::Timeout);
    assert!(began.elapsed() < Duration::from_secs(10));
}
