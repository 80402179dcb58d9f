use std::sync::Arc;

use airports::Airports;
use contracts::{
    Cabin, Currency, Offer,
    offer::{Baggage, Condition, Conditions},
    search::{Passengers, Slice, Slices, TimeWindow},
};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::{
    error::ResponseError, file, http_client::new_client, memory_budget::MemoryBudget, testing::query,
};

fn place(code: &str, time_zone: &str) -> Json {
    json!({ "type": "airport", "iata_code": code, "time_zone": time_zone, "name": code, "iata_country_code": "ID" })
}

fn carrier(code: Option<&str>, name: &str) -> Json {
    json!({ "id": "arl_1", "iata_code": code, "name": name, "conditions_of_carriage_url": null })
}

fn segment(from: (&str, &str), to: (&str, &str), leaves: &str, lands: &str, number: &str) -> Json {
    json!({
        "id": "seg_1",
        "origin": place(from.0, from.1), "origin_terminal": "3", "departing_at": leaves,
        "destination": place(to.0, to.1), "destination_terminal": null, "arriving_at": lands,
        "marketing_carrier": carrier(Some("GA"), "Garuda Indonesia"),
        "marketing_carrier_flight_number": number,
        "operating_carrier": carrier(None, "Explore Jet"), "operating_carrier_flight_number": null,
        "duration": "PT1H50M", "distance": "983.1", "stops": [], "media": [],
        "aircraft": { "id": "arc_1", "iata_code": "738", "name": "Boeing 737-800" },
        "passengers": [{
            "passenger_id": "pas_1", "cabin_class": "premium_economy", "cabin_class_marketing_name": "Premium",
            "fare_basis_code": "OXZ0RO", "baggages": [
                { "type": "checked", "quantity": 1 }, { "type": "carry_on", "quantity": 2 },
            ],
        }],
    })
}

fn offer(amount: &str, segments: &Json) -> Json {
    json!({
        "id": "off_1", "live_mode": false, "partial": false, "owner": carrier(Some("GA"), "Garuda Indonesia"),
        "total_amount": amount, "total_currency": "IDR", "base_amount": "1.00", "base_currency": "IDR",
        "tax_amount": null, "tax_currency": null,
        "conditions": {
            "change_before_departure": { "allowed": true, "penalty_amount": "250000.00", "penalty_currency": "IDR" },
            "refund_before_departure": null,
        },
        "slices": [{ "id": "sli_1", "segments": segments, "fare_brand_name": "Basic", "conditions": {} }],
        "passengers": [{ "id": "pas_1", "type": "adult" }], "expires_at": "2025-07-01T00:00:00Z",
    })
}

const CGK: (&str, &str) = ("CGK", "Asia/Jakarta");
const DPS: (&str, &str) = ("DPS", "Asia/Makassar");
const SYD: (&str, &str) = ("SYD", "Australia/Sydney");

fn direct(amount: &str) -> Json {
    offer(amount, &json!([segment(CGK, DPS, "2025-07-10T06:05:00", "2025-07-10T09:00:00", "402")]))
}

fn read(offer: &Json) -> Result<Offer, String> {
    with_left_out(offer).map(|(offer, _)| offer)
}

/// An offer, and why parts of it were left out.
fn with_left_out(offer: &Json) -> Result<(Offer, Vec<String>), String> {
    let airports = Airports::embedded();
    let code = "DUFFEL".parse().unwrap();
    let read = response::parse_offer(1, offer.to_string().as_bytes(), &code, &airports);
    let mut read = read.map_err(|error| error.to_string())?;
    let mut offer = read.offer.unwrap();
    read.left_out.of_offer(1, &mut offer);
    Ok((offer, read.left_out.reasons()))
}

#[test]
fn a_direct_flight_has_the_airports_local_times() {
    let found = read(&direct("1250000.50")).unwrap();
    assert_eq!(
        (found.flight_number.as_str(), found.price, found.currency, found.carrier.as_str()),
        ("GA402", 1_250_001, Currency::IDR, "Explore Jet")
    );
    assert_eq!((found.origin.as_str(), found.destination.as_str(), found.stops), ("CGK", "DPS", 0));
    assert_eq!(found.departure.to_string(), "2025-07-10T06:05:00+07:00");
    assert_eq!(found.arrival.to_string(), "2025-07-10T09:00:00+08:00");
    assert_eq!((found.duration_minutes, found.cabin), (115, Some(Cabin::PremiumEconomy)));
    assert_eq!(found.check(), Ok(()));
}

