use contracts::{
    Amount, Cabin, Currency,
    offer::{Baggage, Condition, Conditions, Price},
};
use serde_json::{Value as Json, json};

use super::*;
use crate::testing;

mod any_json;
mod fares;
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

fn read(mapping: &Mapping, query: &SearchQuery, body: &Json) -> Result<Vec<ReadOffer>, String> {
    let (airports, code) = (Airports::embedded(), code());
    let parser = mapping.parser(query, &code, "The Supplier", &airports);
    let list = body.pointer(&mapping.offers_pointer().to_string()).and_then(Json::as_array).unwrap();
    let offers =
        list.iter().enumerate().map(|(index, offer)| parser.parse(index, offer.to_string().as_bytes()));
    offers.collect::<Result<_, _>>().map_err(|error| error.to_string())
}

fn offers(mapping: &Mapping, body: &Json) -> Result<Vec<Offer>, String> {
    let read = read(mapping, &query("JKT"), body)?;
    Ok(read.into_iter().map(|read| read.offer.unwrap()).collect())
}

/// The only offer, and why parts of it were left out.
fn with_left_out(mapping: &Mapping, offer: &Json) -> (Offer, Vec<String>) {
    let mut read = read(mapping, &query("JKT"), &json!([offer])).unwrap().remove(0);
    let mut offer = read.offer.unwrap();
    read.left_out.of_offer(0, &mut offer);
    (offer, read.left_out.reasons())
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
fn an_optional_part_that_can_not_be_read_is_left_out_and_the_offer_stays() {
    let (whole, nothing) = with_left_out(&rich(), &rich_flight());
    assert_eq!(nothing, [""; 0]);
    for (pointer, value, expected) in [
        ("/cabin", json!("COACH"), "cabin (`/cabin`) is not economy, premium_economy, business or first"),
        ("/fare/base", json!("n/a"), "base (`/fare/base`) is not an amount"),
        ("/fare/tax", json!([]), "tax (`/fare/tax`) is not an amount"),
        ("/fare/tax", json!(10_621), "tax is more than the total"),
        ("/fare/brand", json!({}), "fare_brand (`/fare/brand`) is not a text"),
        ("/fare/brand", json!("x".repeat(129)), "fare_brand is not 1 to 128 printable bytes"),
        ("/seats", json!("9+"), "seats_left (`/seats`) is not a small whole number"),
        ("/seats", json!(1000), "seats_left is more than 999"),
        (
            "/until",
            json!("2127-07-01T12:00:00"),
            "expires_at (`/until`) is not a date and time with an offset",
        ),
        ("/link", json!(false), "deep_link (`/link`) is not a text"),
        ("/link", json!("acme.example/4711"), "deep_link is not an http or https URL of up to 2048 bytes"),
        ("/bags", json!(2.5), "baggage.checked_pieces (`/bags`) is not a small whole number"),
        ("/bags", json!(21), "baggage.checked_pieces is more than 20 pieces"),
        ("/rules/fee", json!("ask us"), "change.penalty (`/rules/fee`) is not an amount"),
        ("/rules/refund", json!("perhaps"), "refund.allowed (`/rules/refund`) is not true or false"),
    ] {
        let mut flight = rich_flight();
        *flight.pointer_mut(pointer).unwrap() = value;
        let (offer, left_out) = with_left_out(&rich(), &flight);
        assert_eq!(left_out, [format!("offer 0: {expected}")]);
        assert_eq!(Offer { id: OfferId::of(&offer), ..offer.clone() }.check(), Ok(()), "{expected}");
        assert!(offer != whole && offer.prices[0].total == whole.prices[0].total, "{expected}");
    }
}

#[test]
fn an_expiry_without_an_offset_that_is_over_stays() {
    let mut flight = rich_flight();
    flight["until"] = json!("2025-07-01T12:00:00");
    let (offer, left_out) = with_left_out(&rich(), &flight);
    assert_eq!(left_out, [""; 0]);
    assert_eq!(offer.prices[0].expires_at, "2025-07-02T00:00:00Z".parse().ok());
}

#[test]
fn a_cabin_that_can_not_be_read_is_an_error_where_more_than_economy_is_searched() {
    let mut flight = rich_flight();
    flight["cabin"] = json!("COACH");
    let body = json!([flight]);
    for (searched, is_read) in [(Cabin::Economy, true), (Cabin::PremiumEconomy, false), (Cabin::First, false)]
    {
        let query = SearchQuery { cabin: Some(searched), ..query("JKT") };
        assert_eq!(read(&rich(), &query, &body).is_ok(), is_read, "{searched}");
    }
}

#[test]
fn what_is_required_of_a_fare_rejects_the_offer() {
    for (pointer, value, expected) in [
        ("/fare/total", json!("free"), "price (`/fare/total`) is not an amount"),
        ("/fare/currency", json!("Dollar"), "currency (`/fare/currency`) is not an ISO 4217 code"),
        ("/id", json!({}), "offer_ref (`/id`) is not a text"),
    ] {
        let mut flight = rich_flight();
        *flight.pointer_mut(pointer).unwrap() = value;
        assert_eq!(offers(&rich(), &json!([flight])).unwrap_err(), format!("offer 0: {expected}"));
    }
}

#[test]
fn an_empty_text_is_no_value() {
    let mut flight = flight();
    for pointer in ["/price/currency", "/carrier/name", "/from", "/to", "/stops"] {
        *flight.pointer_mut(pointer).unwrap() = json!(" ");
    }
    let offer = &offers(&full(), &json!({ "data": { "flights": [flight] } })).unwrap()[0];
    assert_eq!((offer.currency, offer.carrier.as_str(), offer.stops), (Currency::IDR, "The Supplier", 0));
    assert_eq!((offer.origin.as_str(), offer.destination.as_str()), ("CGK", "DPS"));

    let small = "offers = ''\nflight_number = ['/code', '/n']\nprice = '/p'\ndeparture = '/d'\narrival = '/a'\n\
                 duration_minutes = '/m'";
    let body = json!([{ "code": "", "n": "GA57", "p": 1, "d": "2025-07-10T06:05", "a": "", "m": 110.0 }]);
    let offer = &offers(&mapping(small), &body).unwrap()[0];
    assert_eq!((offer.flight_number.as_str(), offer.duration_minutes), ("GA57", 110));

    let mut flight = rich_flight();
    for pointer in ["/cabin", "/fare/base", "/fare/brand", "/seats", "/until", "/link", "/rules/refund"] {
        *flight.pointer_mut(pointer).unwrap() = json!("");
    }
    let (offer, left_out) = with_left_out(&rich(), &flight);
    assert_eq!((offer.cabin, left_out), (None, Vec::new()));
    assert_eq!((offer.prices[0].seats_left, offer.prices[0].expires_at), (None, None));
}

#[test]
fn a_whole_number_may_be_written_with_a_point() {
    let stops = |stops: Json| {
        let mut flight = flight();
        flight["stops"] = stops;
        offers(&full(), &json!({ "data": { "flights": [flight] } })).map(|offers| offers[0].stops)
    };
    assert_eq!(stops(json!(1.0)), Ok(1));
    assert_eq!(stops(json!("1")), Ok(1));
    for not_whole in [json!(1.5), json!(-1.0), json!(1e30), json!("1.5")] {
        let error = stops(not_whole).unwrap_err();
        assert_eq!(error, "offer 0: stops (`/stops`) is not a small whole number");
    }
}

#[test]
fn minor_units_have_the_decimals_of_their_currency() {
    for (cents, currency, total) in [
        (json!(21_240), "USD", "212.40"),
        (json!(21_240), "JPY", "21240"),
        (json!(12_345), "KWD", "12.345"),
        (json!("12345"), "KWD", "12.345"),
    ] {
        let mut flight = rich_flight();
        flight["fare"] = json!({ "total": cents, "currency": currency });
        let for_all = mapping(
            "offers = ''\nflight_number = '/n'\nprice = '/fare/total'\nminor_units = true\n\
             currency = '/fare/currency'\ndeparture = '/d'\nduration_minutes = '/m'",
        );
        let offer = &offers(&for_all, &json!([flight])).unwrap()[0];
        assert_eq!(offer.prices[0].total.to_string(), total, "{currency}");
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
