//! The parts that an offer may lack. An invalid one is left out, and the rest of the offer stays.

use super::{
    MAX_KG, MAX_LINK_BYTES, MAX_NAME_BYTES, MAX_PIECES, MAX_SEATS, MAX_SHORT_BYTES, is_text, is_web_link,
};
use crate::{
    Amount,
    offer::{Baggage, Offer, Price, Segment},
};

/// A part that an offer may lack, and that is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path} {problem}")]
pub struct InvalidPart {
    /// Where it was in the offer, such as `slices[0].segments[1].aircraft`.
    pub path: String,
    /// What is wrong with it.
    pub problem: PartProblem,
}

/// What is wrong with a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PartProblem {
    /// A terminal or a type of aircraft is too long, or has control characters.
    #[error("is not 1 to {MAX_SHORT_BYTES} printable bytes")]
    Short,
    /// A name is too long, or has control characters.
    #[error("is not 1 to {MAX_NAME_BYTES} printable bytes")]
    Name,
    /// A part of the total is more than it.
    #[error("is more than the total")]
    Amount,
    /// Too much baggage.
    #[error("is more than {MAX_PIECES} pieces")]
    Pieces,
    /// Too heavy baggage.
    #[error("is more than {MAX_KG} kg")]
    Weight,
    /// Too many seats.
    #[error("is more than {MAX_SEATS}")]
    Seats,
    /// No URL of a web page, or a long one.
    #[error("is not an http or https URL of up to {MAX_LINK_BYTES} bytes")]
    Link,
}

impl Offer {
    /// Leaves out the invalid ones of the parts that it may lack: [`check`](Self::check) would refuse the offer for them.
    pub fn leave_out_invalid_parts(&mut self) -> Vec<InvalidPart> {
        let mut left_out = Vec::new();
        for (at, slice) in self.slices.iter_mut().enumerate() {
            for (number, segment) in slice.segments.iter_mut().enumerate() {
                segment.leave_out_invalid(&mut Parts {
                    path: &|name| format!("slices[{at}].segments[{number}].{name}"),
                    left_out: &mut left_out,
                });
            }
        }
        for (at, price) in self.prices.iter_mut().enumerate() {
            price.leave_out_invalid(&mut Parts {
                path: &|name| format!("prices[{at}].{name}"),
                left_out: &mut left_out,
            });
        }
        left_out
    }
}

impl Price {
    /// Leaves out the invalid ones of the parts that it may lack. A reference is none of them: who buys needs it.
    pub fn leave_out_invalid_parts(&mut self) -> Vec<InvalidPart> {
        let mut left_out = Vec::new();
        self.leave_out_invalid(&mut Parts { path: &str::to_owned, left_out: &mut left_out });
        left_out
    }

    fn leave_out_invalid(&mut self, parts: &mut Parts<'_>) {
        let total = self.total;
        let is_part = |amount: &Amount| *amount <= total;
        parts.keep("base", &mut self.base, PartProblem::Amount, is_part);
        parts.keep("tax", &mut self.tax, PartProblem::Amount, is_part);
        parts.keep("fare_brand", &mut self.fare_brand, PartProblem::Name, is_name);
        parts.keep("seats_left", &mut self.seats_left, PartProblem::Seats, |seats| *seats <= MAX_SEATS);
        parts.keep("deep_link", &mut self.deep_link, PartProblem::Link, |link| is_web_link(link));
        if let Some(baggage) = &mut self.baggage {
            let Baggage { cabin_pieces, checked_pieces, checked_kg } = baggage;
            let are_few = |pieces: &u8| *pieces <= MAX_PIECES;
            parts.keep("baggage.cabin_pieces", cabin_pieces, PartProblem::Pieces, are_few);
            parts.keep("baggage.checked_pieces", checked_pieces, PartProblem::Pieces, are_few);
            parts.keep("baggage.checked_kg", checked_kg, PartProblem::Weight, |kg| *kg <= MAX_KG);
        }
        self.baggage = self.baggage.filter(|baggage| *baggage != Baggage::default());
    }
}

