use std::time::Duration;

use contracts::{Cabin, search};
use jiff::Timestamp;

use super::{trips::MAX_OFFERS, *};
use crate::{file, testing::query_on};

/// When the tests search.
pub(super) fn now() -> Timestamp {
    "2026-12-01T00:00:00Z".parse().unwrap()
}

/// The embedded carriers.
fn carriers() -> Vec<Simulated> {
    let airports = Arc::new(Airports::embedded());
    let entries = file::parse(include_str!("../../../suppliers.toml")).unwrap();
    entries
        .iter()
        .map(|entry| Simulated::from_entry(entry, RegistryOptions::default(), &airports).unwrap())
        .collect()
}

pub(super) fn carrier(code: &str) -> Simulated {
    let code: SupplierCode = code.parse().unwrap();
    carriers().into_iter().find(|simulated| simulated.carrier.code == code).unwrap()
}

pub(super) fn query(from: &str, to: &str, date: &str, passengers: u64) -> SearchQuery {
    query_on(date, from, to, passengers)
}

const ROUTES: [(&str, &str); 12] = [
    ("CGK", "DPS"),
    ("JKT", "DPS"),
    ("CGK", "LON"),
    ("DPS", "SYD"),
    ("SUB", "KNO"),
    ("UPG", "SIN"),
    ("CGK", "AMS"),
    ("SIN", "JFK"),
    ("KNO", "TYO"),
    ("DJJ", "BTJ"),
    ("CGK", "LAX"),
    ("SIN", "AKL"),
];

const DATES: [&str; 5] = ["2025-07-10", "2025-12-26", "2026-03-29", "2026-10-25", "2024-02-29"];

/// Every embedded carrier's offers on some routes and days.
fn all() -> Vec<Offer> {
    let carriers = carriers();
    let mut offers = Vec::new();
    for (from, to) in ROUTES {
        for date in DATES {
            for carrier in &carriers {
                let found = carrier.offers(&query(from, to, date, 1), now());
                assert!(found.len() <= MAX_OFFERS);
                offers.extend(found);
            }
        }
    }
    assert!(offers.len() > 500, "{}", offers.len());
    offers
}

#[test]
fn the_same_search_always_finds_the_same_offers() {
    let offers = carrier("GA").offers(&query("CGK", "DPS", "2025-07-10", 2), now());
    let actual: Vec<_> = offers
        .iter()
        .map(|o| format!("{} {} {} {}", o.flight_number, o.price, o.departure, o.arrival))
        .collect();
    assert_eq!(
        actual,
        [
            "GA615 2894000 2025-07-10T05:10:00+07:00 2025-07-10T08:00:00+08:00",
            "GA625 3134000 2025-07-10T20:20:00+07:00 2025-07-10T23:10:00+08:00",
            "GA619 3436000 2025-07-10T12:15:00+07:00 2025-07-10T15:05:00+08:00",
            "GA623 3572000 2025-07-10T18:40:00+07:00 2025-07-10T21:30:00+08:00",
            "GA621 3590000 2025-07-10T14:30:00+07:00 2025-07-10T17:20:00+08:00",
        ]
    );
}

#[test]
fn passengers_only_multiply_the_price() {
    let ga = carrier("GA");
    let one = ga.offers(&query("CGK", "DPS", "2025-07-10", 1), now());
    let mut nine = ga.offers(&query("CGK", "DPS", "2025-07-10", 9), now());
    for (one, nine) in one.iter().zip(&mut nine) {
        assert_eq!(nine.price, one.price * 9);
        assert_eq!(nine.prices[0].total.units_rounded_up(), nine.price);
        (nine.price, nine.prices) = (one.price, one.prices.clone());
    }
    assert_eq!(one, nine);
}

#[test]
fn a_city_has_the_flights_of_its_airports() {
    let qg = carrier("QG");
    let of = |code| qg.offers(&query(code, "SUB", "2025-07-10", 1), now());
    let mut airports = [of("CGK"), of("HLP")].concat();
    airports.sort_by_key(|offer| (offer.price, offer.departure.timestamp()));
    assert!(airports.len() > MAX_OFFERS, "both airports have flights");
    assert_eq!(of("JKT"), airports[..MAX_OFFERS]);
}

