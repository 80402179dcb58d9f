use contracts::{
    Amount, Cabin, Currency,
    offer::{Baggage, Condition, Conditions, Price},
};
use serde_json::{Value as Json, json};

use super::*;
use crate::testing;

mod any_json;
mod nested;

fn mapping(text: &str) -> Mapping {
    toml::from_str(text).unwrap()
}

fn full() -> Mapping {
    mapping(
        r#"
        offers = "/data/flights"
        flight_number = ["/carrier/code", "/number"]
        price = "/price/total"
        currency = { pointer = "/price/currency", default = "IDR" }
        carrier = "/carrier/name"
        origin = "/from"
        destination = "/to"
        departure = "/leaves"
        arrival = "/lands"
        stops = { pointer = "/stops", default = 0 }
        "#,
    )
}

/// A search from this place to DPS.
fn query(origin: &str) -> SearchQuery {
    testing::query(origin, "DPS")
}

fn code() -> SupplierCode {
    "ACME".parse().unwrap()
}

fn flight() -> Json {
    json!({
        "carrier": { "code": "XX", "name": "Example Air" }, "number": 57,
        "price": { "total": "1500000.40", "currency": "idr" },
        "from": "CGK", "to": "DPS",
        "leaves": "2025-07-10T06:05:00", "lands": "2025-07-10T09:00:00+08:00",
        "stops": 1,
    })
}

fn offers(mapping: &Mapping, body: &Json) -> Result<Vec<Offer>, String> {
    let (airports, query) = (Airports::embedded(), query("JKT"));
    let code = code();
    let parser = mapping.parser(&query, &code, "The Supplier", &airports);
    let list = body.pointer(&mapping.offers_pointer().to_string()).and_then(Json::as_array).unwrap();
    let offers =
        list.iter().enumerate().map(|(index, offer)| parser.parse(index, offer.to_string().as_bytes()));
    offers.collect::<Result<_, _>>().map_err(|error| error.to_string())
}

/// The error when one field of the second flight is changed.
fn error(pointer: &str, value: Json) -> String {
    let mut body = json!({ "data": { "flights": [flight(), flight()] } });
    *body.pointer_mut(&format!("/data/flights/1{pointer}")).unwrap() = value;
    offers(&full(), &body).unwrap_err()
}

#[test]
fn an_offer_is_read_as_mapped() {
    let offer = &offers(&full(), &json!({ "data": { "flights": [flight()] } })).unwrap()[0];
    let expected = Offer {
        flight_number: "XX57".into(),
        price: 1_500_001,
        currency: Currency::IDR,
        carrier: "Example Air".into(),
        origin: "CGK".parse().unwrap(),
        destination: "DPS".parse().unwrap(),
        departure: "2025-07-10T06:05:00+07:00".parse().unwrap(),
        arrival: "2025-07-10T09:00:00+08:00".parse().unwrap(),
        duration_minutes: 115,
        stops: 1,
        suppliers: Vec::new(),
        id: OfferId::default(),
        cabin: None,
        slices: Vec::new(),
        prices: vec![Price::new(code(), "1500000.40".parse().unwrap(), Currency::IDR)],
        comparable: true,
        best_rank: None,
    };
    assert_eq!(*offer, expected);
}

#[test]
fn missing_fields_have_defaults() {
    let small = mapping(
        r#"
        offers = ""
        flight_number = "/n"
        price = "/p"
        price_per_passenger = true
        departure = "/d"
        duration_minutes = "/m"
        "#,
    );
    let body = json!([{ "n": "GA 57", "p": 999_999.5, "d": "2025-07-10T06:05", "m": "110" }]);
    let offer = &offers(&small, &body).unwrap()[0];
    assert_eq!((offer.flight_number.as_str(), offer.price, offer.stops), ("GA57", 1_999_999, 0));
    assert_eq!((offer.currency.as_str(), offer.carrier.as_str()), ("IDR", "The Supplier"));
    assert_eq!((offer.origin.as_str(), offer.destination.as_str()), ("CGK", "DPS"), "of JKT the largest");
    assert_eq!(offer.arrival.to_string(), "2025-07-10T08:55:00+08:00");
}

/// Also what only some suppliers tell.
fn rich() -> Mapping {
    mapping(
        r#"
        offers = ""
        flight_number = "/n"
        price = "/fare/total"
        price_per_passenger = true
        minor_units = true
        currency = "/fare/currency"
        departure = "/d"
        duration_minutes = "/m"
        cabin = "/cabin"
        base = "/fare/base"
        tax = "/fare/tax"
        fare_brand = "/fare/brand"
        seats_left = "/seats"
        expires_at = "/until"
        deep_link = "/link"
        offer_ref = "/id"
        baggage = { checked_pieces = "/bags", checked_kg = { default = 20 } }
        change = { allowed = "/rules/change", penalty = "/rules/fee" }
        refund = { allowed = "/rules/refund" }
        "#,
    )
}

