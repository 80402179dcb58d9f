use std::{num::ParseFloatError, time::Duration};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use contracts::{
    Cabin, Passengers, SearchQuery, SearchRequest, SearchTimeout, SupplierCode, TravelDate,
    money::Currency,
    search::{Adults, ChildAge, InfantAge, InvalidPassengers, InvalidSlices, MaxStops, Slice, Slices},
};

use super::{
    day::parse_day,
    field::argument,
    leg::Leg,
    place::{Place, parse_origin},
    shared::{GatewayArgs, ShowArgs},
};

/// A search.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct SearchArgs {
    /// Origin: an airport or a city, as a code like CGK or a name like Jakarta
    #[arg(required_unless_present = "slices", value_parser = parse_origin)]
    from: Option<Place>,

    /// Destination, like the origin
    #[arg(required_unless_present = "slices")]
    to: Option<Place>,

    /// Day of departure: YYYY-MM-DD, today, tomorrow, or a number of days from today like +3d
    #[arg(required_unless_present = "slices", value_parser = parse_day)]
    date: Option<TravelDate>,

    /// Day of the way back, like the date
    #[arg(long = "return", value_name = "DATE", value_parser = parse_day)]
    return_date: Option<TravelDate>,

    /// A flight of a trip to several cities, instead of <FROM> <TO> <DATE>; once for each, 1 to 6
    #[arg(long = "slice", value_name = "FROM:TO:DATE", conflicts_with_all = ["from", "return_date"])]
    slices: Vec<Leg>,

    /// Number of adults, 1 to 9
    #[arg(short = 'p', long, visible_alias = "passengers", default_value = "1", value_name = "N")]
    adults: Adults,

    /// Age of a child, 2 to 17; once for each, or separated by commas
    #[arg(long = "child", value_delimiter = ',', value_name = "AGE")]
    children: Vec<ChildAge>,

    /// Age of an infant on a lap, 0 or 1; once for each, or separated by commas
    #[arg(long = "infant", value_delimiter = ',', value_name = "AGE")]
    infants: Vec<InfantAge>,

    /// The cabin to travel in [default: any]
    #[arg(long, value_parser = cabins())]
    cabin: Option<Cabin>,

    /// The most stops on each way, 0 to 3 [default: any]
    #[arg(long, value_name = "N")]
    max_stops: Option<MaxStops>,

    /// Currency to rank prices in, like USD [default: IDR]
    #[arg(long, value_name = "CODE")]
    currency: Option<Currency>,

    /// Suppliers to ask, as codes separated by commas, like GA,SQ [default: all]
    #[arg(long, value_delimiter = ',', value_name = "CODES")]
    suppliers: Vec<SupplierCode>,

    /// Return partial results after this many seconds [default: the gateway's deadline]
    #[arg(long, value_parser = parse_seconds, value_name = "SECONDS")]
    timeout: Option<SearchTimeout>,

    #[command(flatten)]
    pub(crate) show: ShowArgs,

    #[command(flatten)]
    pub(crate) gateway: GatewayArgs,
}

impl SearchArgs {
    /// The body of the POST request.
    pub(crate) fn search(&self) -> Result<SearchRequest, InvalidSearch> {
        let (children, infants) =
            (self.children.iter().copied().collect(), self.infants.iter().copied().collect());
        let passengers =
            Passengers::new(self.adults, children, infants).map_err(|problem| match problem {
                InvalidPassengers::Seats => InvalidSearch::Seats,
                InvalidPassengers::Infants => InvalidSearch::Infants,
            })?;
        let (cabin, max_stops, currency) = (self.cabin, self.max_stops, self.currency);
        Ok(SearchRequest {
            query: SearchQuery { slices: self.trip()?, passengers, cabin, max_stops, currency },
            suppliers: self.suppliers.iter().cloned().collect(),
            timeout: self.timeout,
        })
    }

    /// What the user gave for a field of the request.
    pub(crate) fn argument(&self, field: &str) -> Option<String> {
        argument(field, !self.slices.is_empty())
    }

