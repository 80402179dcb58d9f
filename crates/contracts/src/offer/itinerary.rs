use std::hash::Hasher;

use siphasher::sip::SipHasher24;

use super::{Offer, id::OfferId};

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
