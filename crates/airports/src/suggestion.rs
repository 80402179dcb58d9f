use contracts::IataCode;

use crate::Airports;

/// Number of major airports that are so large that a similar code is almost always theirs.
const LARGEST: usize = 50;

/// Likelihood of a code, most likely first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Size {
    /// One of the [`LARGEST`] airports, or a city with one of them.
    Largest,
    /// Another airport of `data/major.csv`, or another city with several airports.
    Major,
}

impl Airports {
    /// The likely correction of an unknown code, if it is unambiguous. `None` for a known code.
    ///
    /// Candidates have one letter replaced, or two adjacent letters swapped. Nearly half of all possible codes are in
    /// use, so an unknown one has 28 candidates on average, mostly small airfields. A candidate is unambiguous if it
    /// is the only one among the largest fifty airports and their cities. If none of these is a candidate, it must be
    /// the only one in `data/major.csv` or of a city with several airports.
    #[must_use]
    pub fn suggestion(&self, code: IataCode) -> Option<IataCode> {
        if self.knows(code) {
            return None;
        }
        let neighbours = self.codes().filter(|known| is_a_letter_away(*code.as_bytes(), *known.as_bytes()));
        let major: Vec<_> = neighbours.filter_map(|known| Some((self.size(known)?, known))).collect();
        let highest = major.iter().map(|(size, _)| *size).min()?;
        only(major.into_iter().filter(|(size, _)| *size == highest)).map(|(_, known)| known)
    }

    /// `None` for a small airport.
    fn size(&self, code: IataCode) -> Option<Size> {
        match self.rank(code) {
            Some(rank) if rank < LARGEST => Some(Size::Largest),
            Some(_) => Some(Size::Major),
            None => self.city(code).map(|_| Size::Major),
        }
    }
}

/// The only distinct item.
fn only<T: PartialEq>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next()?;
    items.all(|item| item == first).then_some(first)
}

fn is_a_letter_away(typed: [u8; 3], known: [u8; 3]) -> bool {
    let replaced = typed.iter().zip(known).filter(|(typed, known)| **typed != *known).count();
    let [first, second, third] = typed;
    replaced == 1 || (replaced == 2 && (known == [second, first, third] || known == [first, third, second]))
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, test_runner::TestRunner};

    use super::*;

    fn suggestion(text: &str) -> Option<String> {
        Airports::embedded().suggestion(text.parse().unwrap()).map(|code| code.to_string())
    }

    #[test]
    fn the_only_neighbour_of_the_largest_size_is_suggested() {
        for (typed, meant) in
            [("CGX", "CGK"), ("CJK", "CGK"), ("DPX", "DPS"), ("DSP", "DPS"), ("SIZ", "SIN"), ("JKX", "JKT")]
        {
            assert_eq!(suggestion(typed).as_deref(), Some(meant), "{typed}");
        }
    }

    #[test]
    fn there_is_no_suggestion_if_two_codes_are_as_likely_or_none_is_similar() {
        // LHX may mean LHR or LAX; the others are similar only to codes of small airports.
        for typed in ["LHX", "QQQ", "XXX"] {
            assert_eq!(suggestion(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_known_code_needs_no_suggestion() {
        assert_eq!(suggestion("CGK"), None);
        assert_eq!(suggestion("JKT"), None);
    }

    #[test]
    fn a_letter_away_is_a_replacement_or_a_swap_of_neighbours() {
        for (other, away) in [
            ("CGX", true),
            ("CXK", true),
            ("GCK", true),
            ("CKG", true),
            ("KGC", false),
            ("CXX", false),
            ("CGK", false),
        ] {
            assert_eq!(is_a_letter_away(*b"CGK", other.as_bytes().try_into().unwrap()), away, "{other}");
        }
    }

    #[test]
    fn a_suggestion_is_known_and_a_letter_away() {
        let airports = Airports::embedded();
        let check = |text: String| {
            let code: IataCode = text.parse().unwrap();
            if let Some(meant) = airports.suggestion(code) {
                prop_assert!(!airports.knows(code) && airports.knows(meant));
                prop_assert!(is_a_letter_away(*code.as_bytes(), *meant.as_bytes()));
            }
            Ok(())
        };
        TestRunner::default().run(&"[A-Z]{3}", check).unwrap();
    }
}