#[test]
fn a_fare_has_its_parts_conditions_and_baggage() {
    let found = read(&direct("1250000.50")).unwrap();
    let [price] = &found.prices[..] else { panic!("{found:?}") };
    let text = |amount: contracts::Amount| amount.to_string();
    assert_eq!((price.supplier.as_str(), text(price.total).as_str()), ("DUFFEL", "1250000.50"));
    assert_eq!((price.base.map(text).as_deref(), price.tax), (Some("1"), None));
    assert_eq!(price.fare_brand.as_deref(), Some("Basic"));
    assert_eq!(
        price.baggage,
        Some(Baggage { cabin_pieces: Some(2), checked_pieces: Some(1), checked_kg: None })
    );
    let change = Condition { allowed: true, penalty: "250000".parse().ok() };
    assert_eq!(price.conditions, Some(Conditions { change: Some(change), refund: None }));
    assert_eq!(price.expires_at, "2025-07-01T00:00:00Z".parse().ok());
    assert_eq!(price.offer_ref.as_deref(), Some("off_1"));
}

#[test]
fn a_segment_tells_terminals_aircraft_and_carriers() {
    let found = read(&direct("9")).unwrap();
    let segment = &found.slices[0].segments[0];
    assert_eq!((segment.carrier.as_str(), segment.flight_number.as_str()), ("GA", "402"));
    assert_eq!(segment.operating_carrier.as_deref(), Some("Explore Jet"), "it has no code");
    assert_eq!(
        (segment.origin_terminal.as_deref(), segment.destination_terminal.as_deref()),
        (Some("3"), None)
    );
    assert_eq!((segment.aircraft.as_deref(), segment.cabin), (Some("738"), Some(Cabin::PremiumEconomy)));
}

#[test]
fn a_return_has_two_slices_and_both_brands() {
    let mut offer = direct("9");
    let back = segment(DPS, CGK, "2025-07-17T10:00:00", "2025-07-17T11:00:00", "403");
    let slices = offer["slices"].as_array_mut().unwrap();
    slices.push(json!({ "id": "sli_2", "segments": [back], "fare_brand_name": "Flex" }));
    slices[1]["segments"][0]["passengers"][0]["baggages"] = json!([{ "type": "carry_on", "quantity": 1 }]);
    let found = read(&offer).unwrap();
    assert_eq!((found.flight_number.as_str(), found.slices.len()), ("GA402", 2));
    assert_eq!(found.slices[1].duration_minutes, 120);
    let price = &found.prices[0];
    assert_eq!(price.fare_brand.as_deref(), Some("Basic / Flex"));
    let least = Baggage { cabin_pieces: Some(1), checked_pieces: Some(0), checked_kg: None };
    assert_eq!(price.baggage, Some(least), "what every flight allows");
    assert_eq!(found.check(), Ok(()));
}

#[test]
fn a_connection_is_one_offer_with_both_numbers() {
    let mut onward = segment(DPS, SYD, "2025-07-10T11:00:00", "2025-07-10T19:10:00", "714");
    onward["stops"] = json!([{ "id": "sto_1", "duration": "PT1H" }]);
    let segments = json!([segment(CGK, DPS, "2025-07-10T06:05:00", "2025-07-10T09:00:00", "402"), onward]);
    let found = read(&offer("9", &segments)).unwrap();
    assert_eq!((found.flight_number.as_str(), found.stops, found.duration_minutes), ("GA402/GA714", 2, 605));
    assert_eq!((found.origin.as_str(), found.destination.as_str()), ("CGK", "SYD"));
    assert_eq!(found.arrival.to_string(), "2025-07-10T19:10:00+10:00");
}

