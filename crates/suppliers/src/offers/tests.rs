use contracts::{
    Amount, SearchId,
    offer::{Price, Segment, Slice},
};

use super::*;
use crate::{error::ResponseError, testing::query};

fn offer(price: u64) -> Offer {
    Offer {
        flight_number: format!("GA{price}"),
        price,
        currency: Currency::IDR,
        carrier: "Garuda Indonesia".into(),
        origin: "CGK".parse().unwrap(),
        destination: "DPS".parse().unwrap(),
        departure: "2025-07-10T06:05:00+07:00".parse().unwrap(),
        arrival: "2025-07-10T09:00:00+08:00".parse().unwrap(),
        duration_minutes: 115,
        stops: 0,
        suppliers: Vec::new(),
        id: OfferId::default(),
        cabin: None,
        slices: Vec::new(),
        prices: Vec::new(),
        comparable: true,
        best_rank: None,
    }
}

/// An offer that departs at this time.
fn departing(departure: &str) -> Offer {
    let departure: LocalTime = departure.parse().unwrap();
    let arrival = departure.timestamp().checked_add(jiff::SignedDuration::from_mins(115));
    let arrival = LocalTime::new(arrival.unwrap(), jiff::tz::Offset::UTC);
    Offer { departure, arrival, ..offer(9) }
}

/// Why an offer is rejected for a search between these places, if it is.
fn rejection(from: &str, to: &str, offer: Offer) -> Option<String> {
    let (query, airports) = (query(from, to), Airports::embedded());
    let mut collector = OfferCollector::new(&query, &airports, 200);
    collector.add(offer);
    let CollectedOffers { offers, valid, rejected, first_rejection } = collector.finish().unwrap();
    let expected = if first_rejection.is_some() { (0, 0, 1) } else { (1, 1, 0) };
    assert_eq!((offers.len(), valid, rejected), expected);
    first_rejection.map(|reason| reason.to_string())
}

#[test]
fn an_offer_between_the_places_searched_for_is_accepted() {
    for (from, to) in [("CGK", "DPS"), ("JKT", "DPS")] {
        assert_eq!(rejection(from, to, offer(9)), None, "{from} {to}");
    }
    let unknown = Offer { origin: "QQQ".parse().unwrap(), ..offer(9) };
    assert_eq!(rejection("QQQ", "DPS", unknown), None, "an airport that we do not know");
    let city = Offer { origin: "JKT".parse().unwrap(), ..offer(9) };
    assert_eq!(rejection("JKT", "DPS", city), None, "the supplier names only the city");
}

#[test]
fn an_offer_between_other_places_is_rejected() {
    for (from, to, expected) in [
        ("SUB", "DPS", "offer 0: its origin CGK was not searched for"),
        ("HLP", "DPS", "offer 0: its origin CGK was not searched for"),
        ("DPS", "CGK", "offer 0: its origin CGK was not searched for"),
        ("CGK", "LON", "offer 0: its destination DPS was not searched for"),
    ] {
        assert_eq!(rejection(from, to, offer(9)).as_deref(), Some(expected));
    }
    let don_mueang = Offer { destination: "DMK".parse().unwrap(), ..offer(9) };
    let expected = rejection("CGK", "BKK", don_mueang);
    assert_eq!(
        expected.as_deref(),
        Some("offer 0: its destination DMK was not searched for"),
        "BKK is Suvarnabhumi"
    );
}

#[test]
fn an_offer_departs_at_most_a_day_before_or_after_the_date() {
    for time in ["2025-07-09T00:00:00+07:00", "2025-07-10T23:59:00+07:00", "2025-07-11T23:59:00-11:00"] {
        assert_eq!(rejection("CGK", "DPS", departing(time)), None, "{time}");
    }
    for (time, date) in [
        ("2025-07-08T23:59:59+07:00", "2025-07-08"),
        ("2025-07-12T00:00:00+07:00", "2025-07-12"),
        ("-009998-07-10T00:00:00+07:00", "-009998-07-10"),
        ("9999-12-29T00:00:00Z", "9999-12-29"),
    ] {
        let expected = format!("offer 0: it departs on {date}, more than a day from the date searched for");
        assert_eq!(rejection("CGK", "DPS", departing(time)), Some(expected));
    }
}

#[test]
fn rejected_offers_are_counted_and_the_first_reason_kept() {
    let (query, airports) = (query("CGK", "DPS"), Airports::embedded());
    let mut collector = OfferCollector::new(&query, &airports, 200);
    collector.add(offer(7));
    collector.add(Offer { origin: "SUB".parse().unwrap(), ..offer(8) });
    collector.reject(ResponseError::TooManyOffers { limit: 1 });
    collector.add(offer(9));
    let CollectedOffers { offers, valid, rejected, first_rejection } = collector.finish().unwrap();
    assert_eq!(offers.iter().map(|offer| offer.price).collect::<Vec<_>>(), [7, 9]);
    assert_eq!((valid, rejected), (2, 2));
    assert_eq!(first_rejection.unwrap().to_string(), "offer 1: its origin SUB was not searched for");
}

