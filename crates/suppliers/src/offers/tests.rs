use super::*;

fn query(from: &str, to: &str) -> SearchQuery {
    SearchQuery {
        origin: from.parse().unwrap(),
        destination: to.parse().unwrap(),
        date: "2025-07-10".parse().unwrap(),
        passengers: 2.try_into().unwrap(),
    }
}

fn offer(price: u64) -> Offer {
    Offer {
        flight_number: format!("GA{price}"),
        price,
        currency: "IDR".into(),
        carrier: "Garuda Indonesia".into(),
        origin: "CGK".parse().unwrap(),
        destination: "DPS".parse().unwrap(),
        departure: "2025-07-10T06:05:00+07:00".parse().unwrap(),
        arrival: "2025-07-10T09:00:00+08:00".parse().unwrap(),
        duration_minutes: 115,
        stops: 0,
        suppliers: Vec::new(),
    }
}

/// An offer that leaves at this time.
fn leaving(departure: &str) -> Offer {
    let departure: contracts::LocalTime = departure.parse().unwrap();
    let arrival = departure.timestamp().checked_add(jiff::SignedDuration::from_mins(115));
    let arrival = contracts::LocalTime::new(arrival.unwrap(), jiff::tz::Offset::UTC);
    Offer { departure, arrival, ..offer(9) }
}

/// What is wrong with an offer for a search from one place to another.
fn wrong(from: &str, to: &str, offer: Offer) -> Option<String> {
    let (query, airports) = (query(from, to), Airports::embedded());
    let mut found = Found::new(&query, &airports, 200);
    found.add(offer);
    let Findings { offers, good, wrong, first_wrong } = found.close().unwrap();
    assert_eq!((offers.len(), good, wrong), if first_wrong.is_some() { (0, 0, 1) } else { (1, 1, 0) });
    first_wrong.map(|reason| reason.to_string())
}

#[test]
fn an_offer_from_and_to_the_places_asked_for_is_good() {
    for (from, to) in [("CGK", "DPS"), ("JKT", "DPS")] {
        assert_eq!(wrong(from, to, offer(9)), None, "{from} {to}");
    }
    let unknown = Offer { origin: "QQQ".parse().unwrap(), ..offer(9) };
    assert_eq!(wrong("QQQ", "DPS", unknown), None, "whoever asks for it knows it");
    let city = Offer { origin: "JKT".parse().unwrap(), ..offer(9) };
    assert_eq!(wrong("JKT", "DPS", city), None, "not told which airport");
}

#[test]
fn an_offer_for_other_places_is_not() {
    for (from, to, told) in [
        ("SUB", "DPS", "offer 0: its origin CGK was not asked for"),
        ("HLP", "DPS", "offer 0: its origin CGK was not asked for"),
        ("DPS", "CGK", "offer 0: its origin CGK was not asked for"),
        ("CGK", "LON", "offer 0: its destination DPS was not asked for"),
    ] {
        assert_eq!(wrong(from, to, offer(9)).as_deref(), Some(told));
    }
    let don_mueang = Offer { destination: "DMK".parse().unwrap(), ..offer(9) };
    let told = wrong("CGK", "BKK", don_mueang);
    assert_eq!(
        told.as_deref(),
        Some("offer 0: its destination DMK was not asked for"),
        "BKK is Suvarnabhumi"
    );
}

#[test]
fn an_offer_leaves_on_the_day_asked_for_or_the_one_before_or_after() {
    for time in ["2025-07-09T00:00:00+07:00", "2025-07-10T23:59:00+07:00", "2025-07-11T23:59:00-11:00"] {
        assert_eq!(wrong("CGK", "DPS", leaving(time)), None, "{time}");
    }
    for (time, date) in [
        ("2025-07-08T23:59:59+07:00", "2025-07-08"),
        ("2025-07-12T00:00:00+07:00", "2025-07-12"),
        ("-009998-07-10T00:00:00+07:00", "-009998-07-10"),
        ("9999-12-29T00:00:00Z", "9999-12-29"),
    ] {
        let told = format!("offer 0: it departs on {date}, more than a day from the date asked for");
        assert_eq!(wrong("CGK", "DPS", leaving(time)), Some(told));
    }
}

#[test]
fn what_is_wrong_is_counted_and_the_first_reason_told() {
    let (query, airports) = (query("CGK", "DPS"), Airports::embedded());
    let mut found = Found::new(&query, &airports, 200);
    found.add(offer(7));
    found.add(Offer { origin: "SUB".parse().unwrap(), ..offer(8) });
    found.skip(Malformed::TooMany { limit: 1 });
    found.add(offer(9));
    let Findings { offers, good, wrong, first_wrong } = found.close().unwrap();
    assert_eq!(offers.iter().map(|offer| offer.price).collect::<Vec<_>>(), [7, 9]);
    assert_eq!((good, wrong), (2, 2));
    assert_eq!(first_wrong.unwrap().to_string(), "offer 1: its origin SUB was not asked for");
}

#[test]
fn where_nothing_is_of_use_that_is_an_error() {
    let (query, airports) = (query("CGK", "DPS"), Airports::embedded());
    let mut found = Found::new(&query, &airports, 200);
    found.add(offer(0));
    found.skip(Malformed::TooMany { limit: 1 });
    let error = found.close().unwrap_err().to_string();
    assert_eq!(error, "none of its 2 offers is of use: offer 0: price is not 1 to 1000000000000");
    let nothing = Found::new(&query, &airports, 200).close().unwrap();
    assert!(nothing.offers.is_empty() && nothing.first_wrong.is_none());
}

#[test]
fn the_cheapest_are_kept_however_many_there_are_and_all_are_counted() {
    let (query, airports) = (query("CGK", "DPS"), Airports::embedded());
    let mut found = Found::new(&query, &airports, 50);
    for price in (1..=1000).rev() {
        found.add(offer(price));
    }
    assert!(found.offers.capacity() <= 128, "{}", found.offers.capacity());
    let Findings { mut offers, good, .. } = found.close().unwrap();
    offers.sort_by_key(|offer| offer.price);
    assert_eq!(good, 1000);
    assert!(offers.iter().take(50).map(|offer| offer.price).eq(1..=50));
}

#[test]
fn of_a_flights_fares_the_cheapest_is_kept() {
    let (query, airports) = (query("CGK", "DPS"), Airports::embedded());
    let mut found = Found::new(&query, &airports, 200);
    for price in [900, 700, 800] {
        found.add(Offer { flight_number: "GA1".into(), ..offer(price) });
        found.add(Offer { flight_number: "GA1".into(), currency: "USD".into(), ..offer(price) });
    }
    found.keep_each_flight_once();
    let found = found.close().unwrap();
    assert_eq!(
        (found.offers.iter().map(|offer| offer.price).collect::<Vec<_>>(), found.good),
        (vec![700, 700], 2)
    );
}