impl Segment {
    fn leave_out_invalid(&mut self, parts: &mut Parts<'_>) {
        let is_short = |text: &String| is_text(text, MAX_SHORT_BYTES);
        parts.keep("operating_carrier", &mut self.operating_carrier, PartProblem::Name, is_name);
        parts.keep("origin_terminal", &mut self.origin_terminal, PartProblem::Short, is_short);
        parts.keep("destination_terminal", &mut self.destination_terminal, PartProblem::Short, is_short);
        parts.keep("aircraft", &mut self.aircraft, PartProblem::Short, is_short);
    }
}

/// The parts of a price or a segment.
struct Parts<'a> {
    /// The path of a part within the offer, by its name.
    path: &'a dyn Fn(&str) -> String,
    left_out: &'a mut Vec<InvalidPart>,
}

impl Parts<'_> {
    /// Keeps the part if it is valid.
    fn keep<T>(
        &mut self,
        name: &str,
        part: &mut Option<T>,
        problem: PartProblem,
        is_valid: impl Fn(&T) -> bool,
    ) {
        if part.as_ref().is_some_and(|part| !is_valid(part)) {
            *part = None;
            self.left_out.push(InvalidPart { path: (self.path)(name), problem });
        }
    }
}

#[expect(clippy::ptr_arg, reason = "what the part has")]
fn is_name(text: &String) -> bool {
    is_text(text, MAX_NAME_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::round_trip;

    #[test]
    fn a_valid_offer_keeps_all_its_parts() {
        let mut offer = round_trip();
        assert_eq!(offer.leave_out_invalid_parts(), []);
        assert_eq!(offer, round_trip());
    }

    #[test]
    fn each_invalid_part_is_left_out_and_the_offer_stays() {
        type Case = (&'static str, fn(&mut Offer));
        let cases: [Case; 12] = [
            ("slices[0].segments[1].origin_terminal is not 1 to 16 printable bytes", |offer| {
                offer.slices[0].segments[1].origin_terminal = Some("Terminal 3 Ultimate".into());
            }),
            ("slices[1].segments[0].destination_terminal is not", |offer| {
                offer.slices[1].segments[0].destination_terminal = Some(String::new());
            }),
            ("slices[1].segments[0].aircraft is not", |offer| {
                offer.slices[1].segments[0].aircraft = Some("Boeing 737-800 Max".into());
            }),
            ("slices[1].segments[0].operating_carrier is not 1 to 128", |offer| {
                offer.slices[1].segments[0].operating_carrier = Some("x".repeat(129));
            }),
            ("prices[0].base is more than the total", |offer| {
                offer.prices[0].base = "900000.01".parse().ok();
            }),
            ("prices[0].tax is more than the total", |offer| offer.prices[0].tax = "900000.01".parse().ok()),
            ("prices[0].fare_brand is not", |offer| offer.prices[0].fare_brand = Some("Eco\n".into())),
            ("prices[0].seats_left is more than 999", |offer| offer.prices[0].seats_left = Some(1000)),
            ("prices[0].deep_link is not an http", |offer| {
                offer.prices[0].deep_link = Some("ftp://a".into());
            }),
            ("prices[0].baggage.cabin_pieces is more than 20 pieces", |offer| {
                offer.prices[0].baggage = Some(Baggage { cabin_pieces: Some(21), ..Baggage::default() });
            }),
            ("prices[0].baggage.checked_pieces is more", |offer| {
                offer.prices[0].baggage = Some(Baggage { checked_pieces: Some(21), ..Baggage::default() });
            }),
            ("prices[0].baggage.checked_kg is more than 500 kg", |offer| {
                offer.prices[0].baggage = Some(Baggage { checked_kg: Some(501), ..Baggage::default() });
            }),
        ];
        for (expected, change) in cases {
            let mut offer = round_trip();
            change(&mut offer);
            assert!(offer.check().is_err(), "{expected}");
            let left_out = offer.leave_out_invalid_parts();
            assert!(left_out.len() == 1 && left_out[0].to_string().starts_with(expected), "{left_out:?}");
            assert_eq!(offer.check(), Ok(()), "{expected}");
        }
    }

    #[test]
    fn a_price_names_its_own_parts() {
        let mut offer = round_trip();
        let price = &mut offer.prices[0];
        price.seats_left = Some(1000);
        let left_out = price.leave_out_invalid_parts();
        assert_eq!(left_out, [InvalidPart { path: "seats_left".into(), problem: PartProblem::Seats }]);
    }
}
