use airports::Airports;
use contracts::SupplierListing;

use super::*;

const OFFER: &str = r#"{"flight_number":"GA410/GA7230","price":3432000,"currency":"IDR","carrier":"Garuda Indonesia",
"origin":"CGK","destination":"LBJ","departure":"2026-12-08T22:05:00+07:00","arrival":"2026-12-09T09:10:00+08:00",
"duration_minutes":605,"stops":1,"suppliers":["GA","TRIPMART"],"id":"cfc5170ad15e9f58","cabin":"economy",
"slices":[{"origin":"CGK","destination":"LBJ","departure":"2026-12-08T22:05:00+07:00",
  "arrival":"2026-12-09T09:10:00+08:00","duration_minutes":605,"stops":1,"segments":[
  {"carrier":"GA","flight_number":"410","operating_carrier":"GA","origin":"CGK","origin_terminal":"3","destination":"DPS",
   "destination_terminal":"D","departure":"2026-12-08T22:05:00+07:00","arrival":"2026-12-09T00:55:00+08:00",
   "duration_minutes":110,"aircraft":"738","cabin":"economy"},
  {"carrier":"GA","flight_number":"7230","operating_carrier":"QG","origin":"DPS","origin_terminal":"I","destination":"LBJ",
   "departure":"2026-12-09T08:00:00+08:00","arrival":"2026-12-09T09:10:00+08:00","duration_minutes":70}]}],
"prices":[
 {"supplier":"GA","total":"3432000","currency":"IDR","base":"3012000","tax":"420000","fare_brand":"Eco Flex",
  "baggage":{"cabin_pieces":1,"checked_pieces":1,"checked_kg":20},
  "conditions":{"change":{"allowed":true,"penalty":"250000"},"refund":{"allowed":false}},
  "seats_left":4,"expires_at":"2026-12-01T10:00:00Z","deep_link":"https://example.com/book","offer_ref":"GA410-F"},
 {"supplier":"TRIPMART","total":"212.40","currency":"USD","baggage":{"checked_pieces":0},
  "conditions":{"change":{"allowed":true,"penalty":"0"},"refund":{"allowed":true}},"seats_left":30,
  "approximate":{"total":"3449999.57","currency":"IDR","rate_date":"2026-11-23"}}]}"#;

fn shown(json: &str) -> String {
    let listing =
        |(code, name): (&str, &str)| SupplierListing { code: code.parse().unwrap(), name: name.into() };
    let suppliers =
        [("GA", "Garuda Indonesia"), ("QG", "Citilink"), ("TRIPMART", "Trip\u{1b}mart")].map(listing);
    let names = Names { airports: &Airports::embedded(), suppliers: &suppliers };
    offer_text(&serde_json::from_str(json).unwrap(), &names)
}

#[test]
fn an_offer_in_full_has_flights_layovers_prices_baggage_and_conditions() {
    let text = shown(OFFER);
    for line in [
        "GA410/GA7230  Garuda Indonesia, economy, Rp 3.432.000",
        "Offer cfc5170ad15e9f58",
        "Jakarta (CGK) → Labuan Bajo (LBJ), Tue 8 Dec 2026, 10 h 05 m, 1 stop",
        "  22:05 UTC+7  CGK Jakarta, Soekarno-Hatta International Airport, terminal 3",
        "         GA410, Garuda Indonesia, aircraft 738, economy, 1 h 50 m",
        "  00:55 +1 UTC+8  DPS Denpasar, I Gusti Ngurah Rai International Airport, terminal D",
        "         ― 7 h 05 m in Denpasar (DPS); change from terminal D to I",
        "         GA7230, Garuda Indonesia, operated by Citilink, 1 h 10 m",
        "  Rp 3.432.000  GA Garuda Indonesia, Eco Flex",
        "      Rp 3.012.000 and Rp 420.000 taxes",
        "      1 cabin bag, 1 checked bag of 20 kg, change for Rp 250.000, no refund",
        "      https://example.com/book",
        "  USD 212.40  TRIPMART Tripmart",
        "      about Rp 3.450.000 by the rate of 2026-11-23",
        "      no checked bag, free change, refund possible",
    ] {
        assert!(text.lines().any(|own| own == line), "{line:?} is missing in\n{text}");
    }
    let validity = text.lines().find(|line| line.contains("4 seats left, valid until 2026-12-01 ")).unwrap();
    assert!(validity.ends_with(", reference GA410-F"), "{validity}");
    assert!(!text.contains("30 seats"), "many seats are no news:\n{text}");
}

#[test]
fn an_offer_of_which_little_is_known_shows_that() {
    let mut offer: serde_json::Value = serde_json::from_str(OFFER).unwrap();
    for field in ["slices", "cabin", "id"] {
        offer.as_object_mut().unwrap().remove(field);
    }
    offer["prices"] = serde_json::json!([{"supplier": "GA", "total": "3432000", "currency": "IDR"}]);
    let text = shown(&offer.to_string());
    let expected = "GA410/GA7230  Garuda Indonesia, Rp 3.432.000\n\n\
        Jakarta (CGK) → Labuan Bajo (LBJ), Tue 8 Dec 2026, 10 h 05 m, 1 stop\n  \
        22:05 UTC+7  CGK Jakarta, Soekarno-Hatta International Airport\n  \
        09:10 +1 UTC+8  LBJ Labuan Bajo, Komodo International Airport\n\n\
        Prices for all passengers together:\n  Rp 3.432.000  GA Garuda Indonesia\n";
    assert_eq!(text, expected);
}

#[test]
fn a_change_of_airport_is_said() {
    let text = shown(&OFFER.replace(r#""origin":"DPS","origin_terminal":"I""#, r#""origin":"LOP""#));
    assert!(text.contains("in Denpasar (DPS); change to the airport "), "{text}");
}
