//! Limits of an offer's values. Suppliers are not trusted.

mod parts;

use super::{Baggage, LocalTime, Offer, Price, Segment, Slice};
use crate::money::MAX_AMOUNT;
pub use parts::{InvalidPart, PartProblem};

/// The longest `flight_number`, in bytes.
pub const MAX_FLIGHT_NUMBER_BYTES: usize = 64;

/// The longest `carrier` and `fare_brand`, in bytes; a supplier's own name is no longer either.
pub const MAX_NAME_BYTES: usize = 128;

/// The longest terminal, type of aircraft, and flight number of a segment, in bytes.
pub const MAX_SHORT_BYTES: usize = 16;

/// The longest `offer_ref`, in bytes. Some suppliers put all that they need to book into it.
pub const MAX_REF_BYTES: usize = 2048;

/// The longest `deep_link`, in bytes.
pub const MAX_LINK_BYTES: usize = 2048;

/// The highest `price`, in whole units of any currency.
pub const MAX_PRICE: u64 = MAX_AMOUNT;

/// The longest `duration_minutes` of a slice: a week.
pub const MAX_DURATION_MINUTES: u32 = 7 * 24 * 60;

/// The most `stops` of a slice.
pub const MAX_STOPS: u8 = 9;

/// The most slices.
pub const MAX_SLICES: usize = 6;

/// The most segments of a slice.
pub const MAX_SEGMENTS: usize = MAX_STOPS as usize + 1;

/// The most prices that one supplier's offer may have.
pub const MAX_PRICES: usize = 32;

/// The most pieces of baggage of a kind.
const MAX_PIECES: u8 = 20;

/// The highest weight of baggage, in kilograms.
const MAX_KG: u16 = 500;

/// The most seats that are left.
const MAX_SEATS: u16 = 999;

/// Why an offer is invalid, independent of the search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOffer {
    /// The flight number is empty, too long, or has invalid characters.
    #[error("flight_number is not 1 to {MAX_FLIGHT_NUMBER_BYTES} printable bytes")]
    FlightNumber,
    /// The price is 0 or too high.
    #[error("price is not 1 to {MAX_PRICE}")]
    Price,
    /// The carrier's name is too long, or has control characters.
    #[error("carrier is not up to {MAX_NAME_BYTES} printable bytes")]
    Carrier,
    /// The arrival is before the departure, or too long after it.
    #[error("arrival is not 1 to {MAX_DURATION_MINUTES} minutes after the departure")]
    Arrival,
    /// The duration is not the time from departure to arrival.
    #[error("duration_minutes is not the time from departure to arrival")]
    Duration,
    /// Too many stops.
    #[error("stops are more than {MAX_STOPS}")]
    Stops,
    /// Too many slices, or one departs before the one before it arrives.
    #[error("slices are more than {MAX_SLICES}, or not in the order of their times")]
    Slices,
    /// The flat fields tell something else than the first slice.
    #[error("the first slice differs from the offer's own fields")]
    FirstSlice,
    /// None or too many segments, or they are not what the slice says.
    #[error(
        "segments are not 1 to {MAX_SEGMENTS} from the slice's origin to its destination, in the order of their times"
    )]
    Segments,
    /// A text of a segment is too long, or has invalid characters.
    #[error(
        "a segment's carrier is not 1 to {MAX_NAME_BYTES} printable bytes, or another text not 1 to {MAX_SHORT_BYTES}"
    )]
    SegmentText,
    /// Too many prices.
    #[error("prices are more than {MAX_PRICES}")]
    Prices,
    /// A total is 0, or a part is more than the total.
    #[error("total is 0, or base or tax is more than it")]
    Total,
    /// The fare brand is empty, too long, or has control characters.
    #[error("fare_brand is not 1 to {MAX_NAME_BYTES} printable bytes")]
    FareBrand,
    /// Impossible amounts of baggage.
    #[error("baggage is more than {MAX_PIECES} pieces or {MAX_KG} kg")]
    Baggage,
    /// Too many seats.
    #[error("seats_left is more than {MAX_SEATS}")]
    Seats,
    /// The link is too long, or no URL of a web page.
    #[error("deep_link is not an http or https URL of up to {MAX_LINK_BYTES} bytes")]
    Link,
    /// The reference is empty, too long, or has invalid characters.
    #[error("offer_ref is not 1 to {MAX_REF_BYTES} printable bytes")]
    Ref,
}

type Checked = Result<(), InvalidOffer>;

fn ensure(holds: bool, otherwise: InvalidOffer) -> Checked {
    if holds { Ok(()) } else { Err(otherwise) }
}

impl Offer {
    /// Checks that each value is within its limits and that the times are consistent. Does not allocate.
    pub fn check(&self) -> Checked {
        ensure(is_graphic(&self.flight_number, MAX_FLIGHT_NUMBER_BYTES), InvalidOffer::FlightNumber)?;
        ensure((1..=MAX_PRICE).contains(&self.price), InvalidOffer::Price)?;
        ensure(is_name(&self.carrier), InvalidOffer::Carrier)?;
        check_times(self.departure, self.arrival, self.duration_minutes)?;
        ensure(self.stops <= MAX_STOPS, InvalidOffer::Stops)?;
        self.check_slices()?;
        ensure(self.prices.len() <= MAX_PRICES, InvalidOffer::Prices)?;
        self.prices.iter().try_for_each(Price::check)
    }

