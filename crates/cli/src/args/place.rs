use std::{fmt::Write, str::FromStr};

use airports::{Airports, Match, Named, PlaceKind};
use contracts::IataCode;

/// An airport or a city that was named by its code or its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Its code.
    pub(crate) code: IataCode,
    /// What the text was taken for, if it is not exactly that place's name.
    pub(crate) guess: Option<String>,
}

/// The text names no place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidPlace {
    /// Nothing that is known.
    #[error("no airport or city has this name; check the spelling, or name a larger city nearby")]
    Unknown,
    /// One of several places: these.
    #[error("this may be one of several places; use a code:{}", list(.0))]
    Ambiguous(Vec<Match>),
}

/// Three letters are a code, in any case. Only the gateway knows which codes there are: it may be newer.
impl FromStr for Place {
    type Err = InvalidPlace;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(code) = text.parse() {
            return Ok(Self { code, guess: None });
        }
        match Airports::embedded().named(text) {
            Named::Unknown => Err(InvalidPlace::Unknown),
            Named::Several(places) => Err(InvalidPlace::Ambiguous(places)),
            Named::Place(place) => {
                let guess = (!place.is_called(text)).then(|| {
                    let (town, kind) = (town(&place), kind(&place));
                    format!("“{text}” is {town} ({}, {kind})", place.code)
                });
                Ok(Self { code: place.code, guess })
            }
        }
    }
}

fn list(places: &[Match]) -> String {
    let mut text = String::new();
    for place in places {
        // Writing to a String can't fail.
        let _ = write!(text, "\n  {}  {} ({})", place.code, town(place), kind(place));
    }
    text
}

/// `Jakarta, ID`
fn town(place: &Match) -> String {
    let name = if place.city.is_empty() { place.name } else { place.city };
    format!("{name}, {}", place.country)
}

fn kind(place: &Match) -> &'static str {
    if place.kind == PlaceKind::City { "all airports" } else { place.name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_taken_as_it_is() {
        for text in ["cgk", "CGK", "Cgk", "QQQ"] {
            let place: Place = text.parse().unwrap();
            assert_eq!((place.code.as_str(), place.guess), (text.to_uppercase().as_str(), None));
        }
    }

    #[test]
    fn a_name_stands_for_its_code() {
        for (text, code) in [("Jakarta", "JKT"), ("denpasar", "DPS"), ("são paulo", "SAO"), ("Bali", "DPS")]
        {
            let place: Place = text.parse().unwrap();
            assert_eq!((place.code.as_str(), place.guess), (code, None), "{text}");
        }
    }

    #[test]
    fn a_guess_is_said() {
        let place: Place = "jakrta".parse().unwrap();
        assert_eq!(place.code.as_str(), "JKT");
        assert_eq!(place.guess.unwrap(), "“jakrta” is Jakarta, ID (JKT, all airports)");
        let place: Place = "heathrow".parse().unwrap();
        assert!(place.guess.unwrap().contains("London, GB (LHR"));
    }

    #[test]
    fn an_ambiguous_name_lists_the_codes() {
        let error = "San Jose".parse::<Place>().unwrap_err();
        let text = error.to_string();
        assert!(text.contains("\n  SJC  San Jose, US") && text.contains("\n  SJO  San Jos"), "{text}");
        assert_eq!("xyzzy".parse::<Place>(), Err(InvalidPlace::Unknown));
        assert_eq!("".parse::<Place>(), Err(InvalidPlace::Unknown));
    }
}