    /// What names of places were taken for, where that is a guess.
    pub(crate) fn guesses(&self) -> impl Iterator<Item = &str> {
        let of_slices = self.slices.iter().flat_map(|leg| [&leg.from, &leg.to]);
        self.from.iter().chain(&self.to).chain(of_slices).filter_map(|place| place.guess.as_deref())
    }

    fn trip(&self) -> Result<Slices, InvalidSearch> {
        let slice = |from: &Place, to: &Place, date| {
            Slice::new(from.code, to.code, date).map_err(|_| InvalidSearch::SamePlace)
        };
        if let (Some(from), Some(to), Some(date)) = (&self.from, &self.to, self.date) {
            let there = slice(from, to, date)?;
            let back = self.return_date.map(|date| there.back(date));
            return Slices::new(std::iter::once(there).chain(back).collect())
                .map_err(|_| InvalidSearch::EarlyReturn);
        }
        let legs = self.slices.iter().map(|leg| slice(&leg.from, &leg.to, leg.date));
        Slices::new(legs.collect::<Result<_, _>>()?).map_err(|problem| match problem {
            InvalidSlices::Count => InvalidSearch::Flights,
            InvalidSlices::Order { .. } => InvalidSearch::Order,
        })
    }
}

/// Reads a cabin. Lists them all in the help and in completions.
fn cabins() -> impl TypedValueParser<Value = Cabin> {
    PossibleValuesParser::new(Cabin::ALL.map(Cabin::as_str)).try_map(|name| name.parse::<Cabin>())
}

/// Arguments that are valid, but not together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidSearch {
    /// Too many seats.
    #[error("at most 9 adults and children can be booked together")]
    Seats,
    /// More infants than adults.
    #[error("each infant needs an adult's lap")]
    Infants,
    /// Origin and destination are the same.
    #[error("a flight must go to another place than it comes from")]
    SamePlace,
    /// Back before the departure.
    #[error("--return must not be before <DATE>")]
    EarlyReturn,
    /// None, or too many.
    #[error("a trip has 1 to 6 flights")]
    Flights,
    /// A flight on an earlier day than the one before.
    #[error("each --slice must be on the day of the one before or later")]
    Order,
}

/// The text is not a valid timeout.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum InvalidSeconds {
    #[error("must be a number of seconds, like 10 or 2.5")]
    NotANumber(#[from] ParseFloatError),
    #[error("must be a number of seconds from 0.1 to 86400 (a day)")]
    OutOfRange,
}

fn parse_seconds(text: &str) -> Result<SearchTimeout, InvalidSeconds> {
    let seconds: f64 = text.parse()?;
    let timeout = Duration::try_from_secs_f64(seconds).ok();
    let millis = timeout.and_then(|timeout| u64::try_from(timeout.as_millis()).ok());
    millis.and_then(|millis| millis.try_into().ok()).ok_or(InvalidSeconds::OutOfRange)
}

#[cfg(test)]
mod tests {
    use clap::{Parser, error::ErrorKind};

