use std::str::FromStr;

use contracts::TravelDate;

use super::{
    day::{InvalidDay, parse_day},
    place::{InvalidPlace, Place},
};

/// One flight of a trip to several cities: `FROM:TO:DATE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leg {
    /// The origin.
    pub(crate) from: Place,
    /// The destination.
    pub(crate) to: Place,
    /// The day of departure.
    pub(crate) date: TravelDate,
}

/// The text is not a flight.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidLeg {
    /// Not three parts.
    #[error("must be FROM:TO:DATE, like CGK:DPS:2027-07-10")]
    Form,
    /// A part that is no place.
    #[error("“{text}”: {reason}")]
    Place {
        /// The part.
        text: String,
        /// What is wrong with it.
        reason: InvalidPlace,
    },
    /// The last part is no day.
    #[error("“{text}”: {reason}")]
    Day {
        /// The part.
        text: String,
        /// What is wrong with it.
        reason: InvalidDay,
    },
}

impl FromStr for Leg {
    type Err = InvalidLeg;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split(':');
        let (Some(from), Some(to), Some(date), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(InvalidLeg::Form);
        };
        let place =
            |text: &str| text.parse().map_err(|reason| InvalidLeg::Place { text: text.to_owned(), reason });
        let day =
            |text: &str| parse_day(text).map_err(|reason| InvalidLeg::Day { text: text.to_owned(), reason });
        Ok(Self { from: place(from)?, to: place(to)?, date: day(date)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flight_has_two_places_and_a_day() {
        let leg: Leg = "Jakarta:dps:2027-07-10".parse().unwrap();
        assert_eq!((leg.from.code.as_str(), leg.to.code.as_str()), ("JKT", "DPS"));
        assert_eq!(leg.date.to_string(), "2027-07-10");
    }

    #[test]
    fn what_is_wrong_is_named() {
        for text in ["", "CGK", "CGK:DPS", "CGK:DPS:2027-07-10:1"] {
            assert_eq!(text.parse::<Leg>(), Err(InvalidLeg::Form), "{text}");
        }
        let error = "CGK:xyzzy:2027-07-10".parse::<Leg>().unwrap_err().to_string();
        assert!(error.starts_with("“xyzzy”: no airport or city"), "{error}");
        let error = "CGK:DPS:soon".parse::<Leg>().unwrap_err().to_string();
        assert!(error.starts_with("“soon”: must be a date"), "{error}");
    }
}
