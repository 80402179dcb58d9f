//! The title of a search: `CGK ⇄ DPS, 2027-07-10 – 2027-07-17, 2 passengers`.

use std::fmt::{Display, Write};

use contracts::SearchRequest;

use crate::text::count;

/// The title of a search that is about to be submitted.
pub(crate) fn of_request(search: &SearchRequest) -> String {
    let slices = search.query.slices.iter();
    let flights: Vec<_> = slices.map(|slice| (slice.origin(), slice.destination(), slice.date())).collect();
    title(&flights, Some(search.query.passengers.travellers()))
}

/// The title of these flights, each from a place to a place on a day.
pub(crate) fn title<P: Display + PartialEq, D: Display>(
    flights: &[(P, P, D)],
    travellers: Option<usize>,
) -> String {
    let (Some((from, to, first)), Some((.., last))) = (flights.first(), flights.last()) else {
        return "Search".into();
    };
    // Writing to a String can't fail.
    let mut text = format!("{from}");
    match flights {
        [_, (back_from, back_to, _)] if back_from == to && back_to == from => {
            let _ = write!(text, " ⇄ {to}");
        }
        _ => {
            let mut at = from;
            for (from, to, _) in flights {
                let _ =
                    if from == at { write!(text, " → {to}") } else { write!(text, ", {from} → {to}") };
                at = to;
            }
        }
    }
    let _ = write!(text, ", {first}");
    if flights.len() > 1 {
        let _ = write!(text, " – {last}");
    }
    if let Some(travellers) = travellers {
        let _ = write!(text, ", {}", count(travellers, "passenger"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_trip_has_a_title() {
        for (flights, expected) in [
            (&[("CGK", "DPS", 10)][..], "CGK → DPS, 10, 2 passengers"),
            (&[("CGK", "DPS", 10), ("DPS", "CGK", 17)], "CGK ⇄ DPS, 10 – 17, 2 passengers"),
            (&[("CGK", "DPS", 10), ("DPS", "SUB", 12)], "CGK → DPS → SUB, 10 – 12, 2 passengers"),
            (&[("CGK", "DPS", 10), ("SUB", "KNO", 12)], "CGK → DPS, SUB → KNO, 10 – 12, 2 passengers"),
            (&[], "Search"),
        ] {
            assert_eq!(title(flights, Some(2)), expected);
        }
    }
}
