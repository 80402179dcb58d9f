//! Mappings of a list of fares within an offer.

use super::*;

/// The example of docs/suppliers.md.
fn with_fares() -> Mapping {
    mapping(
        r#"
        offers = "/itineraries"
        slices = "/legs"
        fares = "/fares"
        price = "/total"
        currency = "/currency"
        fare_brand = "/brand"
        seats_left = "/seats"
        baggage = { checked_pieces = "/bags" }
        offer_ref = "/id"

        [segment]
        flight_number = "/number"
        origin = "/from"
        destination = "/to"
        departure = "/leaves"
        arrival = "/lands"
        "#,
    )
}

fn fare(brand: &str, total: &str) -> Json {
    json!({ "brand": brand, "total": total, "currency": "USD", "id": format!("id-{brand}"), "bags": 1 })
}

fn body(fares: &Json) -> Json {
    let leg = json!({
        "number": "GA402", "from": "CGK", "to": "DPS", "leaves": "2025-07-10T06:05", "lands": "2025-07-10T09:00",
    });
    json!({ "itineraries": [{ "legs": [leg], "fares": fares }] })
}

fn one(fares: &Json) -> ReadOffer {
    read(&with_fares(), &query("JKT"), &body(fares)).unwrap().remove(0)
}

#[test]
fn each_element_is_a_price_the_cheapest_first() {
    assert_eq!(with_fares().check(), Ok(()));
    let mut flex = fare("Flex", "250.00");
    flex["seats"] = json!("9+");
    let read = one(&json!([flex, fare("Lite", "180.50"), fare("Plus", "200")]));
    assert!(read.bad_fares.is_empty());
    assert_eq!(
        read.left_out.reasons(),
        ["offer 0: seats_left (`/fares/0/seats`) is not a small whole number"]
    );
    let mut offer = read.offer.unwrap();
    let told: Vec<_> = offer
        .prices
        .iter()
        .map(|price| {
            (price.fare_brand.as_deref().unwrap(), price.total.to_string(), price.offer_ref.as_deref())
        })
        .collect();
    let expected = [("Lite", "180.50"), ("Plus", "200.00"), ("Flex", "250.00")];
    assert_eq!(told.iter().map(|(brand, total, _)| (*brand, total.as_str())).collect::<Vec<_>>(), expected);
    assert_eq!(told[2].2, Some("id-Flex"));
    assert_eq!((offer.price, offer.currency.as_str(), offer.slices.len()), (181, "USD", 1));
    offer.id = OfferId::of(&offer);
    assert_eq!(offer.check(), Ok(()));
}

#[test]
fn a_bad_fare_is_left_out_and_the_others_stay() {
    let mut dear = fare("Dear", "400");
    dear["bags"] = json!(21);
    let read = one(&json!([fare("Lite", "cheap"), fare("Free", "0"), 7, fare("Flex", "250"), dear]));
    let reasons: Vec<_> = read.bad_fares.iter().map(ToString::to_string).collect();
    assert_eq!(
        reasons,
        [
            "offer 0: price (`/fares/0/total`) is not an amount",
            "offer 0: total is 0, or base or tax is more than it",
            "offer 0: price (`/fares/2/total`) is missing",
        ]
    );
    assert_eq!(
        read.left_out.reasons(),
        ["offer 0: `/fares/4` baggage.checked_pieces is more than 20 pieces"]
    );
    assert_eq!(read.offer.unwrap().prices.len(), 2);

    let none = one(&json!([fare("Lite", "cheap")]));
    assert!(none.offer.is_none() && none.bad_fares.len() == 1);
    let error = offers(&with_fares(), &body(&json!([]))).unwrap_err();
    assert_eq!(error, "offer 0: fares (`/fares`) is empty");
}

#[test]
fn the_cheapest_of_many_fares_are_kept() {
    let fares: Vec<_> = (0..100).map(|at| fare(&format!("Fare{at}"), &(1000 - at).to_string())).collect();
    let offer = one(&json!(fares)).offer.unwrap();
    assert_eq!((offer.prices.len(), offer.price), (MAX_PRICES, 901));
}

#[test]
fn a_price_check_finds_its_fare_however_many_are_cheaper() {
    let fares: Vec<_> = (0..300).map(|at| fare(&format!("Fare{at}"), &(1000 - at).to_string())).collect();
    let (mapping, query, code, airports) = (with_fares(), query("JKT"), code(), Airports::embedded());
    let mut price = Price::new(code.clone(), "990".parse().unwrap(), "USD".parse().unwrap());
    price.fare_brand = Some("Fare7".into());
    let check = PriceCheck::new(contracts::SearchId::random(), OfferId::default(), &price);
    let parser = mapping.parser(&query, &code, "The Supplier", &airports).only(Some(&check));
    let itinerary = body(&json!(fares))["itineraries"][0].to_string();
    let found = parser.parse(0, itinerary.as_bytes()).unwrap().offer.unwrap();
    assert_eq!((found.prices.len(), found.price), (1, 993));
    let others = body(&json!([fare("Lite", "180.50")]))["itineraries"][0].to_string();
    let read = parser.parse(0, others.as_bytes()).unwrap();
    assert!(read.offer.is_none() && read.bad_fares.is_empty(), "it has other fares");
}

#[test]
fn a_fare_that_no_text_can_hold_costs_no_other() {
    let fares = r#"[{ "total": "180.50", "currency": "USD", "brand": "Lite" }, { "total": "250", "brand": "\ud83d" }]"#;
    let itinerary = body(&json!("fares"))["itineraries"][0]
        .to_string()
        .replace("\"fares\":\"fares\"", &format!("\"fares\":{fares}"));
    let (mapping, query, code, airports) = (with_fares(), query("JKT"), code(), Airports::embedded());
    let read = mapping.parser(&query, &code, "", &airports).parse(0, itinerary.as_bytes()).unwrap();
    assert_eq!((read.offer.unwrap().prices.len(), read.bad_fares.len()), (1, 1));
}

#[test]
fn fares_may_be_beside_flat_fields_and_at_several_pointers() {
    let mapping = mapping(
        "offers = ''\nflight_number = '/n'\ndeparture = '/d'\narrival = '/a'\nfares = ['/lite', '/flex']\nprice = '/p'",
    );
    let flight = json!({
        "n": "GA402", "d": "2025-07-10T06:05", "a": "2025-07-10T09:00", "lite": { "p": 1 }, "flex": null, "p": 7,
    });
    let offer = &offers(&mapping, &json!([flight])).unwrap()[0];
    assert_eq!((offer.prices.len(), offer.price), (1, 1));
}
