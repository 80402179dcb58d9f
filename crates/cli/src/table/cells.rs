//! The cells of an offer: a line for each slice.

use contracts::{Currency, IataCode, LocalTime, Offer, SupplierCode, offer::Segment};

use super::column::Column;
use crate::{
    event::ListedOffer,
    short_id::Digits,
    text::{clean, clock, count, days_between, flight_time, price, short_flight_time},
};

/// What the cells of all offers depend on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About {
    /// How many digits of ids are shown.
    pub(crate) ids: Digits,
    /// What offers are ranked in.
    pub(crate) currency: Currency,
}

/// What a column shows of an offer.
pub(super) fn cell(column: Column, listed: &ListedOffer, about: About) -> String {
    let offer = match listed {
        ListedOffer::Full(offer) => Some(offer.as_ref()),
        ListedOffer::Bare { .. } => None,
    };
    match (column, offer) {
        (Column::Price, _) => best_price(listed, about.currency),
        (Column::Flight, None) => clean(listed.flight_number()),
        (Column::Flight, Some(offer)) => all_numbers(offer, "\n"),
        (_, None) => String::new(),
        (Column::Carrier, Some(offer)) => clean(&offer.carrier),
        (Column::Route, Some(offer)) => each_slice(offer, Way::route),
        (Column::Times, Some(offer)) => each_slice(offer, |way| way.times(" → ", " ")),
        (Column::TightTimes, Some(offer)) => each_slice(offer, |way| way.times("–", "")),
        (Column::Duration, Some(offer)) => each_slice(offer, |way| flight_time(way.minutes)),
        (Column::Stops, Some(offer)) => each_slice(offer, |way| stops(way.stops)),
        (Column::Journey, Some(offer)) => {
            each_slice(offer, |way| format!("{} {}", short_flight_time(way.minutes), stops(way.stops)))
        }
        (Column::Suppliers, Some(offer)) => {
            let suppliers: Vec<_> = offer.suppliers.iter().map(SupplierCode::as_str).collect();
            suppliers.join(", ")
        }
        (Column::Id, Some(_)) => listed.id().map_or_else(String::new, |id| about.ids.short(id)),
    }
}

/// The best price: in the search's currency if there is a rate, since that is what offers are sorted by. What else there is
/// to know of it is on lines of its own.
fn best_price(listed: &ListedOffer, wanted: Currency) -> String {
    let best = match listed {
        ListedOffer::Full(offer) => offer.prices.first(),
        ListedOffer::Bare { .. } => None,
    };
    let approximate = best.and_then(|price| price.approximate);
    let (sign, (amount, currency)) = match &approximate {
        Some(about) => ("≈ ", (about.total.units_rounded_up(), about.currency.as_str())),
        None => ("", listed.price()),
    };
    let amount = format!("{sign}{}", price(amount, currency));
    let rate = (approximate.is_none() && currency != wanted.as_str()).then_some("no exchange rate");
    let pair = best.is_some_and(|price| !price.bookings.is_empty()).then_some("two bookings");
    [Some(amount.as_str()), rate, pair].into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// The flight numbers of each slice, `GA57/GA402`; the offer tells those of the first.
pub(crate) fn all_numbers(offer: &Offer, between: &str) -> String {
    let number = |segment: &Segment| format!("{}{}", segment.carrier, segment.flight_number);
    let further = offer.slices.iter().skip(1);
    let further = further.map(|slice| slice.segments.iter().map(number).collect::<Vec<_>>().join("/"));
    let numbers = std::iter::once(offer.flight_number.clone()).chain(further);
    numbers.map(|number| clean(&number)).collect::<Vec<_>>().join(between)
}

fn each_slice(offer: &Offer, show: impl Fn(Way) -> String) -> String {
    if offer.slices.is_empty() {
        let Offer { origin, destination, departure, arrival, duration_minutes, stops, .. } = offer;
        return show(Way {
            ends: [*origin, *destination],
            departure: *departure,
            arrival: *arrival,
            minutes: *duration_minutes,
            stops: *stops,
        });
    }
    let ways = offer.slices.iter().map(|slice| Way {
        ends: [slice.origin, slice.destination],
        departure: slice.departure,
        arrival: slice.arrival,
        minutes: slice.duration_minutes,
        stops: slice.stops,
    });
    ways.map(show).collect::<Vec<_>>().join("\n")
}

/// What is shown of a slice.
struct Way {
    ends: [IataCode; 2],
    departure: LocalTime,
    arrival: LocalTime,
    minutes: u32,
    stops: u8,
}

impl Way {
    /// `CGK 22:10 → DPS 01:00 +1`: local times, and the days between them.
    fn route(self) -> String {
        let Self { ends: [origin, destination], departure, arrival, .. } = self;
        let (departs, arrives) = (clock(departure), clock(arrival));
        format!("{origin} {departs} → {destination} {arrives}{}", days(" ", departure, arrival))
    }

    fn times(self, to: &str, space: &str) -> String {
        let Self { departure, arrival, .. } = self;
        format!("{}{to}{}{}", clock(departure), clock(arrival), days(space, departure, arrival))
    }
}

fn days(space: &str, departure: LocalTime, arrival: LocalTime) -> String {
    days_between(departure, arrival).map_or_else(String::new, |days| format!("{space}{days}"))
}

fn stops(stops: u8) -> String {
    match stops {
        0 => "direct".into(),
        stops => count(stops.into(), "stop"),
    }
}