#[test]
fn each_flight_is_sold_in_two_fares_with_conditions_and_baggage() {
    for offer in all() {
        assert_eq!(offer.check(), Ok(()), "{offer:?}");
        let [lite, flex] = &offer.prices[..] else { panic!("{offer:?}") };
        assert_eq!((lite.fare_brand.as_deref(), flex.fare_brand.as_deref()), (Some("Lite"), Some("Flex")));
        assert_eq!(lite.total.units_rounded_up(), offer.price);
        assert!(lite.total < flex.total, "{offer:?}");
        for price in [lite, flex] {
            let parts = price.base.unwrap().decimal() + price.tax.unwrap().decimal();
            assert_eq!(parts, price.total.decimal());
        }
        assert_ne!(lite.offer_ref, flex.offer_ref);
        assert!(
            !lite.conditions.unwrap().refund.unwrap().allowed
                && flex.conditions.unwrap().refund.unwrap().allowed
        );
    }
}

#[test]
fn durations_match_the_times_and_a_plausible_speed() {
    let airports = Airports::embedded();
    for offer in all() {
        let flown = offer.arrival.timestamp().duration_since(offer.departure.timestamp());
        assert_eq!(flown.as_mins(), i64::from(offer.duration_minutes), "{offer:?}");
        let airport = |code| airports.airport(code).unwrap();
        let km = airports::distance_km(airport(offer.origin), airport(offer.destination));
        let speed = km / f64::from(offer.duration_minutes) * 60.0;
        assert!(speed < 830.0, "{offer:?}");
        assert!(offer.stops > 0 || speed > 150.0, "{offer:?}");
        assert_eq!(offer.flight_number.split('/').count(), usize::from(offer.stops) + 1, "{offer:?}");
    }
}

#[test]
fn times_are_local_and_departures_on_the_date_searched_for() {
    let airports = Airports::embedded();
    for offer in all() {
        let zone = |code| airports.airport(code).unwrap().zone();
        let text = |time: contracts::LocalTime| time.to_string();
        let expected = |at: Timestamp, code| at.display_with_offset(zone(code).to_offset(at)).to_string();
        assert_eq!(text(offer.departure), expected(offer.departure.timestamp(), offer.origin));
        assert_eq!(text(offer.arrival), expected(offer.arrival.timestamp(), offer.destination));
        assert!(DATES.contains(&&text(offer.departure)[..10]), "{offer:?}");
    }
}

#[test]
fn prices_are_whole_thousands_and_rise_with_the_distance() {
    let cheapest = |code: &str, from, to| {
        carrier(code)
            .offers(&query(from, to, "2025-07-10", 1), now())
            .iter()
            .map(|offer| offer.price)
            .min()
            .unwrap()
    };
    assert!((400_000..2_500_000).contains(&cheapest("GA", "CGK", "DPS")), "{}", cheapest("GA", "CGK", "DPS"));
    assert!(cheapest("GA", "CGK", "AMS") > 4 * cheapest("GA", "CGK", "DPS"));
    assert!(cheapest("QZ", "CGK", "DPS") < cheapest("GA", "CGK", "DPS"));
    assert!(all().iter().all(|offer| offer.price % 1000 == 0 && offer.price >= 200_000));
}

