//! The size of offers as JSON.

use crate::Offer;

/// Maximum size of the offers of one answer or one result, in bytes of JSON. They are in one stream entry, which is
/// read and written at once.
pub const MAX_OFFERS_BYTES: usize = 512 * 1024;

/// The field names of an offer, and the longest values of fields that are not texts.
const FIXED_BYTES: usize = 345;

impl Offer {
    /// An upper bound of its size as JSON.
    #[must_use]
    pub fn max_json_bytes(&self) -> usize {
        let texts = [&self.flight_number, &self.currency, &self.carrier].map(|text| escaped(text));
        let sellers = self.suppliers.iter().map(|code| code.as_str().len() + 3);
        FIXED_BYTES + texts.iter().sum::<usize>() + sellers.sum::<usize>()
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
    let mut left = MAX_OFFERS_BYTES - "[]".len();
    let fits = |offer: &&Offer| {
        let rest = left.checked_sub(offer.max_json_bytes() + ",".len());
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
    fn an_offer_is_never_larger_than_its_bound() {
        for carrier in ["", "Garuda \"Indonesia\"", "\u{0}\u{1f}\n\t\\", &"é".repeat(20_000)] {
            let offer = offer(carrier);
            let json = serde_json::to_string(&offer).unwrap();
            assert!(
                json.len() <= offer.max_json_bytes() && offer.max_json_bytes() < json.len() + FIXED_BYTES,
                "{}",
                json.len()
            );
        }
    }

    #[test]
    fn fitting_offers_are_within_the_limit() {
        let offers = vec![offer(&"x".repeat(19_000)); 200];
        let fitting = fitting(&offers, 200);
        let json = serde_json::to_string(&offers[..fitting]).unwrap();
        assert!(json.len() <= MAX_OFFERS_BYTES && json.len() > MAX_OFFERS_BYTES - 20_000, "{}", json.len());
        assert_eq!(super::fitting(&offers, 3), 3);
        assert_eq!(super::fitting(&[offer(&"x".repeat(MAX_OFFERS_BYTES))], 3), 0);
    }
}