#[test]
fn an_unknown_airport_has_duffels_time_zone() {
    let there = ("QQQ", "Asia/Jayapura");
    let flight = segment(there, DPS, "2025-07-10T06:05:00", "2025-07-10T09:00:00", "1");
    let found = read(&offer("9", &json!([flight]))).unwrap();
    assert_eq!(found.departure.to_string(), "2025-07-10T06:05:00+09:00");
}

#[test]
fn an_error_names_the_offer_and_the_field() {
    let broken = |pointer: &str, value: Json| {
        let mut offer = direct("2");
        *offer.pointer_mut(pointer).unwrap() = value;
        read(&offer).unwrap_err()
    };
    let segment = |pointer: &str, value| broken(&format!("/slices/0/segments/0{pointer}"), value);
    for (expected, error) in [
        ("offer 1: `.`: invalid type", broken("", json!(7))),
        ("offer 1: `total_amount`: invalid type", broken("/total_amount", json!(7))),
        ("offer 1: price (`total_amount`) is not an amount", broken("/total_amount", json!("7 EUR"))),
        ("offer 1: currency (`total_currency`) is not an ISO", broken("/total_currency", json!("EURO"))),
        ("offer 1: slices (`slices`) is empty", broken("/slices", json!([]))),
        ("offer 1: segments (`slices[0].segments`) is empty", broken("/slices/0/segments", json!([]))),
        ("offer 1: `slices[0].segments[0].origin.iata_code`", segment("/origin/iata_code", json!("Jakarta"))),
        (
            "offer 1: departure (`departing_at`) is not a date and time",
            segment("/departing_at", json!("soon")),
        ),
        (
            "offer 1: arrival (`arriving_at`) is before the departure",
            segment("/arriving_at", json!("2025-07-09T00:00:00")),
        ),
        (
            "offer 1: arrival (`arriving_at`) is before the departure",
            segment("/arriving_at", json!("2026-07-09T00:00:00")),
        ),
    ] {
        assert!(error.starts_with(expected), "{expected}: {error}");
    }
    let (airports, code) = (Airports::embedded(), "DUFFEL".parse().unwrap());
    for text in ["<html>", "{", "{} {}", ""] {
        let error = response::parse_offer(0, text.as_bytes(), &code, &airports);
        assert!(matches!(
            error,
            Err(ResponseError::InvalidOfferJson(_) | ResponseError::UnexpectedShape { .. })
        ));
    }
}

#[test]
fn an_optional_part_that_can_not_be_read_is_left_out_and_the_offer_stays() {
    let segment = |pointer: &str| format!("/slices/0/segments/0{pointer}");
    for (pointer, value, expected) in [
        ("/base_amount".to_owned(), json!("2.01"), "prices[0].base is more than the total"),
        ("/tax_amount".to_owned(), json!("-1"), "tax (`tax_amount`) is not an amount"),
        ("/tax_amount".to_owned(), json!(1), "`tax_amount`: invalid type: integer `1`, expected a string"),
        (
            "/expires_at".to_owned(),
            json!("soon"),
            "expires_at (`expires_at`) is not a date and time with an offset",
        ),
        (
            "/conditions".to_owned(),
            json!([]),
            "`conditions`: invalid length 0, expected struct OfferConditions",
        ),
        (
            "/slices/0/fare_brand_name".to_owned(),
            json!("x".repeat(129)),
            "prices[0].fare_brand is not 1 to 128",
        ),
        (
            segment("/origin_terminal"),
            json!("Terminal 3 Ultimate"),
            "slices[0].segments[0].origin_terminal is not 1",
        ),
        (segment("/destination_terminal"), json!(3), "`destination_terminal`: invalid type: integer `3`"),
        (segment("/aircraft"), json!("738"), "`aircraft`: invalid type: string"),
        (segment("/passengers/0/cabin_class"), json!("coach"), "cabin (`cabin_class`) is not economy"),
        (
            segment("/passengers/0/baggages"),
            json!([{ "type": "checked", "quantity": 300 }]),
            "`baggages`: invalid value: integer `300`, expected u8",
        ),
    ] {
        let mut offer = direct("2");
        *offer.pointer_mut(&pointer).unwrap() = value;
        let (found, left_out) = with_left_out(&offer).unwrap();
        assert!(
            left_out.len() == 1 && left_out[0].starts_with(&format!("offer 1: {expected}")),
            "{left_out:?}"
        );
        assert_eq!((found.check(), found.prices[0].total.to_string().as_str()), (Ok(()), "2"), "{expected}");
    }
    assert_eq!(with_left_out(&direct("2")).unwrap().1, [""; 0]);
}

