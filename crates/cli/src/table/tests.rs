use console::measure_text_width;
use contracts::Currency;
use proptest::prelude::*;

use super::*;
use crate::short_id::Digits;

fn offer(number: &str, price: u64, departure: &str, arrival: &str) -> String {
    format!(
        r#"{{"flight_number":"{number}","price":{price},"currency":"IDR","carrier":"Garuda Indonesia","origin":"CGK",
        "destination":"DPS","departure":"{departure}","arrival":"{arrival}","duration_minutes":110,"stops":0,
        "suppliers":["GA","TRAVELGO"],"id":"cfc5170ad15e9f58"}}"#
    )
}

fn early(number: &str, price: u64) -> String {
    offer(number, price, "2027-07-10T06:05:00+07:00", "2027-07-10T08:55:00+08:00")
}

/// A return with a connection, by a carrier with a long name.
fn long() -> String {
    let way = |from: &str, to: &str, day: u8, numbers: [&str; 2]| {
        let segment = |number: &str| {
            format!(
                r#"{{"carrier":"5J","flight_number":"{number}","origin":"{from}","destination":"{to}",
                "departure":"2027-07-{day}T22:05:00+07:00","arrival":"2027-07-{day}T23:55:00+08:00",
                "duration_minutes":50}}"#
            )
        };
        format!(
            r#"{{"origin":"{from}","destination":"{to}","departure":"2027-07-{day}T22:05:00+07:00",
            "arrival":"2027-07-{}T08:55:00+08:00","duration_minutes":605,"stops":1,"segments":[{},{}]}}"#,
            day + 1,
            segment(numbers[0]),
            segment(numbers[1])
        )
    };
    let slices = [way("CGK", "DPS", 10, ["1057", "1402"]), way("DPS", "CGK", 17, ["1401", "1058"])].join(",");
    offer("5J1057/5J1402", 120_000_000, "2027-07-10T22:05:00+07:00", "2027-07-11T08:55:00+08:00")
        .replace("Garuda Indonesia", "Philippine Airlines International Express 航空")
        .replace(r#""duration_minutes":110,"stops":0"#, r#""duration_minutes":605,"stops":1"#)
        .replace(
            r#""id":"#,
            &format!(
                r#""slices":[{slices}],"prices":[{{"supplier":"GA","total":"120000000","currency":"IDR",
                "approximate":{{"total":"7512.10","currency":"USD","rate_date":"2027-07-01"}}}}],"id":"#
            ),
        )
}

fn show(offers: &[String], width: Option<usize>) -> String {
    let offers: Vec<ListedOffer> = offers.iter().map(|offer| serde_json::from_str(offer).unwrap()).collect();
    let about = About { ids: Digits::of(&offers), currency: Currency::IDR };
    table(&offers.iter().collect::<Vec<_>>(), about, width)
}

fn widest(text: &str) -> usize {
    text.lines().map(measure_text_width).max().unwrap_or(0)
}

#[test]
fn an_offer_is_a_row() {
    let text = show(&[early("GA57", 1_500_000)], None);
    let row = text.lines().find(|line| line.contains("GA57")).unwrap();
    let cells: Vec<_> = row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    assert_eq!(
        cells,
        [
            "cfc5",
            "Rp 1.500.000",
            "GA57",
            "Garuda Indonesia",
            "CGK 06:05 → DPS 08:55",
            "1 h 50 m",
            "direct",
            "GA, TRAVELGO"
        ]
    );
}

#[test]
fn each_way_of_a_return_is_a_line() {
    let text = show(&[long()], None);
    let lines: Vec<_> = text.lines().skip(2).collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[0].starts_with("cfc5  ≈ USD 7,513  5J1057/5J1402  Philippine"), "{text}");
    assert!(lines[0].contains("CGK 22:05 → DPS 08:55 +1") && lines[0].contains("10 h 05 m"), "{text}");
    assert!(lines[1].contains("5J1401/5J1058") && lines[1].contains("DPS 22:05 → CGK 08:55 +1"), "{text}");
}

