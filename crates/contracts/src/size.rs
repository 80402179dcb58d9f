//! The size of offers as JSON.

use std::io;

use crate::{
    Offer,
    money::MAX_AMOUNT_LEN,
    offer::{Price, Segment, Slice},
};

/// Maximum size of the offers of one answer or one result, in bytes of JSON. They are in one stream entry, which is
/// read and written at once.
pub const MAX_OFFERS_BYTES: usize = 512 * 1024;

/// The field names of an offer, and the longest values of fields that are not texts.
const OFFER_BYTES: usize = 371;

/// The same of a slice.
const SLICE_BYTES: usize = 177;

/// The same of a segment.
const SEGMENT_BYTES: usize = 293;

/// The same of a price.
const PRICE_BYTES: usize = 464 + 6 * MAX_AMOUNT_LEN;

/// The id of a booking, which is a price otherwise, and a comma.
const BOOKING_BYTES: usize = 32;

/// The name of the list of bookings, which most prices do not have.
const BOOKINGS_BYTES: usize = 14;

impl Offer {
    /// An upper bound of its size as JSON.
    #[must_use]
    pub fn max_json_bytes(&self) -> usize {
        let texts = [&self.flight_number, &self.carrier].map(|text| escaped(text));
        let sellers = self.suppliers.iter().map(|code| code.as_str().len() + 3);
        let slices = self.slices.iter().map(Slice::max_json_bytes);
        let prices = self.prices.iter().map(Price::max_json_bytes);
        OFFER_BYTES
            + texts.iter().sum::<usize>()
            + sellers.sum::<usize>()
            + slices.sum::<usize>()
            + prices.sum::<usize>()
    }

    /// Its size as JSON. Takes as long as writing it.
    fn json_bytes(&self) -> usize {
        let mut written = Counter(0);
        // Counting can't fail, and neither can writing plain data.
        let _ = serde_json::to_writer(&mut written, self);
        written.0
    }
}

impl Slice {
    fn max_json_bytes(&self) -> usize {
        SLICE_BYTES + self.segments.iter().map(Segment::max_json_bytes).sum::<usize>()
    }
}

impl Segment {
    fn max_json_bytes(&self) -> usize {
        let own = [Some(&self.carrier), Some(&self.flight_number), self.operating_carrier.as_ref()];
        let more = [&self.origin_terminal, &self.destination_terminal, &self.aircraft].map(Option::as_ref);
        SEGMENT_BYTES + own.into_iter().chain(more).flatten().map(|text| escaped(text)).sum::<usize>()
    }
}

impl Price {
    fn max_json_bytes(&self) -> usize {
        let texts = [&self.fare_brand, &self.deep_link, &self.offer_ref].into_iter().flatten();
        let own = PRICE_BYTES + self.supplier.as_str().len() + texts.map(|text| escaped(text)).sum::<usize>();
        let bookings = self.bookings.iter().map(|booking| BOOKING_BYTES + booking.price.max_json_bytes());
        let list = if self.bookings.is_empty() { 0 } else { BOOKINGS_BYTES };
        own + list + bookings.sum::<usize>()
    }
}

/// Counts what is written to it.
struct Counter(usize);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn escaped(text: &str) -> usize {
    text.bytes()
        .map(|byte| match byte {
            ..0x20 => 6,
            b'"' | b'\\' => 2,
            _ => 1,
        })
        .sum()
}