    use super::*;

    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        search: SearchArgs,
    }

    fn parse(line: &str) -> Result<SearchArgs, clap::Error> {
        Only::try_parse_from(line.split_whitespace()).map(|only| only.search)
    }

    #[test]
    fn a_search_becomes_the_body_that_the_api_documents() {
        let args = parse("flight-search cgk DPS 2025-07-10 -p 2").unwrap();
        assert_eq!(
            serde_json::to_string(&args.search().unwrap()).unwrap(),
            r#"{"from":"CGK","to":"DPS","date":"2025-07-10","passengers":2}"#
        );
    }

    #[test]
    fn a_return_for_a_family_in_business() {
        let line = "flight-search CGK DPS 2026-12-08 --return 2026-12-15 --adults 2 --child 11 --child 7 \
                    --infant 1 --cabin business --max-stops 1 --currency USD";
        let body = serde_json::to_value(parse(line).unwrap().search().unwrap()).unwrap();
        assert_eq!(
            body,
            serde_json::json!({
                "from": "CGK", "to": "DPS", "date": "2026-12-08",
                "slices": [
                    {"from": "CGK", "to": "DPS", "date": "2026-12-08"},
                    {"from": "DPS", "to": "CGK", "date": "2026-12-15"},
                ],
                "passengers": {"adults": 2, "children": [7, 11], "infants": [1]},
                "cabin": "business", "max_stops": 1, "currency": "USD",
            })
        );
    }

    #[test]
    fn impossible_trips_are_rejected() {
        for options in ["--return 2025-07-09", "--adults 8 --child 3,4", "--infant 0,1"] {
            let line = format!("flight-search CGK DPS 2025-07-10 {options}");
            assert!(parse(&line).unwrap().search().is_err(), "{options}");
        }
    }

    #[test]
    fn suppliers_and_timeout_are_optional_fields() {
        let args = parse("flight-search CGK DPS 2025-07-10 --suppliers GA,sq --timeout 2.5").unwrap();
        let body = serde_json::to_value(args.search().unwrap()).unwrap();
        assert_eq!(body["suppliers"], serde_json::json!(["GA", "SQ"]));
        assert_eq!(body["timeout_ms"], 2500);
    }

    #[test]
    fn origin_and_destination_must_differ() {
        for line in ["CGK cgk 2025-07-10", "--slice CGK:DPS:2025-07-10 --slice DPS:dps:2025-07-11"] {
            let args = parse(&format!("flight-search {line}")).unwrap();
            assert_eq!(args.search(), Err(InvalidSearch::SamePlace), "{line}");
        }
    }

    #[test]
    fn a_trip_to_several_cities() {
        let line = "flight-search --slice Jakarta:denpasr:2026-12-08 --slice DPS:SUB:2026-12-12 -p 2";
        let args = parse(line).unwrap();
        let body = serde_json::to_value(args.search().unwrap()).unwrap();
        let slices = serde_json::json!([
            {"from": "JKT", "to": "DPS", "date": "2026-12-08"},
            {"from": "DPS", "to": "SUB", "date": "2026-12-12"},
        ]);
        assert_eq!((&body["slices"], &body["passengers"]), (&slices, &serde_json::json!(2)));
        let guesses: Vec<_> = args.guesses().collect();
        assert!(matches!(guesses[..], [guess] if guess.contains("denpasr")), "{guesses:?}");
        let earlier = parse(&format!("{line} --slice SUB:CGK:2026-12-11")).unwrap();
        assert_eq!(earlier.search(), Err(InvalidSearch::Order));
        let seven = format!("flight-search {}", "--slice CGK:DPS:2026-12-08 ".repeat(7));
        assert_eq!(parse(&seven).unwrap().search(), Err(InvalidSearch::Flights));
    }

    #[test]
    fn invalid_arguments_are_rejected() {
        for line in [
            "flight-search",
            "flight-search CGK DPS",
            "flight-search CGK DPS 2025-07-10 --slice CGK:DPS:2025-07-10",
            "flight-search --slice CGK:DPS:2025-07-10 --return 2025-07-11",
            "flight-search --slice CGK:DPS",
            "flight-search xyzzy DPS 2025-07-10",
            "flight-search CGK DPS 2025-02-30",
            "flight-search CGK DPS 2025-07-10 -p 0",
            "flight-search CGK DPS 2025-07-10 --child 1",
            "flight-search CGK DPS 2025-07-10 --cabin coach",
            "flight-search CGK DPS 2025-07-10 --max-stops 4",
            "flight-search CGK DPS 2025-07-10 --sort fast",
            "flight-search CGK DPS 2025-07-10 --json --sort best",
            "flight-search CGK DPS 2025-07-10 --suppliers G",
            "flight-search CGK DPS 2025-07-10 --timeout 0",
            "flight-search CGK DPS 2025-07-10 --timeout NaN",
            "flight-search CGK DPS 2025-07-10 --url ftp://localhost",
            "flight-search CGK DPS 2025-07-10 --url localhost:8080",
        ] {
            let error = parse(line).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{line}");
            assert_ne!(error.kind(), ErrorKind::UnknownArgument, "{line}");
        }
    }
}
