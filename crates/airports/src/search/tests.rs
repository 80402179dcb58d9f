use proptest::{prelude::*, test_runner::TestRunner};

use super::*;
use crate::Airports;

fn search(text: &str) -> Vec<String> {
    Airports::embedded().search(text, 10).iter().map(|found| found.code.to_string()).collect()
}

#[test]
fn the_likeliest_comes_first() {
    for (text, code) in [
        ("jak", "CGK"),
        ("jakarta", "CGK"),
        ("JKT", "JKT"),
        ("cgk", "CGK"),
        ("den", "DEN"),
        ("denp", "DPS"),
        ("bali", "DPS"),
        ("sin", "SIN"),
        ("lon", "LHR"),
        ("nyc", "NYC"),
        ("medan", "KNO"),
        ("kuala l", "KUL"),
        ("ujung pandang", "UPG"),
        ("saigon", "SGN"),
        ("são paulo", "GRU"),
        ("ho chi minh", "SGN"),
        ("o'hare", "ORD"),
        ("paris orly", "ORY"),
        ("heathrow", "LHR"),
        ("soekarno hatta", "CGK"),
        ("jogja", "YIA"),
        ("jed", "JED"),
        ("malm", "MMX"),
    ] {
        assert_eq!(search(text).first().map(String::as_str), Some(code), "{text}: {:?}", search(text));
    }
}