#[test]
fn a_response_with_only_invalid_offers_is_an_error() {
    let (query, airports) = (query("CGK", "DPS"), Airports::embedded());
    let mut collector = OfferCollector::new(&query, &airports, 200);
    collector.add(offer(0));
    collector.reject(ResponseError::TooManyOffers { limit: 1 });
    let error = collector.finish().unwrap_err().to_string();
    assert_eq!(error, "none of the 2 offers is valid: offer 0: price is not 1 to 1000000000000");
    let nothing = OfferCollector::new(&query, &airports, 200).finish().unwrap();
    assert!(nothing.offers.is_empty() && nothing.first_rejection.is_none());
}

#[test]
fn only_the_cheapest_are_kept_and_all_are_counted() {
    let (query, airports) = (query("CGK", "DPS"), Airports::embedded());
    let mut collector = OfferCollector::new(&query, &airports, 50);
    for price in (1..=1000).rev() {
        collector.add(offer(price));
    }
    assert!(collector.offers.capacity() <= 128, "{}", collector.offers.capacity());
    let CollectedOffers { mut offers, valid, .. } = collector.finish().unwrap();
    offers.sort_by_key(|offer| offer.price);
    assert_eq!(valid, 1000);
    assert!(offers.iter().take(50).map(|offer| offer.price).eq(1..=50));
}

#[test]
fn the_fares_of_a_flight_become_its_prices() {
    let (query, airports) = (query("CGK", "DPS"), Airports::embedded());
    let mut collector = OfferCollector::new(&query, &airports, 200);
    let fare = |units: u64, brand: &str| {
        let mut price =
            Price::new("GA".parse().unwrap(), Amount::units(units, Currency::IDR).unwrap(), Currency::IDR);
        price.fare_brand = Some(brand.into());
        Offer { flight_number: "GA1".into(), prices: vec![price], ..offer(units) }
    };
    for (units, brand) in [(900, "Flex"), (700, "Lite"), (800, "Lite")] {
        collector.add(fare(units, brand));
    }
    let found = collector.finish().unwrap();
    let fares: Vec<_> = found.offers[0]
        .prices
        .iter()
        .map(|price| (price.fare_brand.as_deref().unwrap(), price.total.units_rounded_up()))
        .collect();
    assert_eq!((found.valid, found.offers[0].price), (1, 700));
    assert_eq!(fares, [("Lite", 700), ("Flex", 900)]);
}

/// The only slice of an offer, with one flight.
fn slice_of(one_way: &Offer) -> Slice {
    Slice {
        origin: one_way.origin,
        destination: one_way.destination,
        departure: one_way.departure,
        arrival: one_way.arrival,
        duration_minutes: one_way.duration_minutes,
        stops: 0,
        segments: vec![Segment {
            carrier: "GA".into(),
            flight_number: "9".into(),
            operating_carrier: None,
            origin: one_way.origin,
            origin_terminal: None,
            destination: one_way.destination,
            destination_terminal: None,
            departure: one_way.departure,
            arrival: one_way.arrival,
            duration_minutes: one_way.duration_minutes,
            aircraft: None,
            cabin: None,
        }],
    }
}

#[test]
fn an_offer_with_more_slices_is_for_another_search() {
    let one_way = offer(9);
    let slice = slice_of(&one_way);
    assert_eq!(rejection("CGK", "DPS", Offer { slices: vec![slice.clone()], ..offer(9) }), None);
    let mut back = slice.clone();
    let later = |time: LocalTime| {
        let at = time.timestamp().checked_add(jiff::SignedDuration::from_hours(48)).unwrap();
        LocalTime::new(at, jiff::tz::Offset::UTC)
    };
    (back.departure, back.arrival) = (later(back.departure), later(back.arrival));
    (back.segments[0].departure, back.segments[0].arrival) = (back.departure, back.arrival);
    let both = Offer { slices: vec![slice, back], ..offer(9) };
    assert_eq!(
        rejection("CGK", "DPS", both).as_deref(),
        Some("offer 0: it has 2 slices, not as many as were searched for")
    );
}

#[test]
fn a_flight_has_one_number_however_it_is_written() {
    let (query, airports) = (query("CGK", "DPS"), Airports::embedded());
    for (written, expected) in [
        ("GA402", "GA402"),
        ("ga0402", "GA402"),
        ("GA0402a", "GA402A"),
        ("3K0402", "3K0402"),
        ("X100", "X100"),
        ("GA000", "GA0"),
        ("GA00402", "GA00402"),
        ("GA402/GA410", "GA402/GA410"),
        ("ga0057/GA0402", "GA57/GA402"),
        ("GA0057/3K0402", "GA57/3K0402"),
        ("GIA0402", "GIA0402"),
        ("7", "7"),
    ] {
        let mut collector = OfferCollector::new(&query, &airports, 200);
        collector.add(Offer { flight_number: written.into(), ..offer(9) });
        let found = collector.finish().unwrap().offers.remove(0);
        assert_eq!(found.flight_number, expected);
        assert_eq!(found.id, OfferId::of(&Offer { flight_number: expected.into(), ..offer(9) }));
    }
}