#[test]
fn errors_have_type_code_and_title() {
    let body = json!({
        "errors": [{
            "type": "rate_limit_error", "code": "rate_limit_exceeded", "title": "Rate limit exceeded",
            "message": "Too many requests", "documentation_url": "https://duffel.com/docs",
        }],
        "meta": { "request_id": "FZW0H3HdJwKk5HMAAKxB", "status": 429 },
    });
    let expected = response::error_detail(body.to_string().as_bytes());
    assert_eq!(expected, "rate_limit_error rate_limit_exceeded: Rate limit exceeded");
    assert_eq!(response::error_detail(b"<html>"), "no details");
}

#[test]
fn duffels_timeout_ends_before_ours_and_stays_in_its_range() {
    for (left, millis) in [(0, 2_000), (2, 2_000), (10, 9_000), (61, 60_000), (1_000, 60_000)] {
        assert_eq!(supplier_timeout_ms(Duration::from_secs(left)), millis);
    }
}

fn duffel(settings: &str) -> Result<Duffel, String> {
    let file = format!("[[supplier]]\ncode = 'DUFFEL'\nname = 'Duffel'\nkind = 'duffel'\n{settings}");
    let secrets = |name: &str| (name == "TOKEN").then(|| "duffel_test_s3cret".to_owned());
    let options = RegistryOptions { secrets: &secrets, ..RegistryOptions::default() };
    let entry = file::parse(&file).map_err(|error| error.to_string())?.remove(0);
    let airports = Arc::new(Airports::embedded());
    let context = HttpContext { client: new_client().unwrap(), budget: MemoryBudget::new(1), airports };
    Duffel::from_entry(&entry, options, context).map_err(|error| error.to_string())
}

#[test]
fn the_request_has_the_documented_form() {
    let duffel = duffel("token = '${TOKEN}'\ncabin_class = 'premium_economy'\nmax_connections = 1").unwrap();
    let request = duffel.request(&query("JKT", "DPS"), Duration::from_secs(21)).unwrap();
    let url = "https://api.duffel.com/air/offer_requests?return_offers=true&supplier_timeout=20000";
    assert_eq!((request.method().as_str(), request.url().as_str()), ("POST", url));
    assert_eq!(request.headers()["Duffel-Version"], "v2");
    assert_eq!(request.headers()[AUTHORIZATION], "Bearer duffel_test_s3cret");
    assert!(!format!("{request:?}").contains("s3cret"));
    let body: Json = serde_json::from_slice(request.body().unwrap().as_bytes().unwrap()).unwrap();
    let expected = json!({ "data": {
        "slices": [{ "origin": "JKT", "destination": "DPS", "departure_date": "2025-07-10" }],
        "passengers": [{ "type": "adult" }, { "type": "adult" }],
        "cabin_class": "premium_economy",
        "max_connections": 1,
    } });
    assert_eq!(body, expected);
}

