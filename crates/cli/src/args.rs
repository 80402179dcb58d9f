//! The command line.

use std::{num::ParseFloatError, time::Duration};

use clap::{CommandFactory, Parser, error::ErrorKind};
use contracts::{
    Cabin, IataCode, Passengers, SearchQuery, SearchRequest, SearchTimeout, SupplierCode, TravelDate,
    money::Currency,
    search::{Adults, ChildAge, InfantAge, InvalidPassengers, MaxStops, Slice, Slices},
};

use crate::{base_url::BaseUrl, exit};

/// Search flights. Asks all suppliers at once, shows each answer as it arrives, and prints the offers
#[derive(Parser, Clone, Debug)]
#[command(name = "flight-search", version, after_help = exit::HELP)]
pub(crate) struct Args {
    /// Origin: IATA code of an airport or city, like CGK or JKT
    from: IataCode,

    /// Destination: IATA code of an airport or city
    to: IataCode,

    /// Day of departure, YYYY-MM-DD
    date: TravelDate,

    /// Day of the way back
    #[arg(long = "return", value_name = "DATE")]
    return_date: Option<TravelDate>,

    /// Number of adults, 1 to 9
    #[arg(short = 'p', long, visible_alias = "passengers", default_value = "1", value_name = "N")]
    adults: Adults,

    /// Age of a child, 2 to 17; once for each, or separated by commas
    #[arg(long = "child", value_delimiter = ',', value_name = "AGE")]
    children: Vec<ChildAge>,

    /// Age of an infant on a lap, 0 or 1; once for each, or separated by commas
    #[arg(long = "infant", value_delimiter = ',', value_name = "AGE")]
    infants: Vec<InfantAge>,

    /// The cabin to travel in
    #[arg(long, help = "Cabin: economy, premium_economy, business or first [default: any]")]
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

    /// Number of offers to show, cheapest first; 0 for all
    #[arg(short = 'n', long, default_value_t = 20, value_name = "N")]
    limit: usize,

    /// Print the terminal event as one line of JSON instead of a table
    #[arg(long, conflicts_with = "limit")]
    pub(crate) json: bool,

    /// URL of the gateway
    #[arg(long, env = "FLIGHT_SEARCH_URL", default_value = "http://localhost:8080", hide_env_values = true)]
    pub(crate) url: BaseUrl,
}

impl Args {
    /// The body of the POST request.
    pub(crate) fn search(&self) -> Result<SearchRequest, clap::Error> {
        let invalid = |problem: &str| Self::command().error(ErrorKind::ValueValidation, problem);
        let there =
            Slice::new(self.from, self.to, self.date).map_err(|_| invalid("<TO> must differ from <FROM>"))?;
        let back = self.return_date.map(|date| there.back(date));
        let slices = Slices::new(std::iter::once(there).chain(back).collect())
            .map_err(|_| invalid("--return must not be before <DATE>"))?;
        let (children, infants) =
            (self.children.iter().copied().collect(), self.infants.iter().copied().collect());
        let passengers =
            Passengers::new(self.adults, children, infants).map_err(|problem| match problem {
                InvalidPassengers::Seats => invalid("at most 9 adults and children can be booked together"),
                InvalidPassengers::Infants => invalid("each infant needs an adult's lap"),
            })?;
        let (cabin, max_stops, currency) = (self.cabin, self.max_stops, self.currency);
        Ok(SearchRequest {
            query: SearchQuery { slices, passengers, cabin, max_stops, currency },
            suppliers: self.suppliers.iter().cloned().collect(),
            timeout: self.timeout,
        })
    }

    /// Number of offers in the table.
    pub(crate) fn rows(&self) -> usize {
        if self.limit == 0 { usize::MAX } else { self.limit }
    }
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
    use super::*;

    fn parse(line: &str) -> Result<Args, clap::Error> {
        Args::try_parse_from(line.split_whitespace())
    }

    #[test]
    fn the_command_is_well_formed() {
        Args::command().debug_assert();
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
            assert_eq!(parse(&line).unwrap().search().unwrap_err().exit_code(), 2, "{options}");
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
        let args = parse("flight-search CGK cgk 2025-07-10").unwrap();
        assert_eq!(args.search().unwrap_err().exit_code(), 2);
    }

    #[test]
    fn invalid_arguments_are_rejected() {
        for line in [
            "flight-search",
            "flight-search CGK DPS",
            "flight-search CGKX DPS 2025-07-10",
            "flight-search CGK DPS 2025-02-30",
            "flight-search CGK DPS 2025-07-10 -p 0",
            "flight-search CGK DPS 2025-07-10 --child 1",
            "flight-search CGK DPS 2025-07-10 --cabin coach",
            "flight-search CGK DPS 2025-07-10 --max-stops 4",
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
