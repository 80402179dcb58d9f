//! Place autocomplete.
//!
//! An index maps the words of all names to places. A search looks up each word of the text as a prefix and compares no
//! names, so its cost is bounded by the size of the index. A text that finds nothing is searched for typing errors.

mod forgiving;
mod prefixes;
mod set;

use std::collections::HashMap;

use contracts::IataCode;
use serde::Serialize;

use crate::{Airport, City, data::Majors, fold::fold};
use forgiving::{is_similar, similar};
use prefixes::Prefixes;
use set::Set;

/// The most characters of a text that are searched; further ones are ignored. The longest name has 65.
pub const MAX_TEXT_CHARS: usize = 80;

/// A suggested place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Match {
    /// The code to search with.
    pub code: IataCode,
    /// The airport's name, or the city's.
    pub name: &'static str,
    /// The city's name; empty if the source names none.
    pub city: &'static str,
    /// ISO 3166-1 alpha-2 code.
    pub country: &'static str,
    /// Airport or city.
    pub kind: PlaceKind,
    /// The other name that the text means: `Bali` of Denpasar. `None` if it means the city, the name or the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub also: Option<&'static str>,
}

/// The kind of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PlaceKind {
    /// One airport.
    Airport,
    /// All airports of a city.
    City,
}

/// An index of all places by name.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    /// Most likely first.
    places: Vec<Match>,
    /// Other names of each place.
    also: Vec<Vec<&'static str>>,
    /// Number of major places, which come first.
    majors: usize,
    /// The words of each place's names, and its codes.
    words: Prefixes,
    /// The full name of each place's city.
    cities: Prefixes,
    /// Places by their own code.
    codes: HashMap<IataCode, u32>,
}

/// A place to be indexed, with folded names.
struct Entry {
    place: Match,
    rank: Rank,
    /// The name of its city.
    cities: Vec<String>,
    /// Other names, as they are shown.
    also: Vec<&'static str>,
    /// Its own names and codes.
    names: String,
}

