use std::str::FromStr;

use clap::Args;
use contracts::{
    Cabin, IataCode, Passengers, SearchQuery, SupplierCode, TravelDate,
    money::Currency,
    search::{Adults, ChildAge, InfantAge, InvalidPassengers, InvalidSlices, MaxStops, Slice, Slices},
};

/// The search to try, and the supplier to ask.
#[derive(Args, Clone, Debug)]
pub struct TryArgs {
    /// Origin: IATA code of an airport or city.
    #[arg(required_unless_present = "slices")]
    from: Option<IataCode>,

    /// Destination: IATA code of an airport or city.
    #[arg(required_unless_present = "slices")]
    to: Option<IataCode>,

    /// Day of departure, YYYY-MM-DD.
    #[arg(required_unless_present = "slices")]
    date: Option<TravelDate>,

    /// Day of the way back.
    #[arg(long = "return", value_name = "DATE")]
    return_date: Option<TravelDate>,

    /// A flight of a trip to several cities, instead of <FROM> <TO> <DATE>; once for each, 1 to 6.
    #[arg(long = "slice", value_name = "FROM:TO:DATE", conflicts_with_all = ["from", "return_date"])]
    slices: Vec<Leg>,

    /// Number of adults, 1 to 9.
    #[arg(long, default_value = "1", value_name = "N")]
    adults: Adults,

    /// Age of a child, 2 to 17; once for each, or separated by commas.
    #[arg(long = "child", value_delimiter = ',', value_name = "AGE")]
    children: Vec<ChildAge>,

    /// Age of an infant on a lap, 0 or 1; once for each, or separated by commas.
    #[arg(long = "infant", value_delimiter = ',', value_name = "AGE")]
    infants: Vec<InfantAge>,

    /// Cabin: economy, `premium_economy`, business or first [default: any].
    #[arg(long)]
    cabin: Option<Cabin>,

    /// The most stops on each way, 0 to 3 [default: any].
    #[arg(long, value_name = "N")]
    max_stops: Option<MaxStops>,

    /// Currency to ask for prices in, like USD [default: IDR].
    #[arg(long, value_name = "CODE")]
    currency: Option<Currency>,

    /// Code of the supplier; may be left out if there is only one.
    #[arg(long, value_name = "CODE")]
    pub(super) supplier: Option<SupplierCode>,
}

impl TryArgs {
    /// The search, or what is wrong with it.
    pub(super) fn query(&self) -> Result<SearchQuery, &'static str> {
        let slices = self.slices()?;
        let (children, infants) =
            (self.children.iter().copied().collect(), self.infants.iter().copied().collect());
        let passengers = Passengers::new(self.adults, children, infants);
        let passengers = passengers.map_err(|problem| match problem {
            InvalidPassengers::Seats => "at most 9 adults and children can be booked together",
            InvalidPassengers::Infants => "each infant needs an adult's lap",
        })?;
        let (cabin, max_stops, currency) = (self.cabin, self.max_stops, self.currency);
        Ok(SearchQuery { slices, passengers, cabin, max_stops, currency })
    }

    fn slices(&self) -> Result<Slices, &'static str> {
        if let (Some(from), Some(to), Some(date)) = (self.from, self.to, self.date) {
            let there = Slice::new(from, to, date).map_err(|_| "<TO> must differ from <FROM>")?;
            let back = self.return_date.map(|date| there.back(date));
            return Slices::new(std::iter::once(there).chain(back).collect())
                .map_err(|_| "--return must not be before <DATE>");
        }
        let slices = self.slices.iter().map(|Leg { from, to, date }| Slice::new(*from, *to, *date));
        let slices = slices.collect::<Result<_, _>>().map_err(|_| "a --slice must go to another place")?;
        Slices::new(slices).map_err(|problem| match problem {
            InvalidSlices::Count => "a trip has 1 to 6 flights",
            InvalidSlices::Order { .. } => "each --slice must be on the day of the one before or later",
        })
    }
}

/// One flight of a trip to several cities: `FROM:TO:DATE`.
#[derive(Clone, Copy, Debug)]
struct Leg {
    from: IataCode,
    to: IataCode,
    date: TravelDate,
}

/// The text is not a flight.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("must be FROM:TO:DATE, like CGK:DPS:2127-12-08")]
struct InvalidLeg;

impl FromStr for Leg {
    type Err = InvalidLeg;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split(':');
        let (Some(from), Some(to), Some(date), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(InvalidLeg);
        };
        let place = |text: &str| text.parse().map_err(|_| InvalidLeg);
        Ok(Self { from: place(from)?, to: place(to)?, date: date.parse().map_err(|_| InvalidLeg)? })
    }
}
