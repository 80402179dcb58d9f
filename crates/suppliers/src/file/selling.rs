//! What the file says of what a supplier sells.

use airports::Airports;
use contracts::IataCode;
use serde::Deserialize;

/// A kind of passenger that suppliers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PassengerType {
    Adult,
    Child,
    Infant,
}

/// Where a supplier flies: `CGK` (an airport or city), `CGK-DPS` (between two, in either direction) or `ID` (the airports
/// of a country).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum Served {
    Place(IataCode),
    Pair(IataCode, IataCode),
    Country(String),
}

impl Served {
    /// Checks that it names something.
    fn check(&self, airports: &Airports) -> Result<(), UnservedPlaces> {
        let known = |code: &IataCode| {
            if airports.knows(*code) { Ok(()) } else { Err(UnservedPlaces::Code(*code)) }
        };
        match self {
            Self::Place(place) => known(place),
            Self::Country(country) if airports.has_country(country) => Ok(()),
            Self::Country(country) => Err(UnservedPlaces::Country(country.clone())),
            Self::Pair(one, other) => {
                known(one).and_then(|()| known(other))?;
                let is_one = one == other || airports.same_place(*one, *other);
                if is_one { Err(UnservedPlaces::Pair(*one, *other)) } else { Ok(()) }
            }
        }
    }
}

/// Checks the setting `serves`: a supplier for which no search can match would never be asked.
pub(crate) fn check_served(serves: &[Served], airports: &Airports) -> Result<(), UnservedPlaces> {
    serves.iter().try_for_each(|served| served.check(airports))?;
    match serves {
        [Served::Place(place)] => Err(UnservedPlaces::OnlyPlace(*place)),
        _ => Ok(()),
    }
}

/// Why a supplier's `serves` matches no search.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UnservedPlaces {
    #[error("no airport or city has the code {0}")]
    Code(IataCode),
    #[error("no airport is in the country {0}: write its ISO 3166 code, such as GB for the United Kingdom")]
    Country(String),
    #[error("{0}-{1} is one place: write a pair of two, such as CGK-DPS")]
    Pair(IataCode, IataCode),
    #[error(
        "both ends of a flight must be listed, and {0} is the only place: add the other ends, or write pairs such as CGK-DPS"
    )]
    OnlyPlace(IataCode),
}

impl TryFrom<String> for Served {
    type Error = InvalidServed;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let code = |text: &str| text.parse().map_err(|_| InvalidServed);
        match text.split_once('-') {
            Some((one, other)) => Ok(Self::Pair(code(one)?, code(other)?)),
            None if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                Ok(Self::Country(text))
            }
            None => Ok(Self::Place(code(&text)?)),
        }
    }
}

/// A text that names no places.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("must be an airport or city like CGK, a pair like CGK-DPS, or a country like ID")]
pub(crate) struct InvalidServed;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_place_is_refused() {
        for text in ["", "id", "JAKARTA", "CGK-", "CGK-DPS-SIN"] {
            assert!(Served::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_list_that_matches_no_search_is_refused() {
        let airports = Airports::embedded();
        let check = |texts: &[&str]| {
            let serves: Result<Vec<_>, _> =
                texts.iter().map(|text| Served::try_from((*text).to_owned())).collect();
            check_served(&serves.unwrap(), &airports).map_err(|error| error.to_string())
        };
        for texts in [&[][..], &["GB"], &["ID", "SG"], &["CGK", "DPS"], &["JKT-SIN"], &["CGK", "SIN-DPS"]] {
            assert_eq!(check(texts), Ok(()), "{texts:?}");
        }
        for (texts, problem) in [
            (&["UK"][..], "no airport is in the country UK: write its ISO 3166 code, such as GB for"),
            (&["ID", "XX"], "no airport is in the country XX"),
            (&["CGK", "QQQ"], "no airport or city has the code QQQ"),
            (&["CGK-QQQ"], "no airport or city has the code QQQ"),
            (&["JKT-CGK"], "JKT-CGK is one place: write a pair of two, such as CGK-DPS"),
            (&["CGK"], "both ends of a flight must be listed, and CGK is the only place: add the other ends"),
            (&["JKT"], "both ends of a flight must be listed, and JKT is the only place"),
        ] {
            let error = check(texts).unwrap_err();
            assert!(error.starts_with(problem), "{texts:?}: {error}");
        }
    }
}
