//! How much room offers take.

use crate::Offer;

/// How many bytes of JSON the offers of one answer, or of one result, have at most. They travel in one entry of a
/// stream, which is read and written at once.
pub const MOST_BYTES: usize = 512 * 1024;

/// The names of an offer's fields, and the longest values of those that are no texts.
const FRAME: usize = 345;

impl Offer {
    /// At most so many bytes it has as JSON.
    #[must_use]
    pub fn weight(&self) -> usize {
        let texts = [&self.flight_number, &self.currency, &self.carrier].map(|text| escaped(text));
        let sellers = self.suppliers.iter().map(|code| code.as_str().len() + 3);
        FRAME + texts.iter().sum::<usize>() + sellers.sum::<usize>()
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

/// How many of these offers fit, from the first on: `max` at most, and [`MOST_BYTES`] of JSON.
pub(crate) fn fitting(offers: &[Offer], max: usize) -> usize {
    let mut left = MOST_BYTES - "[]".len();
    let fits = |offer: &&Offer| {
        let rest = left.checked_sub(offer.weight() + ",".len());
        left = rest.unwrap_or_default();
        rest.is_some()
    };
    offers.iter().take(max).take_while(fits).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(carrier: &str) -> Offer {
        let time = "-009999-01-02T00:00:00-23:59".parse().unwrap();
        Offer {
            flight_number: "\"\u{1}\\".into(),
            price: u64::MAX,
            currency: "\u{1f4b6}".into(),
            carrier: carrier.into(),
            origin: "CGK".parse().unwrap(),
            destination: "DPS".parse().unwrap(),
            departure: time,
            arrival: time,
            duration_minutes: u32::MAX,
            stops: u8::MAX,
            suppliers: vec!["AN_AGGREGATOR_16".parse().unwrap(); 3],
            id: "ffffffffffffffff".parse().unwrap(),
        }
    }

    #[test]
    fn an_offer_is_never_longer_than_its_weight() {
        for carrier in ["", "Garuda \"Indonesia\"", "\u{0}\u{1f}\n\t\\", &"é".repeat(20_000)] {
            let offer = offer(carrier);
            let json = serde_json::to_string(&offer).unwrap();
            assert!(json.len() <= offer.weight() && offer.weight() < json.len() + FRAME, "{}", json.len());
        }
    }

    #[test]
    fn what_fits_is_no_longer_than_the_most() {
        let offers = vec![offer(&"x".repeat(19_000)); 200];
        let fitting = fitting(&offers, 200);
        let json = serde_json::to_string(&offers[..fitting]).unwrap();
        assert!(json.len() <= MOST_BYTES && json.len() > MOST_BYTES - 20_000, "{}", json.len());
        assert_eq!(super::fitting(&offers, 3), 3);
        assert_eq!(super::fitting(&[offer(&"x".repeat(MOST_BYTES))], 3), 0);
    }
}
