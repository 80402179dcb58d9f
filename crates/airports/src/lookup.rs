use contracts::IataCode;

use crate::{
    Airport, City, Match,
    data::{self, Majors},
    search::Index,
};

/// Every airport and city code. Built once, by [`embedded`](Self::embedded), and shared from then on.
#[derive(Clone, Debug)]
pub struct Airports {
    /// Every airport, in the order of their codes.
    known: Vec<Airport>,
    /// Every city, in the order of their codes.
    cities: Vec<City>,
    majors: Majors,
    index: Index,
}

impl Airports {
    /// Reads the files compiled into the program; takes a few milliseconds.
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

    /// The city with this code, also if one of its airports has the same.
    #[must_use]
    pub fn city(&self, code: IataCode) -> Option<&City> {
        let at = self.cities.binary_search_by_key(&code, |city| city.code).ok()?;
        self.cities.get(at)
    }

    /// The airports `code` stands for: the airport, or those of the city, the largest first. Empty if nobody has
    /// the code.
    ///
    /// A code that is both an airport's and its city's stands for the airport alone: `BKK` is Suvarnabhumi and
    /// not Don Mueang. Who asks for an airport would otherwise be offered another one, and could not say that
    /// only this one will do.
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

    /// Whether an airport stands behind both codes, like `CGK` behind `JKT` and `CGK`, so that there is nothing
    /// to fly between them.
    #[must_use]
    pub fn same_place(&self, a: IataCode, b: IataCode) -> bool {
        let there = self.airports_of(b);
        self.airports_of(a).iter().any(|here| there.iter().any(|other| here.code == other.code))
    }

    /// Up to `limit` places that a text being typed may mean, the likeliest first.
    ///
    /// Upper case and accents make no difference, nor does punctuation. The text is taken as a code, as the
    /// beginning of a city's name, or as words each of which begins one of the place's names or codes. In this
    /// order:
    /// 1. the major airport or the city with this code;
    /// 2. major airports of cities whose name begins so, the larger first and a city behind its largest airport:
    ///    who types `jak` means Jakarta rather than `JAK`, Jacmel in Haiti, and who types `lon` Heathrow rather
    ///    than all of London;
    /// 3. the other airport with this code;
    /// 4. other airports of cities whose name begins so;
    /// 5. places in whose names all the words are found.
    ///
    /// A city that shares its code with one of its airports is not among them, see
    /// [`airports_of`](Self::airports_of).
    #[must_use]
    pub fn search(&self, text: &str, limit: usize) -> Vec<Match> {
        self.index.search(text, limit)
    }

    /// Every code, of airports and of cities; one that is both comes twice.
    pub(crate) fn codes(&self) -> impl Iterator<Item = IataCode> {
        let of_cities = self.cities.iter().map(|city| city.code);
        self.known.iter().map(|airport| airport.code).chain(of_cities)
    }

    /// The place in the list of major airports of the airport with this code, or of the best of the city's.
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
    fn a_code_stands_for_an_airport_or_those_of_a_city_the_largest_first() {
        assert_eq!(airports_of("CGK"), ["CGK"]);
        assert_eq!(airports_of("JKT"), ["CGK", "HLP"]);
        assert_eq!(airports_of("LON"), ["LHR", "LGW", "STN", "LTN", "LCY"]);
        assert!(airports_of("QQQ").is_empty());
    }

    #[test]
    fn a_code_that_is_both_stands_for_the_airport() {
        assert_eq!(airports_of("BKK"), ["BKK"]);
        assert_eq!(airports_of("JNB"), ["JNB"]);
        let bangkok = Airports::embedded().city(code("BKK")).cloned().unwrap();
        assert_eq!(bangkok.airports, [code("BKK"), code("DMK")]);
    }

    #[test]
    fn nobody_has_an_unknown_code() {
        let airports = Airports::embedded();
        assert!(!airports.knows(code("QQQ")));
        assert!(airports.knows(code("CGK")) && airports.knows(code("JKT")));
    }

    #[test]
    fn a_city_is_the_same_place_as_its_airports() {
        let airports = Airports::embedded();
        let same = |a, b| airports.same_place(code(a), code(b));
        assert!(same("JKT", "CGK") && same("CGK", "JKT") && same("CGK", "CGK") && same("JKT", "JKT"));
        assert!(!same("CGK", "HLP") && !same("CGK", "DPS") && !same("QQQ", "QQQ"));
    }
}
