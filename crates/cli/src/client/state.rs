//! The state of a search, as far as this program shows it.

use contracts::{Currency, IataCode, SupplierListing, TravelDate};
use serde::Deserialize;

use crate::{event::ListedOffer, title::title};

/// `data` of the response to a GET of a search.
#[derive(Debug, Deserialize)]
pub(crate) struct State {
    /// The suppliers that are asked.
    #[serde(default)]
    pub(crate) asked: Vec<SupplierListing>,
    /// The offers so far.
    #[serde(default)]
    pub(crate) results: Vec<ListedOffer>,
    #[serde(default)]
    currency: Option<Currency>,
    #[serde(default)]
    from: Option<IataCode>,
    #[serde(default)]
    to: Option<IataCode>,
    #[serde(default)]
    date: Option<TravelDate>,
    #[serde(default)]
    slices: Vec<Flight>,
    /// How many need a seat.
    #[serde(default)]
    passengers: Option<usize>,
}

#[derive(Debug, Deserialize)]
struct Flight {
    from: IataCode,
    to: IataCode,
    date: TravelDate,
}

impl State {
    /// The currency that offers are ranked in.
    pub(crate) fn currency(&self) -> Currency {
        self.currency.unwrap_or_default()
    }

    /// What is searched.
    pub(crate) fn title(&self) -> String {
        let mut flights: Vec<_> =
            self.slices.iter().map(|Flight { from, to, date }| (*from, *to, *date)).collect();
        if let (true, Some(from), Some(to), Some(date)) = (flights.is_empty(), self.from, self.to, self.date)
        {
            flights.push((from, to, date));
        }
        title(&flights, self.passengers)
    }
}
