use contracts::IataCode;

use crate::{Airports, Match, PlaceKind, fold::fold};

/// How many matches of a name are compared. The places that a name can mean come first.
const MOST_MATCHES: usize = 60;
/// How many places a name that means several is said to mean.
const MOST_PLACES: usize = 6;

/// How many letters may be left out or added in a name that is mistyped.
const MOST_WRONG: usize = 2;

/// What a name means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// Nothing that is known.
    Unknown,
    /// One place: a city with all of its airports, or an airport.
    Place(Match),
    /// One of several cities, most likely first.
    Several(Vec<Match>),
}

impl Airports {
    /// The place that a name means, for a client that can't let its user choose from [`search`](Self::search).
    ///
    /// Of the places that match, these count, if there are any: those with exactly this name, or else those with a name as
    /// long, which may be this one with typing errors; of these the major ones, as `London` is not the one in Ontario; and
    /// of these the ones whose city has this name, rather than a town nearby. A city's name means all of its airports if
    /// the city has a code of its own, and its largest airport if not.
    #[must_use]
    pub fn named(&self, name: &str) -> Named {
        let found = self.search(name, MOST_MATCHES);
        let name = fold(name);
        let mut likely = prefer(found, |place| place.names().any(|own| fold(own) == name));
        // Of the name that the text matched.
        likely = prefer(likely, |place| is_as_long(&fold(place.also.unwrap_or(place.city)), &name));
        likely = prefer(likely, |place| self.rank(place.code).is_some());
        likely = prefer(likely, |place| fold(place.city) == name);
        let mut cities: Vec<(Group, Match)> = Vec::new();
        for place in likely {
            let group = self.group(&place);
            match cities.iter_mut().find(|(other, _)| *other == group) {
                // All airports of the city, rather than the first.
                Some((_, known)) if place.kind == PlaceKind::City => *known = place,
                Some(_) => {}
                None => cities.push((group, place)),
            }
        }
        let mut places: Vec<_> = cities.into_iter().map(|(_, place)| place).collect();
        match (places.pop(), places.is_empty()) {
            (None, _) => Named::Unknown,
            (Some(place), true) => Named::Place(place),
            (Some(last), false) => {
                places.push(last);
                places.truncate(MOST_PLACES);
                Named::Several(places)
            }
        }
    }

    fn group(&self, place: &Match) -> Group {
        let of_airport =
            || self.cities().find(|city| city.airports.contains(&place.code)).map(|city| city.code);
        let code = if place.kind == PlaceKind::City { Some(place.code) } else { of_airport() };
        code.map_or(Group::Town(place.city, place.country), Group::City)
    }
}

/// Places with the same one belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    /// The city with this code.
    City(IataCode),
    /// The city with this name in this country.
    Town(&'static str, &'static str),
}

/// Whether names are about as long, so that they may be the same with letters left out or added.
fn is_as_long(one: &str, other: &str) -> bool {
    one.chars().count().abs_diff(other.chars().count()) <= MOST_WRONG
}

/// Those that are preferred, or all if there are none.
fn prefer(places: Vec<Match>, is_preferred: impl Fn(&Match) -> bool) -> Vec<Match> {
    let preferred: Vec<_> = places.iter().filter(|place| is_preferred(place)).copied().collect();
    if preferred.is_empty() { places } else { preferred }
}

impl Match {
    /// The names that a traveller may call it by: its city's and, if the text meant it, the other one.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.city).chain(self.also).filter(|name| !name.is_empty())
    }

    /// Whether the text is a name or the code of this place, in any case and with or without accents.
    #[must_use]
    pub fn is_called(&self, text: &str) -> bool {
        let text = fold(text);
        self.names().any(|name| fold(name) == text) || fold(self.code.as_str()) == text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Named {
        Airports::embedded().named(name)
    }

    fn code(name: &str) -> String {
        match named(name) {
            Named::Place(place) => place.code.to_string(),
            other => panic!("{name}: {other:?}"),
        }
    }

    #[test]
    fn a_citys_name_means_all_of_its_airports() {
        for (name, means) in [
            ("Jakarta", "JKT"),
            ("jakrta", "JKT"),
            ("London", "LON"),
            ("new york", "NYC"),
            ("tokio", "TYO"),
            // Its code is that of its largest airport.
            ("Bangkok", "BKK"),
        ] {
            assert_eq!(code(name), means, "{name}");
        }
    }

    #[test]
    fn a_city_without_a_code_of_its_own_is_its_airport() {
        for (name, means) in [
            ("denpasar", "DPS"),
            ("denpasr", "DPS"),
            ("Bali", "DPS"),
            ("Medan", "KNO"),
            ("surabaya", "SUB"),
            ("singapur", "SIN"),
            ("kuala lumpur", "KUL"),
            ("Saigon", "SGN"),
        ] {
            assert_eq!(code(name), means, "{name}");
        }
    }

    #[test]
    fn an_airports_name_means_this_airport() {
        for (name, means) in
            [("heathrow", "LHR"), ("paris orly", "ORY"), ("soekarno hatta", "CGK"), ("LHR", "LHR")]
        {
            assert_eq!(code(name), means, "{name}");
        }
    }

    #[test]
    fn a_name_of_several_cities_means_none_of_them() {
        for name in ["San Jose", "san", "Santiago de"] {
            let Named::Several(places) = named(name) else { panic!("{name}: {:?}", named(name)) };
            assert!((2..=MOST_PLACES).contains(&places.len()), "{name}: {places:?}");
        }
    }

    #[test]
    fn what_is_no_place_is_unknown() {
        for name in ["", " ", "xyzzy", "?!", "qqqqqqqq"] {
            assert_eq!(named(name), Named::Unknown, "{name}");
        }
    }

    #[test]
    fn a_place_is_called_by_its_names() {
        let Named::Place(place) = named("bali") else { panic!() };
        assert!(place.is_called("BALI") && place.is_called("Denpasar") && place.is_called("dps"));
        assert!(!place.is_called("denpasr"));
    }
}
