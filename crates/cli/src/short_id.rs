//! Short names of a search's offers: the first digits of their ids, as many as tell them apart.

use contracts::{Offer, offer::OfferId};

use crate::event::ListedOffer;

/// The fewest digits.
const FEWEST: usize = 4;

/// How many digits of an id are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Digits(usize);

impl Digits {
    /// As many as tell these offers apart.
    pub(crate) fn of(offers: &[ListedOffer]) -> Self {
        let mut ids: Vec<_> = offers.iter().filter_map(ListedOffer::id).map(|id| id.to_string()).collect();
        ids.sort_unstable();
        ids.dedup();
        let shared = |pair: &[String]| match pair {
            [one, other] => one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count(),
            _ => 0,
        };
        Self(ids.windows(2).map(|pair| shared(pair) + 1).max().unwrap_or(0).max(FEWEST))
    }

    /// The first digits of an id.
    pub(crate) fn short(self, id: OfferId) -> String {
        id.to_string().chars().take(self.0).collect()
    }
}

/// Whether a text is the beginning of the offer's id, long enough to be meant as one.
pub(crate) fn begins(text: &str, offer: &Offer) -> bool {
    text.len() >= FEWEST
        && !offer.id.is_unset()
        && offer.id.to_string().starts_with(&text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offers(ids: &[&str]) -> Vec<ListedOffer> {
        let offer = |id: &&str| {
            let json = format!(
                r#"{{"id":"{id}","flight_number":"QZ804","price":1,"currency":"IDR","carrier":"","origin":"CGK",
                "destination":"DPS","departure":"2026-12-08T06:05:00+07:00","arrival":"2026-12-08T08:55:00+08:00",
                "duration_minutes":110,"stops":0,"suppliers":["QZ"]}}"#
            );
            serde_json::from_str(&json).unwrap()
        };
        ids.iter().map(offer).collect()
    }

    #[test]
    fn as_few_digits_as_tell_offers_apart_but_four() {
        for (ids, digits) in [
            (&[][..], 4),
            (&["8a3f5e0c92d14b67"], 4),
            (&["8a3f5e0c92d14b67", "8a3f5e0c92d14b67"], 4),
            (&["8a3f5e0c92d14b67", "0a3f5e0c92d14b67", "8b3f5e0c92d14b67"], 4),
            (&["8a3f5e0c92d14b67", "0000000000000001", "8a3f5f0c92d14b67"], 6),
            (&["8a3f5e0c92d14b67", "8a3f5e0c92d14b68"], 16),
        ] {
            assert_eq!(Digits::of(&offers(ids)), Digits(digits), "{ids:?}");
        }
        assert_eq!(Digits(6).short("8a3f5e0c92d14b67".parse().unwrap()), "8a3f5e");
    }

    #[test]
    fn an_id_begins_with_four_digits_or_more_in_any_case() {
        let offers = offers(&["8a3f5e0c92d14b67"]);
        let ListedOffer::Full(offer) = &offers[0] else { panic!() };
        for (text, is_beginning) in [
            ("8a3f", true),
            ("8A3F5", true),
            ("8a3f5e0c92d14b67", true),
            ("8a3", false),
            ("8a3e", false),
            ("", false),
        ] {
            assert_eq!(begins(text, offer), is_beginning, "{text}");
        }
    }
}
