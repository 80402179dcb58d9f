use clap::Args;
use contracts::{
    Cabin, IataCode, Passengers, SearchQuery, SupplierCode, TravelDate,
    money::Currency,
    search::{Adults, ChildAge, InfantAge, InvalidPassengers, MaxStops, Slice, Slices},
};

/// The search to try, and the supplier to ask.
#[derive(Args, Clone, Debug)]
pub struct TryArgs {
    /// Origin: IATA code of an airport or city.
    from: IataCode,

    /// Destination: IATA code of an airport or city.
    to: IataCode,

    /// Day of departure, YYYY-MM-DD.
    date: TravelDate,

    /// Day of the way back.
    #[arg(long = "return", value_name = "DATE")]
    return_date: Option<TravelDate>,

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
        let there = Slice::new(self.from, self.to, self.date).map_err(|_| "<TO> must differ from <FROM>")?;
        let back = self.return_date.map(|date| there.back(date));
        let slices = Slices::new(std::iter::once(there).chain(back).collect())
            .map_err(|_| "--return must not be before <DATE>")?;
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
}
