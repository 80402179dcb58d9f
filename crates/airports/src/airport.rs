use contracts::IataCode;
use jiff::tz::TimeZone;

/// An airport with an IATA code.
#[derive(Clone, Debug, PartialEq)]
pub struct Airport {
    /// Its code, `CGK`.
    pub code: IataCode,
    /// Its name, `Soekarno-Hatta International Airport`.
    pub name: &'static str,
    /// The city it serves, `Jakarta`; empty if the source names none.
    pub city: &'static str,
    /// ISO 3166-1 alpha-2 code, `ID`.
    pub country: &'static str,
    /// Degrees, north is positive.
    pub latitude: f64,
    /// Degrees, east is positive.
    pub longitude: f64,
    /// IANA name, `Asia/Jakarta`.
    pub time_zone: &'static str,
}

impl Airport {
    /// The time zone, from the time zone database compiled into the program.
    ///
    /// UTC if the database lacks the name. With the embedded data this does not happen: a test looks up every
    /// airport's.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(self.time_zone).unwrap_or(TimeZone::UTC)
    }
}

/// A city, or its metropolitan area, with a code for all of its airports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct City {
    /// Its code, `JKT`. One of its airports may have the same code: `BKK`.
    pub code: IataCode,
    /// Its name, `Jakarta`.
    pub name: &'static str,
    /// ISO 3166-1 alpha-2 code, `ID`.
    pub country: &'static str,
    /// Its airports, the largest first; never empty.
    pub airports: Vec<IataCode>,
}