#[test]
fn typing_errors_are_forgiven() {
    for (text, code) in [
        ("jakrta", "CGK"),
        ("jakatra", "CGK"),
        ("denpasr", "DPS"),
        ("tokio", "HND"),
        ("singapur", "SIN"),
        ("surbaya", "SUB"),
        ("makasar", "UPG"),
        ("yogjakrta", "YIA"),
        ("kuala lumpr", "KUL"),
        ("soekarno hata", "CGK"),
        ("banglok", "BKK"),
        ("hongkong", "HKG"),
        ("kualalumpur", "KUL"),
        ("newyork", "JFK"),
        ("bandaaceh", "BTJ"),
        ("hogkong", "HKG"),
    ] {
        assert_eq!(search(text).first().map(String::as_str), Some(code), "{text}: {:?}", search(text));
    }
    for text in ["xyzzy", "jkrta", "qqqqqqqq", "jakrta xyzzy", "jakrta denpasr"] {
        assert_eq!(search(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn another_name_that_the_text_means_is_named() {
    for (text, code, also) in [
        ("bali", "DPS", Some("Bali")),
        ("ubud", "DPS", Some("Ubud")),
        ("tangrang", "CGK", Some("Tangerang")),
        ("denpasar", "DPS", None),
        ("denpasr", "DPS", None),
        ("dps", "DPS", None),
        ("tangerang", "CGK", Some("Tangerang")),
        ("jakarta", "CGK", None),
        ("saigon", "SGN", Some("Saigon")),
    ] {
        let found = Airports::embedded().search(text, 1);
        let found: Vec<_> = found.iter().map(|found| (found.code.as_str(), found.also)).collect();
        assert_eq!(found, [(code, also)], "{text}");
    }
}

#[test]
fn a_city_follows_its_largest_airport() {
    assert_eq!(search("lon")[..6], ["LHR", "LON", "LGW", "STN", "LTN", "LCY"]);
    assert_eq!(search("jak")[..4], ["CGK", "JKT", "HLP", "JAK"]);
}

#[test]
fn a_city_code_finds_its_airports() {
    assert_eq!(search("jkt"), ["JKT", "CGK", "HLP"]);
}

#[test]
fn a_code_of_both_finds_only_the_airport() {
    let found = Airports::embedded().search("bkk", 10);
    assert_eq!(
        found.iter().map(|found| (found.code.as_str(), found.kind)).next(),
        Some(("BKK", PlaceKind::Airport))
    );
    assert_eq!(found.iter().filter(|found| found.code.as_str() == "BKK").count(), 1);
}

#[test]
fn bali_is_near_the_top_for_its_first_letters() {
    assert!(search("bal")[..3].contains(&"DPS".to_owned()), "{:?}", search("bal"));
}

#[test]
fn texts_without_words_or_with_unknown_ones_find_nothing() {
    for text in ["", "   ", "--", "jakarta xyzzy", "\u{0}"] {
        assert_eq!(search(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_match_has_what_a_client_shows() {
    let found = Airports::embedded().search("jakarta", 2);
    assert_eq!(
        serde_json::to_value(found).unwrap(),
        serde_json::json!([
            {"code": "CGK", "name": "Soekarno-Hatta International Airport", "city": "Jakarta", "country": "ID",
             "kind": "airport"},
            {"code": "JKT", "name": "Jakarta", "city": "Jakarta", "country": "ID", "kind": "city"},
        ])
    );
}

#[test]
fn every_airport_is_found_by_its_code() {
    let airports = Airports::embedded();
    for code in airports.codes().step_by(37) {
        let found = airports.search(code.as_str(), 20);
        assert!(found.iter().any(|found| found.code == code), "{code}");
    }
}

#[test]
fn any_text_can_be_searched() {
    let airports = Airports::embedded();
    let check = |(text, limit): (String, usize)| {
        prop_assert!(airports.search(&text, limit).len() <= limit);
        Ok(())
    };
    let texts = prop_oneof![any::<String>(), "[a-zA-Z ]{0,8}", "\\PC{0,200}"];
    TestRunner::default().run(&(texts, 0..30_usize), check).unwrap();
}

/// How many index entries a search reads: those that its terms find.
fn entries_read(index: &Index, text: &str) -> usize {
    let text = fold(text);
    terms(&text).iter().map(|term| index.words.starting_with(term).len()).sum()
}

fn index() -> Index {
    let majors = crate::data::majors();
    let airports = crate::data::airports(&majors);
    let cities = crate::data::cities(&majors, |code| {
        airports.binary_search_by_key(&code, |airport| airport.code).is_ok()
    });
    Index::new(&airports, &cities, &majors)
}

#[test]
fn a_repeated_word_or_one_that_starts_another_costs_nothing() {
    assert_eq!(terms(&"a ".repeat(40)), ["a"]);
    assert_eq!(terms("a air airport ai ap"), ["airport", "ap"]);
    assert_eq!(terms("kuala l"), ["kuala", "l"]);
    let index = index();
    assert_eq!(entries_read(&index, &"a ".repeat(40)), entries_read(&index, "a"));
}

#[test]
fn no_text_makes_a_search_read_an_entry_twice() {
    let index = index();
    let every_letter: Vec<String> = ('a'..='z').chain('0'..='9').map(String::from).collect();
    assert!(entries_read(&index, &every_letter.join(" ")) <= index.words.len());
    let check = |text: String| {
        prop_assert!(entries_read(&index, &text) <= index.words.len());
        Ok(())
    };
    let texts = prop_oneof![any::<String>(), "([a-z]{1,3} ){1,30}", "(a|ai|air|i|in){0,40}"];
    TestRunner::default().run(&texts, check).unwrap();
}

/// Compares the index with a linear search of all places.
#[test]
fn a_search_finds_what_a_linear_search_finds() {
    let airports = Airports::embedded();
    let index = index();
    let has = |at: u32, term: &str| index.words.starting_with(term).contains(&at);
    for text in ["a", "air", "internat par", "san j", "new", "york new", "jkt", "lon", "ba li", "z"] {
        let all = (0_u32..).zip(&index.places).filter(|(at, _)| text.split(' ').all(|term| has(*at, term)));
        let mut expected: Vec<_> = all.map(|(_, place)| place.code).collect();
        let mut found: Vec<_> =
            airports.search(text, usize::from(u16::MAX)).iter().map(|place| place.code).collect();
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected, "{text}");
    }
}
