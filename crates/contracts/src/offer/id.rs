use std::{fmt, hash::Hasher, str::FromStr};

use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher24;

use super::Offer;

/// Names an itinerary in a currency: offers with the same id are the same flights, whoever sells them and in whichever
/// search. 16 hexadecimal digits.
///
/// Made from flight number, time of departure, origin, destination and currency. It stays the same in all versions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OfferId(u64);

impl OfferId {
    /// The id of this offer's itinerary.
    #[must_use]
    pub fn of(offer: &Offer) -> Self {
        // SipHash with a key of zeros is the same everywhere and for ever, unlike the standard library's hasher.
        let mut hasher = SipHasher24::new();
        for text in [&offer.flight_number, &offer.currency] {
            hasher.write(text.as_bytes());
            // Neither can hold this byte, so that their border is part of the id.
            hasher.write_u8(0xff);
        }
        hasher.write(offer.origin.as_bytes());
        hasher.write(offer.destination.as_bytes());
        hasher.write(&offer.departure.timestamp().as_second().to_le_bytes());
        // No offer has the id that says that it has none.
        Self(hasher.finish().max(1))
    }

    /// Whether the offer has been given none yet.
    #[must_use]
    pub fn is_unset(&self) -> bool {
        self.0 == 0
    }
}

/// A text that is no offer's id.
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
            price: 900,
            currency: currency.into(),
            carrier: "Garuda Indonesia".into(),
            origin: "CGK".parse().unwrap(),
            destination: "DPS".parse().unwrap(),
            departure: departure.parse().unwrap(),
            arrival: "2025-07-10T12:00:00+08:00".parse().unwrap(),
            duration_minutes: 110,
            stops: 0,
            suppliers: Vec::new(),
            id: OfferId::default(),
        }
    }

    #[test]
    fn is_of_the_itinerary_alone_and_for_ever() {
        let plain = offer("GA402", "IDR", "2025-07-10T06:05:00+07:00");
        let id = OfferId::of(&plain);
        assert_eq!(id.to_string(), "f0c0c72507dddbec");
        assert_eq!(id.to_string().parse(), Ok(id));
        let sold_elsewhere = Offer { price: 1, carrier: "Garuda".into(), stops: 1, ..plain.clone() };
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