/// Likelihood of a place, most likely first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// A major airport or its city, with its rank.
    Major(usize),
    /// An airport with "International" in its name, the only hint at its size in the source.
    International,
    Other,
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
        let without_airport_code = cities.iter().filter(|city| !is_airport(city.code));
        entries.extend(without_airport_code.map(|city| Entry::city(city, majors)));
        entries.sort_unstable_by_key(|Entry { place, rank, .. }| (*rank, place.kind, place.city, place.code));
        Self::of(&entries)
    }

    fn of(entries: &[Entry]) -> Self {
        let numbered = || (0..).zip(entries);
        let cities = numbered().flat_map(|(at, entry)| entry.cities.iter().map(move |city| (&**city, at)));
        // A city of two words may be typed as one: `hongkong`.
        let joined: Vec<_> = numbered()
            .flat_map(|(at, entry)| entry.cities.iter().map(move |city| (city, at)))
            .filter(|(city, _)| city.contains(' '))
            .map(|(city, at)| (city.replace(' ', ""), at))
            .collect();
        let words = numbered().flat_map(|(at, entry)| {
            let names = entry.cities.iter().chain([&entry.names]);
            names.flat_map(|name| name.split(' ')).map(move |word| (word, at))
        });
        let words = words.chain(joined.iter().map(|(city, at)| (city.as_str(), *at)));
        Self {
            majors: entries.iter().take_while(|entry| matches!(entry.rank, Rank::Major(_))).count(),
            words: Prefixes::of(words),
            cities: Prefixes::of(cities),
            codes: numbered().map(|(at, entry)| (entry.place.code, at)).collect(),
            places: entries.iter().map(|entry| entry.place).collect(),
            also: entries.iter().map(|entry| entry.also.clone()).collect(),
        }
    }

    pub(crate) fn search(&self, text: &str, limit: usize) -> Vec<Match> {
        let text = fold(&text.chars().take(MAX_TEXT_CHARS).collect::<String>());
        let terms = terms(&text);
        let Some(by_words) = self.matching_all(&terms) else { return Vec::new() };
        let by_city = Set::of(self.places.len(), self.cities.starting_with(&text));
        let code = text.to_ascii_uppercase().parse().ok().and_then(|code| self.codes.get(&code).copied());
        let ahead = |at: &u32| self.is_major(*at) || self.kind(*at) == PlaceKind::City;
        // If a city's code is a prefix of its name, the name finds it.
        let code = code.filter(|at| self.kind(*at) == PlaceKind::Airport || !by_city.contains(*at));

        let mut found = Vec::with_capacity(limit);
        let mut seen = Set::empty(self.places.len());
        let best_first = (code.into_iter().filter(ahead))
            .chain(by_city.iter().filter(ahead))
            .chain(code)
            .chain(by_city.iter())
            .chain(by_words.iter())
            .filter(|at| seen.insert(*at));
        found.extend(best_first.take(limit).filter_map(|at| self.found(at, &terms)));
        if found.is_empty() {
            let places = similar(&self.words, &terms).into_iter();
            found.extend(places.take(limit).filter_map(|at| self.found(at, &terms)));
        }
        found
    }

    /// A place that was found by these terms.
    fn found(&self, at: u32, terms: &[&str]) -> Option<Match> {
        let place = *self.places.get(at as usize)?;
        let others = self.also.get(at as usize)?;
        let means = |name: &str| {
            let name = fold(name);
            terms
                .iter()
                .any(|term| name.split(' ').any(|word| word.starts_with(term) || is_similar(term, word)))
        };
        let is_own =
            others.is_empty() || means(place.city) || means(place.name) || means(place.code.as_str());
        let also = others.iter().copied().find(|name| !is_own && means(name));
        Some(Match { also, ..place })
    }

    /// Places that match all terms, each as the prefix of a word; `None` without terms.
    fn matching_all(&self, terms: &[&str]) -> Option<Set> {
        let matching = |term: &&str| Set::of(self.places.len(), self.words.starting_with(term));
        terms.iter().map(matching).reduce(Set::and)
    }

    fn is_major(&self, at: u32) -> bool {
        (at as usize) < self.majors
    }

    fn kind(&self, at: u32) -> PlaceKind {
        self.places.get(at as usize).map_or(PlaceKind::Airport, |place| place.kind)
    }
}

/// The words of a folded text, without those that are a prefix of another: a match of `air` is also one of `a`. So no
/// word of a name is visited for two terms.
fn terms(text: &str) -> Vec<&str> {
    let mut words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words.dedup();
    let begins_next = |at: usize| words.get(at + 1).is_some_and(|next| next.starts_with(words[at]));
    (0..words.len()).filter(|at| !begins_next(*at)).map(|at| words[at]).collect()
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
        let also = major.map_or("", |major| major.also).split('|').filter(|name| !name.is_empty());
        let also: Vec<_> = also.chain(of.map(|city| city.name).filter(|name| *name != city)).collect();
        let cities = [city].iter().chain(&also).map(|name| fold(name)).collect();
        let codes = [Some(code), of.map(|city| city.code)];
        let names = names(name, codes.into_iter().flatten());
        let place = Match { code, name, city, country, kind: PlaceKind::Airport, also: None };
        Self { place, rank, cities, also, names }
    }

    fn city(city: &City, majors: &Majors) -> Self {
        let City { code, name, country, ref airports } = *city;
        let best = airports.iter().filter_map(|airport| majors.get(airport)).map(|major| major.rank).min();
        let place = Match { code, name, city: name, country, kind: PlaceKind::City, also: None };
        let names = names("", [code]);
        let rank = best.map_or(Rank::Other, Rank::Major);
        Self { place, rank, cities: vec![fold(name)], also: Vec::new(), names }
    }
}

fn names(name: &str, codes: impl IntoIterator<Item = IataCode>) -> String {
    let mut names = fold(name);
    for code in codes {
        names.push(' ');
        names.push_str(&code.as_str().to_ascii_lowercase());
    }
    names
}

#[cfg(test)]
mod tests;