fn rich_flight() -> Json {
    json!({
        "n": "GA57", "d": "2025-07-10T06:05", "m": 110, "cabin": "Premium Economy", "id": 4711, "seats": 4, "bags": "2",
        "until": "2025-07-01T12:00:00+07:00", "link": "https://acme.example/4711",
        "fare": { "total": 10_620, "base": "9000", "tax": 1_620, "currency": "usd", "brand": "Eco Flex" },
        "rules": { "change": null, "fee": 2_500, "refund": false },
    })
}

#[test]
fn a_fare_is_read_with_all_that_it_includes() {
    let offer = &offers(&rich(), &json!([rich_flight()])).unwrap()[0];
    assert_eq!((offer.price, offer.cabin), (213, Some(Cabin::PremiumEconomy)));
    let amount = |text: &str| -> Amount { text.parse().unwrap() };
    let allowed = |allowed, penalty| Some(Condition { allowed, penalty });
    let expected = Price {
        base: Some(amount("180.00")),
        tax: Some(amount("32.40")),
        fare_brand: Some("Eco Flex".into()),
        baggage: Some(Baggage { cabin_pieces: None, checked_pieces: Some(2), checked_kg: Some(20) }),
        conditions: Some(Conditions {
            change: allowed(true, Some(amount("25.00"))),
            refund: allowed(false, None),
        }),
        seats_left: Some(4),
        expires_at: "2025-07-01T05:00:00Z".parse().ok(),
        deep_link: Some("https://acme.example/4711".into()),
        offer_ref: Some("4711".into()),
        ..Price::new(code(), amount("212.40"), "USD".parse().unwrap())
    };
    assert_eq!(offer.prices, [expected]);
    assert_eq!(offer.prices[0].total.to_string(), "212.40");
}

#[test]
fn an_error_in_a_fare_names_the_field() {
    for (pointer, value, expected) in [
        ("/cabin", json!("steerage"), "cabin (`/cabin`) is not economy, premium_economy, business or first"),
        ("/fare/tax", json!([]), "tax (`/fare/tax`) is not an amount"),
        ("/until", json!("2025-07-01"), "expires_at (`/until`) is not a date and time with an offset"),
        ("/bags", json!(2.5), "baggage.checked_pieces (`/bags`) is not a small whole number"),
        ("/rules/refund", json!("perhaps"), "refund.allowed (`/rules/refund`) is not true or false"),
    ] {
        let mut flight = rich_flight();
        *flight.pointer_mut(pointer).unwrap() = value;
        assert_eq!(offers(&rich(), &json!([flight])).unwrap_err(), format!("offer 0: {expected}"));
    }
}

#[test]
fn an_error_names_the_offer_and_the_field() {
    for (pointer, value, expected) in [
        ("/number", json!(null), "offer 1: flight_number (`/carrier/code /number`) is missing"),
        ("/number", json!({}), "offer 1: flight_number (`/carrier/code /number`) is not a text"),
        ("/price/total", json!("cheap"), "offer 1: price (`/price/total`) is not an amount"),
        ("/price/total", json!(-5), "offer 1: price (`/price/total`) is not an amount"),
        ("/price/total", json!(null), "offer 1: price (`/price/total`) is missing"),
        ("/price/currency", json!("Rupiah"), "offer 1: currency (`/price/currency`) is not an ISO 4217 code"),
        ("/from", json!("Jakarta"), "offer 1: origin (`/from`) is not an IATA code"),
        ("/leaves", json!("06:05"), "offer 1: departure (`/leaves`) is not a date and time"),
        (
            "/from",
            json!("QQQ"),
            "offer 1: departure (`/leaves`) has no offset, and the airport's time zone is unknown",
        ),
        ("/lands", json!(null), "offer 1: arrival (`/lands`) is missing"),
        (
            "/lands",
            json!("2025-07-10T05:00:00"),
            "offer 1: arrival (`/lands`) is before the departure or more than 7 days after it",
        ),
        ("/stops", json!(300), "offer 1: stops (`/stops`) is not a small whole number"),
    ] {
        assert_eq!(error(pointer, value), expected);
    }
    assert_eq!(error("", json!(7)), "offer 1: departure (`/leaves`) is missing");
}

#[test]
fn an_invalid_mapping_is_rejected() {
    for text in [
        "offers = 'data'",
        "offers = ''\nflight_number = 'n'",
        "offers = ''\nflight_number = { pointr = '/n' }",
        "offers = ''\nflight_number = 7",
        "offers = ''\nflight_number = '/n'\nprice = '/p'\ndeparture = '/d'\narival = '/a'",
        "offers = ''\nflight_number = '/n'\ndeparture = '/d'",
        "offers = ''\nflight_number = '/n'\nprice = '/p'\ndeparture = '/d'\nbaggage = { kilos = '/k' }",
    ] {
        assert!(toml::from_str::<Mapping>(text).is_err(), "{text}");
    }
}