#[test]
fn a_family_trip_to_several_cities_has_windows_ages_and_the_searchs_own_stops() {
    let slice = |from: &str, to: &str, date: &str| {
        Slice::new(from.parse().unwrap(), to.parse().unwrap(), date.parse().unwrap()).unwrap()
    };
    let window = |earliest: Option<&str>, latest: Option<&str>| {
        let time = |text: Option<&str>| text.map(|text| text.parse().unwrap());
        TimeWindow::new(time(earliest), time(latest)).unwrap()
    };
    let any = TimeWindow::default();
    let slices = vec![
        slice("CGK", "DPS", "2025-07-10").within(window(Some("06:00"), Some("12:30")), any),
        slice("DPS", "SUB", "2025-07-12").within(window(None, Some("09:00")), window(Some("18:05"), None)),
        slice("SUB", "CGK", "2025-07-14"),
    ];
    let [seven, two, baby] = [7, 2, 0];
    let passengers = Passengers::new(
        2.try_into().unwrap(),
        [seven, two].map(|age: u64| age.try_into().unwrap()).into_iter().collect(),
        [baby].map(|age: u64| age.try_into().unwrap()).into_iter().collect(),
    );
    let query = SearchQuery {
        slices: Slices::new(slices).unwrap(),
        passengers: passengers.unwrap(),
        max_stops: Some(0.try_into().unwrap()),
        ..query("CGK", "DPS")
    };
    let duffel = duffel("token = '${TOKEN}'\nmax_connections = 2").unwrap();
    let request = duffel.request(&query, Duration::from_secs(21)).unwrap();
    let body: Json = serde_json::from_slice(request.body().unwrap().as_bytes().unwrap()).unwrap();
    let expected = json!({ "data": {
        "slices": [
            {
                "origin": "CGK", "destination": "DPS", "departure_date": "2025-07-10",
                "departure_time": { "from": "06:00", "to": "12:30" },
            },
            {
                "origin": "DPS", "destination": "SUB", "departure_date": "2025-07-12",
                "departure_time": { "from": "00:00", "to": "09:00" },
                "arrival_time": { "from": "18:05", "to": "23:59" },
            },
            { "origin": "SUB", "destination": "CGK", "departure_date": "2025-07-14" },
        ],
        "passengers": [{ "type": "adult" }, { "type": "adult" }, { "age": 2 }, { "age": 7 }, { "age": 0 }],
        "max_connections": 0,
    } });
    assert_eq!(body, expected);
}

#[test]
fn the_request_for_one_offer_has_the_documented_form() {
    let request = duffel("token = '${TOKEN}'").unwrap().offer_request("off_1/?x=1").unwrap();
    let url = "https://api.duffel.com/air/offers/off_1%2F%3Fx=1?return_available_services=false";
    assert_eq!((request.method().as_str(), request.url().as_str()), ("GET", url));
    assert_eq!(request.headers()["Duffel-Version"], "v2");
    assert_eq!(request.headers()[AUTHORIZATION], "Bearer duffel_test_s3cret");
}

#[test]
fn an_error_in_the_file_names_the_setting() {
    for (settings, expected) in [
        ("", "`token`"),
        ("token = '${NONE}'", "`token`: `${NONE}` is not set"),
        ("token = 't'\nbase_url = 'duffel'", "`base_url`"),
        ("token = 't'\ncabin_class = 'cargo'", "cabin_class"),
        ("token = 't'\ntokn = 't'", "tokn"),
    ] {
        let error = duffel(settings).err().unwrap();
        assert!(error.starts_with("supplier DUFFEL: ") && error.contains(expected), "{expected}: {error}");
    }
}

proptest! {
    #[test]
    fn no_response_makes_it_panic(
        amount: String, currency: String, from in "[A-Za-z]{0,4}", leaves: String, year in 0..10_000, zone: String,
        number: String, body: Vec<u8>,
    ) {
        thread_local!(static AIRPORTS: Airports = Airports::embedded());
        let mut offer = direct(&amount);
        offer["total_currency"] = json!(currency);
        let segment = &mut offer["slices"][0]["segments"][0];
        segment["origin"] = place(&from, &zone);
        segment["marketing_carrier_flight_number"] = json!(number);
        let mut extreme = offer.clone();
        extreme["slices"][0]["segments"][0]["departing_at"] = json!(format!("{year:04}-12-31T23:59:59"));
        offer["slices"][0]["segments"][0]["departing_at"] = json!(leaves);
        AIRPORTS.with(|airports| {
            let code = "DUFFEL".parse().unwrap();
            let _ = response::parse_offer(0, offer.to_string().as_bytes(), &code, airports);
            let _ = response::parse_offer(0, extreme.to_string().as_bytes(), &code, airports);
            let _ = response::parse_offer(0, &body, &code, airports);
            let single = json!({ "data": offer });
            let _ = response::parse_single_offer(single.to_string().as_bytes(), &code, airports);
            let _ = response::parse_single_offer(&body, &code, airports);
            let _ = response::error_codes(&body);
        });
    }
}