#[test]
fn dates_at_the_ends_of_the_calendar_do_not_panic() {
    for date in ["0000-01-01", "0001-01-01", "9999-12-30", "9999-12-31"] {
        for simulated in carriers() {
            simulated.offers(&query("CGK", "LON", date, 9), now());
            simulated.offers(&query("SYD", "CGK", date, 9), now());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_takes_its_latency() {
    let began = Instant::now();
    let deadline = began + Duration::from_mins(1);
    let (query, airports) = (query("CGK", "DPS", "2025-07-10", 2), Airports::embedded());
    let _ =
        carrier("GA").search(&query, deadline, None, &mut OfferCollector::new(&query, &airports, 200)).await;
    assert!(began.elapsed() > Duration::from_millis(50));
}

/// From Jakarta to Bali, on to Surabaya, and back.
fn round_trip() -> SearchQuery {
    let slice = |from: &str, to: &str, date: &str| {
        Slice::new(from.parse().unwrap(), to.parse().unwrap(), date.parse().unwrap()).unwrap()
    };
    let slices = vec![
        slice("JKT", "DPS", "2026-12-08"),
        slice("DPS", "SUB", "2026-12-08"),
        slice("SUB", "CGK", "2026-12-15"),
    ];
    let adults: search::Adults = 1.try_into().unwrap();
    SearchQuery::new(search::Slices::new(slices).unwrap(), adults.into())
}

#[test]
fn a_trip_of_several_slices_is_flown_in_order() {
    let offers: Vec<_> = carriers().iter().flat_map(|carrier| carrier.offers(&round_trip(), now())).collect();
    assert!(offers.len() > 10, "{}", offers.len());
    for offer in &offers {
        assert_eq!(offer.check(), Ok(()));
        assert_eq!(offer.slices.len(), 3);
        assert_eq!((offer.departure, offer.arrival), (offer.slices[0].departure, offer.slices[0].arrival));
        for pair in offer.slices.windows(2) {
            let stay = pair[1].departure.timestamp().duration_since(pair[0].arrival.timestamp());
            assert!(stay.as_mins() >= 60, "{offer:?}");
        }
    }
}

#[test]
fn a_child_pays_less_than_an_adult_and_business_more_than_economy() {
    let cheapest = |change: &dyn Fn(&mut SearchQuery)| {
        let mut query = query("CGK", "DPS", "2026-12-08", 2);
        change(&mut query);
        let offer = carrier("GA").offers(&query, now()).into_iter().next().unwrap();
        assert!(offer.slices[0].segments.iter().all(|segment| segment.cabin == offer.cabin));
        (offer.price, offer.cabin.unwrap())
    };
    let in_thousands = |price: u64| price / 1_000 * 1_000;
    let (two_adults, cabin) = cheapest(&|_| {});
    assert_eq!(cabin, Cabin::Economy);
    let family = |children: &[u64], infants: &[u64]| {
        let children = children.iter().map(|age| (*age).try_into().unwrap()).collect();
        let infants = infants.iter().map(|age| (*age).try_into().unwrap()).collect();
        search::Passengers::new(1.try_into().unwrap(), children, infants).unwrap()
    };
    assert_eq!(
        cheapest(&|query| query.passengers = family(&[7], &[0])).0,
        in_thousands(two_adults / 2 * 185 / 100)
    );
    let (business, cabin) = cheapest(&|query| query.cabin = Some(Cabin::Business));
    assert_eq!((business, cabin), (in_thousands(two_adults * 320 / 100), Cabin::Business));
}

#[test]
fn hours_and_stops_that_were_not_searched_for_are_left_out() {
    let mut query = query("CGK", "DPS", "2026-12-08", 1);
    let noon = Some("12:00".parse().unwrap());
    let morning = search::TimeWindow::new(None, noon).unwrap();
    let slice = query.first().within(morning, search::TimeWindow::default());
    query.slices = search::Slices::one_way(slice);
    query.max_stops = Some(0.try_into().unwrap());
    let offers: Vec<_> = carriers().iter().flat_map(|carrier| carrier.offers(&query, now())).collect();
    assert!(!offers.is_empty());
    assert!(offers.iter().all(|offer| offer.stops == 0 && offer.departure.minute_of_day() <= 12 * 60));
}

#[test]
fn some_onward_flights_are_codeshares_and_no_first_flight_is() {
    let offers = all();
    let flights = offers.iter().flat_map(|offer| &offer.slices).flat_map(|slice| {
        slice
            .segments
            .iter()
            .enumerate()
            .map(|(at, segment)| (at, segment.operating_carrier.as_ref() == Some(&segment.carrier)))
    });
    let flights: Vec<_> = flights.collect();
    assert!(flights.iter().all(|(at, own)| *own || *at > 0));
    assert!(flights.iter().filter(|(_, own)| !own).count() > 10);
}