    fn check_slices(&self) -> Checked {
        let in_order = |pair: &[Slice]| match pair {
            [one, next] => one.arrival.timestamp() <= next.departure.timestamp(),
            _ => true,
        };
        ensure(
            self.slices.len() <= MAX_SLICES && self.slices.windows(2).all(in_order),
            InvalidOffer::Slices,
        )?;
        if let Some(first) = self.slices.first() {
            let flat = (self.origin, self.destination, self.departure, self.arrival, self.stops);
            let told = (first.origin, first.destination, first.departure, first.arrival, first.stops);
            ensure(flat == told, InvalidOffer::FirstSlice)?;
        }
        self.slices.iter().try_for_each(Slice::check)
    }
}

impl Slice {
    fn check(&self) -> Checked {
        check_times(self.departure, self.arrival, self.duration_minutes)?;
        ensure(self.stops <= MAX_STOPS, InvalidOffer::Stops)?;
        let (Some(first), Some(last)) = (self.segments.first(), self.segments.last()) else {
            return Err(InvalidOffer::Segments);
        };
        let ends = (first.origin, first.departure, last.destination, last.arrival);
        let in_order = |pair: &[Segment]| match pair {
            [one, next] => one.arrival.timestamp() <= next.departure.timestamp(),
            _ => true,
        };
        ensure(
            ends == (self.origin, self.departure, self.destination, self.arrival)
                && self.segments.len() <= MAX_SEGMENTS
                && self.segments.windows(2).all(in_order),
            InvalidOffer::Segments,
        )?;
        self.segments.iter().try_for_each(Segment::check)
    }
}

impl Segment {
    fn check(&self) -> Checked {
        check_times(self.departure, self.arrival, self.duration_minutes)?;
        let short = [&self.origin_terminal, &self.destination_terminal, &self.aircraft];
        let short_ones_fit = short.into_iter().flatten().all(|text| is_text(text, MAX_SHORT_BYTES));
        let carriers_fit = [Some(&self.carrier), self.operating_carrier.as_ref()]
            .into_iter()
            .flatten()
            .all(|carrier| is_text(carrier, MAX_NAME_BYTES));
        ensure(
            short_ones_fit && carriers_fit && is_graphic(&self.flight_number, MAX_SHORT_BYTES),
            InvalidOffer::SegmentText,
        )
    }
}

impl Price {
    /// Checks that each value is within its limits. Does not allocate.
    pub fn check(&self) -> Checked {
        let Self { total, base, tax, baggage, .. } = self;
        let mut parts = [base, tax].into_iter().flatten();
        ensure(!total.decimal().is_zero() && parts.all(|part| part <= total), InvalidOffer::Total)?;
        ensure(
            self.fare_brand.as_ref().is_none_or(|brand| is_text(brand, MAX_NAME_BYTES)),
            InvalidOffer::FareBrand,
        )?;
        let Baggage { cabin_pieces, checked_pieces, checked_kg } = baggage.unwrap_or_default();
        let pieces = [cabin_pieces, checked_pieces].into_iter().flatten().all(|pieces| pieces <= MAX_PIECES);
        ensure(pieces && checked_kg.is_none_or(|kg| kg <= MAX_KG), InvalidOffer::Baggage)?;
        ensure(self.seats_left.is_none_or(|seats| seats <= MAX_SEATS), InvalidOffer::Seats)?;
        ensure(self.deep_link.as_ref().is_none_or(|link| is_web_link(link)), InvalidOffer::Link)?;
        ensure(self.offer_ref.as_ref().is_none_or(|name| is_graphic(name, MAX_REF_BYTES)), InvalidOffer::Ref)
    }
}

fn check_times(departure: LocalTime, arrival: LocalTime, minutes: u32) -> Checked {
    let flown = arrival.timestamp().duration_since(departure.timestamp()).as_mins();
    ensure((1..=i64::from(MAX_DURATION_MINUTES)).contains(&flown), InvalidOffer::Arrival)?;
    ensure(flown == i64::from(minutes), InvalidOffer::Duration)
}

/// Whether the text is 1 to `max` bytes of ASCII that is seen.
fn is_graphic(text: &str, max: usize) -> bool {
    (1..=max).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Whether the text is 1 to `max` bytes without control characters.
fn is_text(text: &str, max: usize) -> bool {
    (1..=max).contains(&text.len()) && !text.chars().any(char::is_control)
}

/// Whether it is a URL that a browser opens as a page, and nothing else: no script, no file.
fn is_web_link(text: &str) -> bool {
    let host = ["https://", "http://"].iter().find_map(|scheme| text.strip_prefix(scheme));
    is_graphic(text, MAX_LINK_BYTES) && host.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
}

/// Whether this is a valid name of a carrier or supplier.
#[must_use]
pub fn is_name(text: &str) -> bool {
    text.len() <= MAX_NAME_BYTES && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests;