/// How many of the first offers fit into [`MAX_OFFERS_BYTES`], at most `max`.
pub(crate) fn fitting(offers: &[Offer], max: usize) -> usize {
    let max = max.min(offers.len());
    let fit = |bytes: fn(&Offer) -> usize| {
        let mut left = MAX_OFFERS_BYTES - "[]".len();
        let fits = |offer: &&Offer| {
            let rest = left.checked_sub(bytes(offer) + ",".len());
            left = rest.unwrap_or_default();
            rest.is_some()
        };
        offers.iter().take(max).take_while(fits).count()
    };
    // The bound is several times as large as an offer of which little is known. Only near the limit is it worth to count.
    match fit(Offer::max_json_bytes) {
        all if all == max => all,
        _ => fit(Offer::json_bytes),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        Amount,
        offer::{Baggage, Condition, Conditions, LocalTime},
        samples::{self, round_trip},
    };

    /// An offer with the longest value of each field that is no text.
    fn longest(text: &str, slices: usize, prices: usize) -> Offer {
        let time: LocalTime = "-009999-01-02T00:00:00-23:59".parse().unwrap();
        let mut offer = round_trip();
        let mut slice = offer.slices[0].clone();
        (slice.departure, slice.arrival) = (time, time);
        (slice.duration_minutes, slice.stops) = (u32::MAX, u8::MAX);
        for segment in &mut slice.segments {
            (segment.departure, segment.arrival, segment.duration_minutes) = (time, time, u32::MAX);
            segment.cabin = Some(crate::Cabin::PremiumEconomy);
            for own in [&mut segment.carrier, &mut segment.flight_number] {
                *own = text.into();
            }
            for more in [
                &mut segment.operating_carrier,
                &mut segment.origin_terminal,
                &mut segment.destination_terminal,
                &mut segment.aircraft,
            ] {
                *more = Some(text.into());
            }
        }
        let amount: Amount = "1000000000000.0000".parse().unwrap();
        let condition = Some(Condition { allowed: false, penalty: Some(amount) });
        let mut price = samples::price("AN_AGGREGATOR_16", "1", "IDR");
        (price.total, price.base, price.tax) = (amount, Some(amount), Some(amount));
        price.approximate.as_mut().unwrap().total = amount;
        price.approximate.as_mut().unwrap().rate_date = "-009999-01-01".parse().unwrap();
        price.baggage = Some(Baggage {
            cabin_pieces: Some(u8::MAX),
            checked_pieces: Some(u8::MAX),
            checked_kg: Some(u16::MAX),
        });
        price.conditions = Some(Conditions { change: condition, refund: condition });
        price.seats_left = Some(u16::MAX);
        price.fetched_at = Some("-009999-01-03T00:00:00.123456789Z".parse().unwrap());
        price.expires_at = price.fetched_at;
        (price.fare_brand, price.deep_link, price.offer_ref) =
            (Some(text.into()), Some(text.into()), Some(text.into()));
        offer.slices = vec![slice; slices];
        offer.prices = vec![price; prices];
        Offer {
            flight_number: text.into(),
            price: u64::MAX,
            carrier: text.into(),
            departure: time,
            arrival: time,
            duration_minutes: u32::MAX,
            stops: u8::MAX,
            suppliers: vec!["AN_AGGREGATOR_16".parse().unwrap(); 3],
            id: "ffffffffffffffff".parse().unwrap(),
            cabin: Some(crate::Cabin::PremiumEconomy),
            comparable: false,
            best_rank: Some(u32::MAX),
            ..offer
        }
    }

    #[test]
    fn the_longest_offer_is_about_as_long_as_its_bound() {
        for (slices, prices) in [(0, 0), (1, 0), (0, 1), (1, 1), (6, 32)] {
            let offer = longest("", slices, prices);
            let json = serde_json::to_string(&offer).unwrap();
            assert_eq!(offer.json_bytes(), json.len());
            // The names of two lists that may be absent, and a comma for each list.
            let slack = 24 + 3 + slices;
            assert!((json.len()..=json.len() + slack).contains(&offer.max_json_bytes()), "{json}");
        }
    }

    #[test]
    fn bookings_are_within_the_bound() {
        let mut offer = longest("", 2, 1);
        let price = offer.prices[0].clone();
        let booking = crate::offer::Booking { offer_id: offer.id, price: price.clone() };
        let whole = longest("", 2, 1).json_bytes();
        offer.prices[0].bookings = vec![booking.clone(), booking];
        let json = serde_json::to_string(&offer).unwrap();
        assert!(json.len() > 3 * serde_json::to_string(&price).unwrap().len() && json.len() > whole);
        assert!((json.len()..=json.len() + 33).contains(&offer.max_json_bytes()), "{json}");
    }

    proptest! {
        #[test]
        fn an_offer_is_never_larger_than_its_bound(text: String, slices in 0..7_usize, prices in 0..33_usize) {
            let offer = longest(&text, slices, prices);
            prop_assert!(offer.json_bytes() <= offer.max_json_bytes());
        }
    }

    fn large(bytes: usize) -> Offer {
        Offer { carrier: "x".repeat(bytes), ..samples::offer() }
    }

    #[test]
    fn fitting_offers_are_within_the_limit() {
        let offers = vec![large(19_000); 200];
        let fitting = fitting(&offers, 200);
        let json = serde_json::to_string(&offers[..fitting]).unwrap();
        assert!(json.len() <= MAX_OFFERS_BYTES && json.len() > MAX_OFFERS_BYTES - 20_000, "{}", json.len());
        assert_eq!(super::fitting(&offers, 3), 3);
        assert_eq!(super::fitting(&[large(MAX_OFFERS_BYTES)], 3), 0);
    }
}
