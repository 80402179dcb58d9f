use std::{fmt, hash::Hasher, str::FromStr};

use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher24;

use super::Offer;

/// Identifies an itinerary in a currency: offers with the same id are the same flights, for every supplier and in every
/// search. 16 hexadecimal digits.
///
/// A hash of flight number, departure, origin, destination and currency. The same in all versions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OfferId(u64);

impl OfferId {
    /// The id of this offer's itinerary.
    #[must_use]
    pub fn of(offer: &Offer) -> Self {
        // SipHash with a key of zeros is stable, unlike the standard library's hasher.
        let mut hasher = SipHasher24::new();
        for text in [&offer.flight_number, &offer.currency] {
            hasher.write(text.as_bytes());
            // A separator that no text can contain.
            hasher.write_u8(0xff);
        }
        hasher.write(offer.origin.as_bytes());
        hasher.write(offer.destination.as_bytes());
        hasher.write(&offer.departure.timestamp().as_second().to_le_bytes());
        // 0 means that the id is not set.
        Self(hasher.finish().max(1))
    }

    /// Whether the offer has no id yet.
    #[must_use]
    pub fn is_unset(&self) -> bool {
        self.0 == 0
    }
}

/// The text is not an offer id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 16 hexadecimal digits")]
pub struct InvalidOfferId;

impl FromStr for OfferId {
    type Err = InvalidOfferId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_hex = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hex {
            return Err(InvalidOfferId);
        }
        u64::from_str_radix(text, 16).map(Self).map_err(|_| InvalidOfferId)
    }
}

impl TryFrom<String> for OfferId {
    type Error = InvalidOfferId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<OfferId> for String {
    fn from(id: OfferId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for OfferId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(flight_number: &str, currency: &str, departure: &str) -> Offer {
        Offer {
            flight_number: flight_number.into(),
            currency: currency.into(),
            departure: departure.parse().unwrap(),
            ..crate::samples::offer()
        }
    }

    #[test]
    fn identifies_the_itinerary_and_never_changes() {
        let plain = offer("GA402", "IDR", "2025-07-10T06:05:00+07:00");
        let id = OfferId::of(&plain);
        assert_eq!(id.to_string(), "f0c0c72507dddbec");
        assert_eq!(id.to_string().parse(), Ok(id));
        let sold_elsewhere = Offer { price: 1, carrier: "Garuda".into(), stops: 2, ..plain.clone() };
        assert_eq!(OfferId::of(&sold_elsewhere), id);
        let the_same_instant = offer("GA402", "IDR", "2025-07-09T23:05:00Z");
        assert_eq!(OfferId::of(&the_same_instant), id);
        for other in [
            offer("GA40", "2IDR", "2025-07-10T06:05:00+07:00"),
            offer("GA402", "USD", "2025-07-10T06:05:00+07:00"),
            offer("GA402", "IDR", "2025-07-10T06:05:01+07:00"),
            Offer { origin: "HLP".parse().unwrap(), ..plain.clone() },
            Offer { destination: "SUB".parse().unwrap(), ..plain.clone() },
        ] {
            assert_ne!(OfferId::of(&other), id, "{other:?}");
        }
    }
}
