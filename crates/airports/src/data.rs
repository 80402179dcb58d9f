//! Parses the embedded files. Skips invalid rows; a test shows that there are none.

use std::collections::{BTreeMap, HashMap};

use contracts::IataCode;

use crate::{Airport, City, rows::rows};

const AIRPORTS: &str = include_str!("../data/airports.csv");
const CITIES: &str = include_str!("../data/city_codes.csv");
const MAJOR: &str = include_str!("../data/major.csv");

/// A row of `data/major.csv`: an airport that many people use.
#[derive(Clone, Debug)]
pub(crate) struct Major {
    /// Rank, from 0: lower is more likely.
    pub(crate) rank: usize,
    /// City name; empty: as in the source.
    city: &'static str,
    /// Airport name; empty: as in the source.
    name: &'static str,
    /// Other names of the airport or its city, separated by `|`.
    pub(crate) also: &'static str,
}

pub(crate) type Majors = HashMap<IataCode, Major>;

pub(crate) fn majors() -> Majors {
    let major = |(rank, [code, city, name, also]): (usize, [&'static str; 4])| {
        Some((code.parse().ok()?, Major { rank, city, name, also }))
    };
    rows(MAJOR).enumerate().filter_map(major).collect()
}

/// All airports, by code.
pub(crate) fn airports(majors: &Majors) -> Vec<Airport> {
    let mut airports = Vec::with_capacity(AIRPORTS.lines().count());
    airports.extend(rows(AIRPORTS).filter_map(|row| airport(row, majors)));
    airports.sort_unstable_by_key(|airport: &Airport| airport.code);
    airports
}

fn airport(row: [&'static str; 7], majors: &Majors) -> Option<Airport> {
    let [code, name, city, country, latitude, longitude, time_zone] = row;
    let code = code.parse().ok()?;
    let (latitude, longitude) = (latitude.parse().ok()?, longitude.parse().ok()?);
    let major = majors.get(&code);
    let name = major.map(|major| major.name).filter(|name| !name.is_empty()).unwrap_or(name);
    let city = major.map(|major| major.city).filter(|city| !city.is_empty()).unwrap_or(city);
    Some(Airport { code, name, city, country, latitude, longitude, time_zone })
}

/// All cities, by code, with their airports that `is_airport` knows. Omits cities without any.
pub(crate) fn cities(majors: &Majors, is_airport: impl Fn(IataCode) -> bool) -> Vec<City> {
    let mut cities: BTreeMap<IataCode, City> = BTreeMap::new();
    for [country, city, name, airport, _] in rows(CITIES) {
        let (Ok(code), Ok(airport)) = (city.parse(), airport.parse()) else { continue };
        if is_airport(airport) {
            let city = cities.entry(code);
            city.or_insert_with(|| City { code, name, country, airports: Vec::new() }).airports.push(airport);
        }
    }
    let mut cities: Vec<City> = cities.into_values().collect();
    for city in &mut cities {
        // Largest first: by rank, then those without a rank.
        city.airports.sort_by_key(|code| majors.get(code).map_or(usize::MAX, |major| major.rank));
    }
    cities
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(file: &str) -> usize {
        file.lines().count() - 1
    }

    #[test]
    fn every_row_parses_and_no_code_is_repeated() {
        let majors = majors();
        assert_eq!(majors.len(), lines(MAJOR));
        let airports = airports(&majors);
        assert_eq!(airports.len(), lines(AIRPORTS));
        assert_eq!(airports.len(), 7884);
        assert!(airports.is_sorted_by(|a, b| a.code < b.code));
        let of_cities: usize = cities(&majors, |_| true).iter().map(|city| city.airports.len()).sum();
        assert_eq!(of_cities, lines(CITIES));
    }

    #[test]
    fn every_row_is_plausible() {
        for airport in airports(&majors()) {
            assert!((-90.0..=90.0).contains(&airport.latitude), "{airport:?}");
            assert!((-180.0..=180.0).contains(&airport.longitude), "{airport:?}");
            assert_eq!(airport.country.len(), 2, "{airport:?}");
            assert!(!airport.name.is_empty(), "{airport:?}");
            assert_eq!(airport.zone().iana_name(), Some(airport.time_zone), "{airport:?}");
        }
    }

    #[test]
    fn every_major_airport_is_an_airport() {
        let majors = majors();
        let airports = airports(&majors);
        for code in majors.keys() {
            assert!(airports.binary_search_by_key(code, |airport| airport.code).is_ok(), "{code}");
        }
    }

    #[test]
    fn unknown_airports_and_cities_without_airports_are_left_out() {
        let lhr = "LHR".parse().unwrap();
        let cities = cities(&majors(), |code| code == lhr);
        assert_eq!(cities.len(), 1);
        assert_eq!(cities[0].code.as_str(), "LON");
        assert_eq!(cities[0].airports, [lhr]);
    }

    #[test]
    fn names_in_major_csv_replace_the_sources() {
        let airports = airports(&majors());
        let named = |code: &str| {
            let airport = airports.iter().find(|airport| airport.code.as_str() == code).unwrap();
            (airport.city, airport.name)
        };
        assert_eq!(named("KNO"), ("Medan", "Kualanamu International Airport"));
        assert_eq!(named("CGK"), ("Jakarta", "Soekarno-Hatta International Airport"));
    }
}
