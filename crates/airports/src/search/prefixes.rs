use std::{collections::BTreeSet, ops::Range};

/// Texts in alphabetical order, each with the numbers of its places.
#[derive(Clone, Debug)]
pub(super) struct Prefixes {
    /// Each text once, with the index of its first place in `places`.
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

    /// The places of the texts that start with `start`. A place is repeated for each of its texts that does.
    pub(super) fn starting_with(&self, start: &str) -> &[u32] {
        let Range { start: first, end } = self.range(start);
        let from = |at: usize| self.texts.get(at).map_or(self.places.len(), |(_, from)| *from);
        self.places.get(from(first)..from(end)).unwrap_or_default()
    }

    /// The texts that start with a letter, each with its places.
    pub(super) fn texts(&self, start: char) -> impl Iterator<Item = (&str, &[u32])> {
        let mut buffer = [0; 4];
        self.range(start.encode_utf8(&mut buffer)).filter_map(|at| {
            let (text, from) = self.texts.get(at)?;
            let to = self.texts.get(at + 1).map_or(self.places.len(), |(_, from)| *from);
            Some((&**text, self.places.get(*from..to)?))
        })
    }

    fn range(&self, start: &str) -> Range<usize> {
        let first = self.texts.partition_point(|(text, _)| **text < *start);
        let rest = self.texts.get(first..).unwrap_or_default();
        first..first + rest.partition_point(|(text, _)| text.starts_with(start))
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
    fn exactly_the_texts_with_the_prefix_are_found() {
        let prefixes =
            Prefixes::of([("bali", 2), ("bal", 1), ("b", 7), ("bam", 3), ("bali", 0), ("", 9)].into_iter());
        assert_eq!(prefixes.starting_with("bal"), [1, 0, 2]);
        assert_eq!(prefixes.starting_with("bali"), [0, 2]);
        assert_eq!(prefixes.starting_with("b").len(), 5);
        for none in ["balix", "a", "c", "ba\u{10ffff}"] {
            assert!(prefixes.starting_with(none).is_empty(), "{none}");
        }
        let texts: Vec<_> = prefixes.texts('b').collect();
        assert_eq!(texts, [("b", &[7][..]), ("bal", &[1]), ("bali", &[0, 2]), ("bam", &[3])]);
        assert_eq!(prefixes.texts('c').count(), 0);
    }
}
