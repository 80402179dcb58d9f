use std::collections::HashMap;

use contracts::IataCode;
use serde::Serialize;

use crate::{Airport, City, data::Majors, fold::fold};

/// How much of a text is looked at. The longest name has 65 letters, and this bounds the work of a search.
const MAX_TEXT_CHARS: usize = 80;

/// A place that a text being typed may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Match {
    /// The code to search with.
    pub code: IataCode,
    /// The airport's name, or the city's.
    pub name: &'static str,
    /// The city's name; empty where the source names none.
    pub city: &'static str,
    /// ISO 3166-1 alpha-2 code.
    pub country: &'static str,
    /// What the code is.
    pub kind: PlaceKind,
}

/// What a code stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PlaceKind {
    /// One airport.
    Airport,
    /// All airports of a city.
    City,
}

/// What every place is called, folded and ready to be compared.
#[derive(Clone, Debug)]
pub(crate) struct Index(Vec<Entry>);

#[derive(Clone, Debug)]
struct Entry {
    place: Match,
    rank: Rank,
    /// What its city is called, one name a line.
    cities: Box<str>,
    /// What itself is called, and its codes.
    names: Box<str>,
}

/// How likely a place is meant, the likeliest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// A major airport or its city, with its place in the list.
    Major(usize),
    /// An airport that says so in its name: the only hint at size in the source.
    International,
    Other,
}

/// How a place answers a text, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    MajorCode,
    MajorCity,
    Code,
    City,
    Words,
}

impl Index {
    pub(crate) fn new(airports: &[Airport], cities: &[City], majors: &Majors) -> Self {
        let mut of_airport: HashMap<IataCode, &City> = HashMap::new();
        for city in cities {
            of_airport.extend(city.airports.iter().map(|airport| (*airport, city)));
        }
        let mut entries = Vec::with_capacity(airports.len() + cities.len());
        entries.extend(
            airports.iter().map(|airport| Entry::airport(airport, of_airport.get(&airport.code), majors)),
        );
        let is_airport = |code| airports.binary_search_by_key(&code, |airport| airport.code).is_ok();
        let alone = cities.iter().filter(|city| !is_airport(city.code));
        entries.extend(alone.map(|city| Entry::city(city, majors)));
        Self(entries)
    }

    pub(crate) fn search(&self, text: &str, limit: usize) -> Vec<Match> {
        let text = fold(&text.chars().take(MAX_TEXT_CHARS).collect::<String>());
        if text.is_empty() {
            return Vec::new();
        }
        let words: Vec<&str> = text.split(' ').collect();
        let fits = |entry| Entry::fit(entry, &text, &words).map(|fit| (fit, entry));
        let mut found: Vec<(Fit, &Entry)> = self.0.iter().filter_map(fits).collect();
        found.sort_unstable_by_key(|(fit, Entry { place, rank, .. })| {
            (*fit, *rank, place.kind, place.city, place.code)
        });
        found.into_iter().map(|(_, entry)| entry.place).take(limit).collect()
    }
}

impl Entry {
    fn airport(airport: &Airport, of: Option<&&City>, majors: &Majors) -> Self {
        let Airport { code, name, city, country, .. } = *airport;
        let major = majors.get(&code);
        let rank = match major {
            Some(major) => Rank::Major(major.rank),
            None if name.contains("International") => Rank::International,
            None => Rank::Other,
        };
        let mut cities = fold(city);
        let also = major.map_or("", |major| major.also).split('|').filter(|name| !name.is_empty());
        for name in also.chain(of.map(|city| city.name)) {
            cities.push('\n');
            cities.push_str(&fold(name));
        }
        let codes = [Some(code), of.map(|city| city.code)];
        let names = names(name, codes.into_iter().flatten());
        let place = Match { code, name, city, country, kind: PlaceKind::Airport };
        Self { place, rank, cities: cities.into(), names }
    }

    fn city(city: &City, majors: &Majors) -> Self {
        let City { code, name, country, ref airports } = *city;
        let best = airports.iter().filter_map(|airport| majors.get(airport)).map(|major| major.rank).min();
        let place = Match { code, name, city: name, country, kind: PlaceKind::City };
        let names = names("", [code]);
        Self { place, rank: best.map_or(Rank::Other, Rank::Major), cities: fold(name).into(), names }
    }

    /// How this place answers `text`, whose words are `words`; None if it doesn't.
    fn fit(&self, text: &str, words: &[&str]) -> Option<Fit> {
        let major = matches!(self.rank, Rank::Major(_));
        let is_code = self.place.code.as_str().eq_ignore_ascii_case(text);
        let is_city = self.cities.split('\n').any(|city| city.starts_with(text));
        match self.place.kind {
            PlaceKind::City if is_city => Some(Fit::MajorCity),
            PlaceKind::City if is_code => Some(Fit::MajorCode),
            PlaceKind::Airport if is_code => Some(if major { Fit::MajorCode } else { Fit::Code }),
            PlaceKind::Airport if is_city => Some(if major { Fit::MajorCity } else { Fit::City }),
            _ => words.iter().all(|word| self.has(word)).then_some(Fit::Words),
        }
    }

    /// Whether one of its names or codes has a word that begins with `start`.
    fn has(&self, start: &str) -> bool {
        self.cities.split(['\n', ' ']).chain(self.names.split(' ')).any(|word| word.starts_with(start))
    }
}

fn names(name: &str, codes: impl IntoIterator<Item = IataCode>) -> Box<str> {
    let mut names = fold(name);
    for code in codes {
        names.push(' ');
        names.push_str(&code.as_str().to_ascii_lowercase());
    }
    names.into()
}

#[cfg(test)]
mod tests;
