//! No response makes a mapping panic.

use proptest::prelude::*;

use super::*;

/// Any JSON, with some of the keys that the mapping reads.
pub(super) fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        "[A-Z]{3}".prop_map(Json::from),
        "[-0-9.]{0,20}".prop_map(Json::from),
        "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](Z|[+-][0-2][0-9]:[0-5][0-9])?"
            .prop_map(Json::from),
        any::<String>().prop_map(Json::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        let key = prop_oneof![
            Just("data"),
            Just("flights"),
            Just("carrier"),
            Just("code"),
            Just("name"),
            Just("number"),
            Just("price"),
            Just("total"),
            Just("currency"),
            Just("from"),
            Just("to"),
            Just("leaves"),
            Just("lands"),
            Just("stops"),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            prop::collection::btree_map(key.prop_map(str::to_owned), inner, 0..10)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

const POINTERS: [&str; 9] = [
    "/carrier/code",
    "/number",
    "/price/total",
    "/price/currency",
    "/from",
    "/to",
    "/leaves",
    "/lands",
    "/stops",
];

/// A flight with one or more of its parts replaced by any JSON.
fn broken_flight() -> impl Strategy<Value = Json> {
    prop::collection::vec((prop::sample::select(&POINTERS[..]), any_json()), 1..4).prop_map(|changes| {
        let mut flight = flight();
        for (pointer, value) in changes {
            if let Some(part) = flight.pointer_mut(pointer) {
                *part = value;
            }
        }
        flight
    })
}

proptest! {
    #[test]
    fn no_json_makes_it_panic(flight in prop_oneof![any_json(), broken_flight()]) {
        thread_local!(static AIRPORTS: Airports = Airports::embedded());
        AIRPORTS.with(|airports| {
            let (full, query) = (full(), query("JKT"));
            let read = full.parser(&query, &code(), "", airports).parse(0, flight.to_string().as_bytes());
            if let Ok(ReadOffer { offer: Some(offer), .. }) = read {
                let json = serde_json::to_string(&offer).unwrap();
                prop_assert!(serde_json::from_str::<Offer>(&json).is_ok(), "{}", json);
            }
            Ok(())
        })?;
    }

    #[test]
    fn no_bytes_make_it_panic(body: Vec<u8>) {
        thread_local!(static AIRPORTS: Airports = Airports::embedded());
        AIRPORTS.with(|airports| _ = full().parser(&query("JKT"), &code(), "", airports).parse(0, &body));
    }
}
