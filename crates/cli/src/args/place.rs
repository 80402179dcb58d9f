use std::{fmt::Write, str::FromStr};

use airports::{Airports, Match, Named, PlaceKind};
use contracts::IataCode;

/// An airport or a city that was named by its code or its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Its code.
    pub(crate) code: IataCode,
    /// What the text was taken for, if it is not exactly the name of a larger place.
    pub(crate) guess: Option<String>,
}

/// The commands, as one mistypes them.
const COMMANDS: [&str; 7] = ["follow", "cancel", "offer", "check", "ops", "completions", "man"];

/// The text names no place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidPlace {
    /// Nothing that is known.
    #[error("no airport or city has this name; check the spelling, or name a larger city nearby")]
    Unknown,
    /// No place, but nearly the name of a command, or a command behind options.
    #[error(
        "no airport or city has this name; for the command, write flight-search {0} and its options behind it"
    )]
    Command(&'static str),
    /// One of several places: these.
    #[error("this may be one of several places; use a code:{}", list(.0))]
    Ambiguous(Vec<Match>),
}

/// Three letters are a code, in any case. Only the gateway knows which codes there are: it may be newer.
impl FromStr for Place {
    type Err = InvalidPlace;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let airports = Airports::embedded();
        if let Ok(code) = text.parse() {
            return Ok(Self { code, guess: word_as_code(&airports, text, code) });
        }
        match airports.named(text) {
            Named::Unknown => Err(InvalidPlace::Unknown),
            Named::Several(places) => Err(InvalidPlace::Ambiguous(places)),
            Named::Place(place) => {
                let is_certain = place.is_called(text) && airports.is_major(place.code);
                let guess = (!is_certain).then(|| taken_for(text, &place));
                Ok(Self { code: place.code, guess })
            }
        }
    }
}

/// The origin, which stands where a command may.
pub(super) fn parse_origin(text: &str) -> Result<Place, InvalidPlace> {
    let is_code = text.parse::<IataCode>().is_ok();
    match similar_command(text) {
        Some((command, wrong)) if !is_code && !is_place(text, wrong) => Err(InvalidPlace::Command(command)),
        _ => text.parse(),
    }
}

/// The command that a text is, or is nearly, and how many letters are wrong: one in three may be.
fn similar_command(text: &str) -> Option<(&'static str, usize)> {
    let with_distance = COMMANDS.into_iter().map(|command| (command, strsim::osa_distance(command, text)));
    let nearest = with_distance.min_by_key(|(_, wrong)| *wrong)?;
    (nearest.1 <= nearest.0.len() / 3).then_some(nearest)
}

/// Whether a text is the name of a place, or nearly: with fewer than `wrong` letters wrong.
fn is_place(text: &str, wrong: usize) -> bool {
    let wrong_in = |name: &str| strsim::osa_distance(&name.to_lowercase(), &text.to_lowercase());
    match Airports::embedded().named(text) {
        Named::Place(place) => {
            place.is_called(text) || [place.city, place.name].into_iter().any(|name| wrong_in(name) < wrong)
        }
        Named::Several(_) => true,
        Named::Unknown => false,
    }
}

/// A code that is written as a name is: `San` is San Diego's.
fn word_as_code(airports: &Airports, text: &str, code: IataCode) -> Option<String> {
    let mut letters = text.bytes();
    let is_word = letters.next().is_some_and(|first| first.is_ascii_uppercase())
        && letters.all(|letter| letter.is_ascii_lowercase());
    let place = airports.search(code.as_str(), 1).into_iter().find(|place| place.code == code);
    place.filter(|_| is_word).map(|place| taken_for(text, &place))
}

fn taken_for(text: &str, place: &Match) -> String {
    format!("“{text}” is {} ({}, {})", town(place), place.code, kind(place))
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
    use clap::CommandFactory;

    use super::*;
    use crate::args::Cli;

    #[test]
    fn a_code_is_taken_as_it_is() {
        for text in ["cgk", "CGK", "QQQ"] {
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
    fn a_small_place_and_a_word_that_is_a_code_are_said() {
        for (text, taken_for) in [
            ("York", "“York” is York, US (THV, York Airport)"),
            ("San", "“San” is San Diego, US (SAN, San Diego International Airport)"),
        ] {
            let place: Place = text.parse().unwrap();
            assert_eq!(place.guess.as_deref(), Some(taken_for));
        }
    }

    #[test]
    fn a_command_that_is_no_place_is_recognised() {
        for (text, command) in
            [("folow", "follow"), ("follow", "follow"), ("cancle", "cancel"), ("chek", "check")]
        {
            assert_eq!(parse_origin(text), Err(InvalidPlace::Command(command)), "{text}");
        }
        for place in ["OPS", "Jakarta", "Paris", "denpasr", "maun", "Fallon", "Willow", "cancn"] {
            assert!(parse_origin(place).is_ok(), "{place}");
        }
        let every = Cli::command();
        let every: Vec<_> = every.get_subcommands().map(clap::Command::get_name).collect();
        assert_eq!(every, COMMANDS);
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