#[test]
fn the_flights_of_slices_and_the_offers_own_number_agree() {
    let (query, airports) = (query("CGK", "DPS"), Airports::embedded());
    let numbered = |carrier: &str, number: &str, own: &str| {
        let mut slice = slice_of(&offer(9));
        (slice.segments[0].carrier, slice.segments[0].flight_number) = (carrier.into(), number.into());
        let mut collector = OfferCollector::new(&query, &airports, 200);
        collector.add(Offer { flight_number: own.into(), slices: vec![slice], ..offer(9) });
        let found = collector.finish().unwrap().offers.remove(0);
        (found.flight_number, found.slices[0].segments[0].flight_number.clone())
    };
    let pair = |own: &str, segment: &str| (own.to_owned(), segment.to_owned());
    assert_eq!(numbered("GA", "0402", "GA0402"), pair("GA402", "402"));
    assert_eq!(
        numbered("U2", "0402", "u20402"),
        pair("U2402", "402"),
        "where the number begins is certain here"
    );
    assert_eq!(numbered("Garuda", "0402", "0402"), pair("402", "402"));
    assert_eq!(numbered("GA", "402", "GA402"), pair("GA402", "402"));
}

#[test]
fn an_offer_that_tells_no_cabin_is_in_the_searched_one_or_the_lowest_that_is_sold() {
    let airports = Airports::embedded();
    for (searched, lowest, told, expected) in [
        (None, None, None, None),
        (Some(Cabin::Business), None, None, Some(Cabin::Business)),
        (None, Some(Cabin::Business), None, Some(Cabin::Business)),
        (Some(Cabin::First), Some(Cabin::Business), None, Some(Cabin::First)),
        (None, Some(Cabin::Business), Some(Cabin::First), Some(Cabin::First)),
    ] {
        let query = SearchQuery { cabin: searched, ..query("CGK", "DPS") };
        let mut collector = OfferCollector::new(&query, &airports, 200).in_cabin(lowest);
        collector.add(Offer { cabin: told, ..offer(9) });
        let found = collector.finish().unwrap().offers.remove(0);
        assert_eq!((found.cabin, found.id), (expected, OfferId::of(&Offer { cabin: expected, ..offer(9) })));
    }
}

#[test]
fn of_a_price_check_only_the_offer_that_is_asked_for_is_kept() {
    let (query, airports) = (query("CGK", "DPS"), Airports::embedded());
    let wanted = Offer { id: OfferId::of(&offer(9_000_000)), ..offer(9_000_000) };
    let price =
        Price::new("GA".parse().unwrap(), Amount::units(9_000_000, Currency::IDR).unwrap(), Currency::IDR);
    let check = PriceCheck::new(SearchId::random(), wanted.id, &price);
    let collected = |offers: Vec<Offer>| {
        let mut collector = OfferCollector::new(&query, &airports, 1).only(Some(&check));
        collector.reserve(offers.len());
        for offer in offers {
            collector.add(offer);
        }
        collector.finish().map(|found| (found.offers.len(), found.valid, found.rejected))
    };
    let cheaper: Vec<_> = (1..=200).map(offer).collect();
    let broken = || Offer { stops: 77, ..offer(9) };
    assert_eq!(collected([cheaper.clone(), vec![wanted.clone()]].concat()).unwrap(), (1, 1, 0));
    let elsewhere = || Offer { origin: "SUB".parse().unwrap(), ..offer(9) };
    for others in [Vec::new(), vec![elsewhere()]] {
        let error = collected([others, vec![broken()]].concat()).unwrap_err();
        assert!(matches!(error, SupplierError::NoValidOffer { .. }) && error.is_supplier_fault(), "{error}");
    }
    let error = collected([cheaper.clone(), vec![broken()]].concat()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the price was not found, and 1 of the offers can't be read: offer 200: stops are more than 9"
    );
    assert!(!error.is_supplier_fault(), "it answers searches");
    assert_eq!(collected([cheaper, vec![elsewhere()]].concat()).unwrap(), (0, 0, 1), "that is another offer");
    assert_eq!(collected(Vec::new()).unwrap(), (0, 0, 0));
    let flex = Price { fare_brand: Some("Flex".into()), ..price.clone() };
    let in_another_fare = Offer { prices: vec![flex], ..wanted };
    assert_eq!(collected(vec![in_another_fare]).unwrap(), (0, 0, 0));
}
