//! Limits of an offer's values. Suppliers are not trusted.

use super::Offer;

/// The longest `flight_number`, in bytes.
pub const MAX_FLIGHT_NUMBER_BYTES: usize = 64;

/// The longest `carrier`, in bytes; a supplier's own name is no longer either.
pub const MAX_NAME_BYTES: usize = 128;

/// The highest `price`, in whole units of any currency.
pub const MAX_PRICE: u64 = 1_000_000_000_000;

/// The longest `duration_minutes`: a week.
pub const MAX_DURATION_MINUTES: u32 = 7 * 24 * 60;

/// The most `stops`.
pub const MAX_STOPS: u8 = 9;

/// Why an offer is invalid, independent of the search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOffer {
    /// The flight number is empty, too long, or has invalid characters.
    #[error("flight_number is not 1 to {MAX_FLIGHT_NUMBER_BYTES} printable bytes")]
    FlightNumber,
    /// The price is 0 or too high.
    #[error("price is not 1 to {MAX_PRICE}")]
    Price,
    /// The currency is not an ISO 4217 code.
    #[error("currency is not three upper-case letters")]
    Currency,
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
}

impl Offer {
    /// Checks that each value is within its limits and that the times are consistent. Does not allocate.
    pub fn check(&self) -> Result<(), InvalidOffer> {
        let ensure = |holds: bool, otherwise| if holds { Ok(()) } else { Err(otherwise) };
        let flown = self.arrival.timestamp().duration_since(self.departure.timestamp()).as_mins();
        ensure(is_flight_number(&self.flight_number), InvalidOffer::FlightNumber)?;
        ensure((1..=MAX_PRICE).contains(&self.price), InvalidOffer::Price)?;
        ensure(is_currency(&self.currency), InvalidOffer::Currency)?;
        ensure(is_name(&self.carrier), InvalidOffer::Carrier)?;
        ensure((1..=i64::from(MAX_DURATION_MINUTES)).contains(&flown), InvalidOffer::Arrival)?;
        ensure(flown == i64::from(self.duration_minutes), InvalidOffer::Duration)?;
        ensure(self.stops <= MAX_STOPS, InvalidOffer::Stops)
    }
}

fn is_flight_number(text: &str) -> bool {
    (1..=MAX_FLIGHT_NUMBER_BYTES).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Whether this is a valid name of a carrier or supplier.
#[must_use]
pub fn is_name(text: &str) -> bool {
    text.len() <= MAX_NAME_BYTES && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::offer;

    #[test]
    fn an_offer_within_all_bounds_is_valid() {
        let at_the_edge = Offer {
            flight_number: "X".repeat(MAX_FLIGHT_NUMBER_BYTES),
            price: MAX_PRICE,
            carrier: "é".repeat(MAX_NAME_BYTES / 2),
            stops: MAX_STOPS,
            ..offer()
        };
        assert_eq!([offer().check(), at_the_edge.check()], [Ok(()), Ok(())]);
    }

    #[test]
    fn what_is_out_of_bounds_is_named() {
        let of = |change: fn(&mut Offer)| {
            let mut offer = offer();
            change(&mut offer);
            offer.check().unwrap_err()
        };
        for number in ["", "GA 57", "GA57\n", "ＧＡ57"] {
            assert_eq!(
                Offer { flight_number: number.into(), ..offer() }.check(),
                Err(InvalidOffer::FlightNumber)
            );
        }
        assert_eq!(of(|offer| offer.flight_number = "X".repeat(65)), InvalidOffer::FlightNumber);
        assert_eq!(of(|offer| offer.price = 0), InvalidOffer::Price);
        assert_eq!(of(|offer| offer.price = MAX_PRICE + 1), InvalidOffer::Price);
        assert_eq!(of(|offer| offer.currency = "idr".into()), InvalidOffer::Currency);
        assert_eq!(of(|offer| offer.currency = "EURO".into()), InvalidOffer::Currency);
        assert_eq!(of(|offer| offer.carrier = "x".repeat(19_000)), InvalidOffer::Carrier);
        assert_eq!(of(|offer| offer.carrier = "\u{1b}[31mRed".into()), InvalidOffer::Carrier);
        assert_eq!(of(|offer| offer.arrival = offer.departure), InvalidOffer::Arrival);
        assert_eq!(
            of(|offer| offer.arrival = "2025-07-17T06:06:00+07:00".parse().unwrap()),
            InvalidOffer::Arrival
        );
        assert_eq!(of(|offer| offer.duration_minutes = 116), InvalidOffer::Duration);
        assert_eq!(of(|offer| offer.stops = 10), InvalidOffer::Stops);
    }
}
