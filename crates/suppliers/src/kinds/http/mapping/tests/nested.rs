//! Mappings of lists of slices and flights.

use contracts::offer::Segment;
use proptest::prelude::*;

use super::{any_json::any_json, *};

/// A return whose slices and flights are lists.
fn nested() -> Mapping {
    mapping(
        r#"
        offers = ""
        price = "/total"
        currency = "/currency"
        carrier = "/legs/0/flights/0/airline/name"
        cabin = "/class"
        slices = "/legs"
        segments = "/flights"

        [segment]
        carrier = "/airline/code"
        flight_number = "/number"
        operating_carrier = "/operated_by"
        origin = "/from/code"
        origin_terminal = "/from/terminal"
        destination = "/to/code"
        destination_terminal = "/to/terminal"
        departure = ["/from/day", "/from/time"]
        arrival = "/to/at"
        duration_minutes = "/minutes"
        aircraft = "/plane"
        cabin = "/class"
        stops = "/stops"
        "#,
    )
}

fn nested_flight() -> Json {
    let flight = |number: &str, from: (&str, &str, &str), to: (&str, &str)| {
        json!({
            "airline": { "code": "ga", "name": "Garuda Indonesia" }, "number": number,
            "from": { "code": from.0, "day": from.1, "time": from.2 }, "to": { "code": to.0, "at": to.1 },
        })
    };
    let mut first = flight("GA 0402", ("CGK", "2025-07-10", "06:05"), ("SUB", "2025-07-10T07:35"));
    first["from"]["terminal"] = json!("3");
    first["plane"] = json!("738");
    first["operated_by"] = json!("QG");
    first["class"] = json!("C");
    let second = flight("57", ("SUB", "2025-07-10", "09:00"), ("DPS", "2025-07-10T03:00:00Z"));
    let mut back = flight("403", ("DPS", "2025-07-17", "10:00"), ("CGK", "2025-07-17T10:50:00+07:00"));
    back["stops"] = json!(1);
    json!({
        "total": "3432000", "currency": "IDR", "class": "economy",
        "legs": [{ "flights": [first, second] }, { "flights": [back] }],
    })
}

#[test]
fn slices_and_flights_are_read_from_lists() {
    let offer = &offers(&nested(), &json!([nested_flight()])).unwrap()[0];
    assert_eq!((offer.flight_number.as_str(), offer.carrier.as_str()), ("GA0402/GA57", "Garuda Indonesia"));
    assert_eq!((offer.stops, offer.duration_minutes, offer.cabin), (1, 235, Some(Cabin::Economy)));
    assert_eq!(Offer { id: OfferId::of(offer), ..offer.clone() }.check(), Ok(()));
    let [there, back] = &offer.slices[..] else { panic!("{offer:?}") };
    assert_eq!((there.segments.len(), there.stops, back.stops), (2, 1, 1));
    let [first, second] = &there.segments[..] else { panic!("{there:?}") };
    let expected = Segment {
        carrier: "GA".into(),
        flight_number: "0402".into(),
        operating_carrier: Some("QG".into()),
        origin: "CGK".parse().unwrap(),
        origin_terminal: Some("3".into()),
        destination: "SUB".parse().unwrap(),
        destination_terminal: None,
        departure: "2025-07-10T06:05:00+07:00".parse().unwrap(),
        arrival: "2025-07-10T07:35:00+07:00".parse().unwrap(),
        duration_minutes: 90,
        aircraft: Some("738".into()),
        cabin: Some(Cabin::Business),
    };
    assert_eq!(*first, expected);
    assert_eq!(second.arrival.to_string(), "2025-07-10T11:00:00+08:00");
    assert_eq!((second.cabin, second.operating_carrier.as_deref()), (Some(Cabin::Economy), None));
    assert_eq!((back.origin.as_str(), back.destination.as_str()), ("DPS", "CGK"));
}

#[test]
fn optional_parts_of_a_flight_are_left_out_one_by_one() {
    let mut flight = nested_flight();
    let first = &mut flight["legs"][0]["flights"][0];
    first["from"]["terminal"] = json!("Terminal 3 Ultimate");
    first["plane"] = json!(["738"]);
    first["operated_by"] = json!("x".repeat(129));
    first["class"] = json!("COACH");
    let (offer, left_out) = with_left_out(&nested(), &flight);
    let segment = &offer.slices[0].segments[0];
    let parts = (&segment.origin_terminal, &segment.aircraft, &segment.operating_carrier);
    assert_eq!(parts, (&None, &None, &None));
    assert_eq!(segment.cabin, Some(Cabin::Economy), "that of the offer");
    let expected = [
        "offer 0: segment.aircraft (`/legs/0/flights/0/plane`) is not a text",
        "offer 0: segment.cabin (`/legs/0/flights/0/class`) is not economy, premium_economy, business or first",
        "offer 0: slices[0].segments[0].operating_carrier is not 1 to 128 printable bytes",
        "offer 0: slices[0].segments[0].origin_terminal is not 1 to 16 printable bytes",
    ];
    assert_eq!(left_out, expected);
}

