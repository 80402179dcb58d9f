use std::{collections::BTreeSet, ops::Range};

/// Texts, each with the number of a place that it belongs to, in the order of the texts.
#[derive(Clone, Debug)]
pub(super) struct Prefixes {
    /// Each text once, with where its places begin.
    texts: Vec<(Box<str>, usize)>,
    places: Vec<u32>,
}

impl Prefixes {
    pub(super) fn of<'a>(texts: impl Iterator<Item = (&'a str, u32)>) -> Self {
        let ordered: BTreeSet<_> = texts.filter(|(text, _)| !text.is_empty()).collect();
        let mut prefixes = Self { texts: Vec::new(), places: Vec::with_capacity(ordered.len()) };
        for (text, place) in ordered {
            if prefixes.texts.last().is_none_or(|(last, _)| **last != *text) {
                prefixes.texts.push((text.into(), prefixes.places.len()));
            }
            prefixes.places.push(place);
        }
        prefixes
    }

    /// The places of the texts that begin so. A place comes once for each of its texts that does.
    pub(super) fn starting_with(&self, start: &str) -> &[u32] {
        let Range { start: first, end } = self.range(start);
        let from = |at: usize| self.texts.get(at).map_or(self.places.len(), |(_, from)| *from);
        self.places.get(from(first)..from(end)).unwrap_or_default()
    }

    fn range(&self, start: &str) -> Range<usize> {
        let first = self.texts.partition_point(|(text, _)| **text < *start);
        let behind = self.texts.get(first..).unwrap_or_default();
        first..first + behind.partition_point(|(text, _)| text.starts_with(start))
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_all_that_begins_so_and_nothing_else() {
        let prefixes =
            Prefixes::of([("bali", 2), ("bal", 1), ("b", 7), ("bam", 3), ("bali", 0), ("", 9)].into_iter());
        assert_eq!(prefixes.starting_with("bal"), [1, 0, 2]);
        assert_eq!(prefixes.starting_with("bali"), [0, 2]);
        assert_eq!(prefixes.starting_with("b").len(), 5);
        for none in ["balix", "a", "c", "ba\u{10ffff}"] {
            assert!(prefixes.starting_with(none).is_empty(), "{none}");
        }
    }
}
