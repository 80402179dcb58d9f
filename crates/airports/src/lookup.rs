use contracts::IataCode;

use crate::{
    Airport, City, Match,
    data::{self, Majors},
    search::Index,
};

/// All airport and city codes. Built once by [`embedded`](Self::embedded) and shared.
#[derive(Clone, Debug)]
pub struct Airports {
    /// All airports, by code.
    known: Vec<Airport>,
    /// All cities, by code.
    cities: Vec<City>,
    majors: Majors,
    index: Index,
}

impl Airports {
    /// Reads the embedded files, in a few milliseconds.
    #[must_use]
    pub fn embedded() -> Self {
        let majors = data::majors();
        let airports = data::airports(&majors);
        let cities = data::cities(&majors, |code| find(&airports, code).is_some());
        let index = Index::new(&airports, &cities, &majors);
        Self { known: airports, cities, majors, index }
    }

    /// The airport with this code.
    #[must_use]
    pub fn airport(&self, code: IataCode) -> Option<&Airport> {
        find(&self.known, code)
    }

    /// The city with this code, even if one of its airports has the same code.
    #[must_use]
    pub fn city(&self, code: IataCode) -> Option<&City> {
        let at = self.cities.binary_search_by_key(&code, |city| city.code).ok()?;
        self.cities.get(at)
    }

    /// The airport with this code, or the airports of the city, largest first. Empty for an unknown code.
    ///
    /// A code of both an airport and its city means the airport only: `BKK` is Suvarnabhumi and not Don Mueang. Else
    /// there would be no code for this airport alone.
    #[must_use]
    pub fn airports_of(&self, code: IataCode) -> Vec<&Airport> {
        if let Some(airport) = self.airport(code) {
            return vec![airport];
        }
        let members = self.city(code).map_or(&[][..], |city| &city.airports);
        members.iter().filter_map(|member| self.airport(*member)).collect()
    }

    /// Whether an airport or a city has this code.
    #[must_use]
    pub fn knows(&self, code: IataCode) -> bool {
        self.airport(code).is_some() || self.city(code).is_some()
    }

    /// Whether an airport is in the country with this ISO 3166 code, such as `ID`.
    #[must_use]
    pub fn has_country(&self, country: &str) -> bool {
        self.known.iter().any(|airport| airport.country == country)
    }

    /// Whether the codes share an airport, as `JKT` and `CGK` do, so that no flight connects them.
    #[must_use]
    pub fn same_place(&self, a: IataCode, b: IataCode) -> bool {
        let others = self.airports_of(b);
        self.airports_of(a).iter().any(|one| others.iter().any(|other| one.code == other.code))
    }

    /// Up to `limit` places that match a text, most likely first.
    ///
    /// Ignores case, accents and punctuation. The text matches a code, the beginning of a city's name, or the
    /// beginnings of words in a place's names and codes. In this order:
    /// 1. the major airport or the city with this code;
    /// 2. major airports of cities whose name starts with the text, larger first, a city after its largest airport:
    ///    `jak` is Jakarta rather than `JAK`, Jacmel in Haiti, and `lon` Heathrow rather than all of London;
    /// 3. the other airport with this code;
    /// 4. other airports of cities whose name starts with the text;
    /// 5. places with all words of the text in their names.
    ///
    /// A city that shares its code with one of its airports is left out, see [`airports_of`](Self::airports_of).
    #[must_use]
    pub fn search(&self, text: &str, limit: usize) -> Vec<Match> {
        self.index.search(text, limit)
    }

    /// All cities, by code.
    pub(crate) fn cities(&self) -> impl Iterator<Item = &City> {
        self.cities.iter()
    }

    /// All codes of airports and cities. A code of both is repeated.
    pub(crate) fn codes(&self) -> impl Iterator<Item = IataCode> {
        let of_cities = self.cities.iter().map(|city| city.code);
        self.known.iter().map(|airport| airport.code).chain(of_cities)
    }

    /// Whether `data/major.csv` has the airport, or one of the city.
    #[must_use]
    pub fn is_major(&self, code: IataCode) -> bool {
        self.rank(code).is_some()
    }

    /// The rank of the airport, or the best rank of the city's airports, in `data/major.csv`.
    pub(crate) fn rank(&self, code: IataCode) -> Option<usize> {
        let ranks = self.airports_of(code).into_iter().filter_map(|airport| self.majors.get(&airport.code));
        ranks.map(|major| major.rank).min()
    }
}

fn find(airports: &[Airport], code: IataCode) -> Option<&Airport> {
    let at = airports.binary_search_by_key(&code, |airport| airport.code).ok()?;
    airports.get(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> IataCode {
        text.parse().unwrap()
    }

    fn airports_of(text: &str) -> Vec<String> {
        let airports = Airports::embedded();
        airports.airports_of(code(text)).iter().map(|airport| airport.code.to_string()).collect()
    }

    #[test]
    fn an_airport_is_found_by_its_code() {
        let airports = Airports::embedded();
        let cgk = airports.airport(code("CGK")).unwrap();
        assert_eq!((cgk.city, cgk.country, cgk.time_zone), ("Jakarta", "ID", "Asia/Jakarta"));
        assert_eq!(airports.airport(code("JKT")), None);
        for code in airports.codes() {
            assert!(airports.knows(code) && !airports.airports_of(code).is_empty(), "{code}");
        }
    }

    #[test]
    fn a_code_means_an_airport_or_those_of_a_city_largest_first() {
        assert_eq!(airports_of("CGK"), ["CGK"]);
        assert_eq!(airports_of("JKT"), ["CGK", "HLP"]);
        assert_eq!(airports_of("LON"), ["LHR", "LGW", "STN", "LTN", "LCY"]);
        assert!(airports_of("QQQ").is_empty());
    }

    #[test]
    fn a_code_of_both_means_the_airport() {
        assert_eq!(airports_of("BKK"), ["BKK"]);
        assert_eq!(airports_of("JNB"), ["JNB"]);
        let bangkok = Airports::embedded().city(code("BKK")).cloned().unwrap();
        assert_eq!(bangkok.airports, [code("BKK"), code("DMK")]);
    }

    #[test]
    fn an_unknown_code_is_reported_as_unknown() {
        let airports = Airports::embedded();
        assert!(!airports.knows(code("QQQ")));
        assert!(airports.knows(code("CGK")) && airports.knows(code("JKT")));
    }

    #[test]
    fn a_country_has_airports_by_its_iso_code() {
        let airports = Airports::embedded();
        assert!(airports.has_country("GB") && airports.has_country("ID"));
        assert!(!airports.has_country("UK") && !airports.has_country("id"));
    }

    #[test]
    fn a_city_is_the_same_place_as_its_airports() {
        let airports = Airports::embedded();
        let same = |a, b| airports.same_place(code(a), code(b));
        assert!(same("JKT", "CGK") && same("CGK", "JKT") && same("CGK", "CGK") && same("JKT", "JKT"));
        assert!(!same("CGK", "HLP") && !same("CGK", "DPS") && !same("QQQ", "QQQ"));
    }
}