#[test]
fn slices_may_be_fields_and_have_one_flight_each() {
    let mapping = mapping(
        r#"
        offers = ""
        price = "/p"
        slices = ["/out", "/in"]
        segment = { flight_number = "/n", origin = "/a", destination = "/b", departure = "/t", duration_minutes = "/m" }
        "#,
    );
    mapping.check().unwrap();
    let leg = |number, from, to, at| json!({ "n": number, "a": from, "b": to, "t": at, "m": 110 });
    let there = leg("GA57", "CGK", "DPS", "2025-07-10T06:05");
    let body = json!([
        { "p": 1, "out": there, "in": leg("3K 0007", "DPS", "CGK", "2025-07-17T06:05") },
        { "p": 1, "out": there, "in": null },
    ]);
    let offers = offers(&mapping, &body).unwrap();
    assert_eq!(offers.iter().map(|offer| offer.slices.len()).collect::<Vec<_>>(), [2, 1]);
    let back = &offers[0].slices[1].segments[0];
    assert_eq!((back.carrier.as_str(), back.flight_number.as_str()), ("3K", "0007"));
    assert_eq!((offers[0].flight_number.as_str(), offers[0].carrier.as_str()), ("GA57", "GA"));
    // Merged with the same flight of suppliers that tell only flat fields.
    assert_eq!(OfferId::of(&offers[1]), OfferId::of(&Offer { slices: Vec::new(), ..offers[1].clone() }));
}

#[test]
fn an_error_in_a_list_names_the_path() {
    for (pointer, value, expected) in [
        ("/legs", json!([]), "slices (`/legs`) is empty"),
        ("/legs", json!(null), "slices (`/legs`) is missing"),
        ("/legs", json!(vec![1; 7]), "slices (`/legs`) has more elements than an offer may have"),
        ("/legs/1/flights", json!(null), "segments (`/legs/1/flights`) is missing"),
        ("/legs/1/flights/0", json!("GA57"), "segment.flight_number (`/legs/1/flights/0/number`) is missing"),
        (
            "/legs/0/flights/1/from/code",
            json!("Surabaya"),
            "segment.origin (`/legs/0/flights/1/from/code`) is not an IATA code",
        ),
        (
            "/legs/0/flights/1/from/time",
            json!("noon"),
            "segment.departure (`/legs/0/flights/1/from/day /legs/0/flights/1/from/time`) is not a date and time",
        ),
        (
            "/legs/1/flights/0/to/at",
            json!("2025-07-16T10:50:00"),
            "segment.arrival (`/legs/1/flights/0/to/at`) is before the departure or more than 7 days after it",
        ),
    ] {
        let mut flight = nested_flight();
        *flight.pointer_mut(pointer).unwrap() = value;
        assert_eq!(offers(&nested(), &json!([flight])).unwrap_err(), format!("offer 0: {expected}"));
    }
    let unknown = mapping("offers = ''\nprice = '/p'\nsegment.flight_number = '/n'");
    let error = offers(&unknown, &json!([{ "p": 1, "n": "57" }])).unwrap_err();
    assert!(error.contains("(`/n`) does not begin with a carrier's code"), "{error}");
}

#[test]
fn a_mapping_that_contradicts_itself_is_rejected() {
    let complete =
        "flight_number = '/n'\norigin = '/o'\ndestination = '/d'\ndeparture = '/t'\narrival = '/a'\n";
    let of = |more: &str| mapping(&format!("offers = ''\nprice = '/p'\n{more}")).check();
    let missing = |setting| Err((setting, "is missing"));
    assert_eq!(of(complete), Ok(()));
    assert_eq!(of(&format!("slices = '/s'\n[segment]\n{complete}")), Ok(()));
    assert_eq!(of(&complete.replace("flight_number", "carrier")), missing("flight_number"));
    assert_eq!(of(&complete.replace("departure", "carrier")), missing("departure"));
    assert_eq!(of(&complete.replace("arrival", "carrier")).unwrap_err().0, "arrival");
    assert_eq!(of(&format!("slices = '/s'\n{complete}")).unwrap_err().0, "segment");
    let both = format!("stops = '/stops'\n[segment]\n{complete}");
    assert_eq!(of(&both), Err(("stops", "is not read, because `segment` describes each flight")));
    for field in ["flight_number", "origin", "destination", "departure", "arrival"] {
        let without = format!("[segment]\n{}", complete.replace(field, "aircraft"));
        assert_eq!(of(&without).unwrap_err().0, format!("segment.{field}"));
    }
    let pointers = vec!["'/x'"; 65].join(", ");
    assert_eq!(of(&format!("{complete}carrier = [{pointers}]")), Err(("", "has more than 64 pointers")));
}

const NESTED_POINTERS: [&str; 9] = [
    "/legs",
    "/legs/0/flights",
    "/legs/0/flights/0",
    "/legs/0/flights/0/number",
    "/legs/0/flights/0/airline/code",
    "/legs/0/flights/1/from/code",
    "/legs/0/flights/1/from/time",
    "/legs/1/flights/0/to/at",
    "/legs/1/flights/0/stops",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_json_in_a_list_makes_it_panic(
        changes in prop::collection::vec((prop::sample::select(&NESTED_POINTERS[..]), any_json()), 1..4),
    ) {
        thread_local!(static AIRPORTS: Airports = Airports::embedded());
        let mut flight = nested_flight();
        for (pointer, value) in changes {
            if let Some(part) = flight.pointer_mut(pointer) {
                *part = value;
            }
        }
        AIRPORTS.with(|airports| {
            let (nested, query) = (nested(), query("JKT"));
            let json = flight.to_string();
            let read = nested.parser(&query, &code(), "", airports).parse(0, json.as_bytes());
            if let Ok(ReadOffer { offer: Some(offer), .. }) = read {
                let json = serde_json::to_string(&offer).unwrap();
                prop_assert!(serde_json::from_str::<Offer>(&json).is_ok(), "{}", json);
            }
            Ok(())
        })?;
    }
}