#[test]
fn a_price_of_two_bookings_and_one_without_a_rate_say_so() {
    let booking = |supplier: &str| {
        format!(
            r#"{{"supplier":"{supplier}","total":"60000000","currency":"IDR","offer_id":"cfc5170ad15e9f58"}}"#
        )
    };
    let pair = format!(r#""bookings":[{},{}],"approximate""#, booking("GA"), booking("QZ"));
    let pair = long().replace(r#""approximate""#, &pair);
    let text = show(std::slice::from_ref(&pair), None);
    let lines: Vec<_> = text.lines().skip(2).collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[0].contains("≈ USD 7,513") && lines[1].contains("two bookings"), "{text}");
    assert!(!show(&[long()], None).contains("two bookings"));

    let foreign = early("GA57", 1_500).replace(r#""currency":"IDR""#, r#""currency":"QQQ""#);
    for width in [None, Some(120), Some(80), Some(60), Some(50), Some(40), Some(32)] {
        let text = show(&[foreign.clone(), early("GA58", 1_500_000)], width);
        assert!(text.contains("QQQ 1,500") && text.contains("no exchange rate"), "{width:?}:\n{text}");
        assert_eq!(text.matches("no exchange rate").count(), 1, "{width:?}:\n{text}");
    }
}

#[test]
fn arriving_on_another_day_is_said() {
    let cases = [
        ("2027-07-10T22:10:00+07:00", "2027-07-11T01:00:00+08:00", "CGK 22:10 → DPS 01:00 +1"),
        ("2027-12-31T23:00:00+07:00", "2028-01-02T01:00:00+08:00", "CGK 23:00 → DPS 01:00 +2"),
        ("2027-07-10T01:00:00+14:00", "2027-07-09T08:00:00-10:00", "CGK 01:00 → DPS 08:00 -1"),
        ("2027-07-10T22:10:00+07:00", "2027-07-10T23:59:00+00:00", "CGK 22:10 → DPS 23:59 "),
    ];
    for (departure, arrival, shown) in cases {
        let text = show(&[offer("GA57", 1, departure, arrival)], None);
        assert!(text.contains(shown), "{text}");
    }
}

#[test]
fn offers_of_the_replaced_system_have_what_they_have() {
    let text = show(&[r#"{"flight_number":"GA57","price":1500000}"#.to_owned()], None);
    assert!(text.contains("Rp 1.500.000") && text.contains("GA57"), "{text}");
}

#[test]
fn a_narrower_terminal_shows_less_in_unbroken_lines() {
    let offers = [early("GA57", 1_500_000), early("JT755", 12_066_000)];
    let overnight = offer("QZ804", 948_000, "2027-07-10T22:10:00+07:00", "2027-07-11T01:00:00+08:00");
    let offers = [offers.as_slice(), &[overnight]].concat();
    let everywhere = ["Rp 1.500.000", "GA57", "06:05", "08:55", "+1"];
    for (width, more, less) in [
        (120, &["cfc5", "TRAVELGO", "Garuda Indonesia", "DPS", "1 h 50 m"][..], &[][..]),
        (100, &["cfc5", "Garuda Indonesia", "DPS 08:55", "1 h 50 m"], &["TRAVELGO"]),
        (80, &["cfc5", "Garuda I", "CGK 06:05 → DPS 08:55", "1h50 direct"], &["TRAVELGO"]),
        (60, &["cfc5", "Garuda", "06:05–08:55", "direct"], &["DPS"]),
        (50, &["cfc5", "06:05–08:55"], &["Garuda", "direct"]),
        (40, &["06:05 → 08:55"], &["Garuda", "direct", "cfc5"]),
    ] {
        let text = show(&offers, Some(width));
        assert!(widest(&text) <= width, "{width}:\n{text}");
        assert_eq!(text.lines().count(), 5, "{width}:\n{text}");
        for part in everywhere.iter().chain(more) {
            assert!(text.contains(part), "{part} is missing at {width}:\n{text}");
        }
        for part in less {
            assert!(!text.contains(part), "{part} at {width}:\n{text}");
        }
    }
    assert_eq!(show(&offers, Some(200)), show(&offers, None));
}

#[test]
fn long_names_are_cut_before_columns_are_left_out() {
    let offers = [early("GA57", 1_500_000), long()];
    for (width, carrier) in [(120, true), (80, true), (60, true), (40, false)] {
        let text = show(&offers, Some(width));
        assert!(widest(&text) <= width, "{width}:\n{text}");
        assert_eq!(text.lines().count(), 5, "{width}:\n{text}");
        assert_eq!(text.contains("Philipp") && text.contains('…'), carrier, "{width}:\n{text}");
        assert!(text.contains("≈ USD 7,513") && text.contains("22:05"), "{width}:\n{text}");
    }
}

proptest! {
    #[test]
    fn no_line_is_wider_than_the_terminal(width in 1..140_usize, name in "\\PC{0,40}", number in "[A-Z0-9/]{0,30}") {
        let name = serde_json::to_string(&name).unwrap();
        let offers = [long(), early(&number, 1).replace("\"Garuda Indonesia\"", &name)];
        let text = show(&offers, Some(width));
        prop_assert!(widest(&text) <= width, "{}:\n{}", width, text);
        prop_assert_eq!(text.lines().count(), 5, "{}:\n{}", width, text);
    }
}
