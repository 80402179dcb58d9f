//! Words that a mistyped one may mean.

use std::collections::BTreeMap;

use super::prefixes::Prefixes;

/// The most words of a text that is corrected, which bounds the cost of a search.
const MAX_WORDS: usize = 4;

/// The longest word that is corrected. The longest of all names has 20 letters.
const MAX_LETTERS: usize = 22;

/// The places with a word for each term that starts with it or with something similar. Most similar first; among equals,
/// in their own order.
pub(super) fn similar(words: &Prefixes, terms: &[&str]) -> Vec<u32> {
    if terms.len() > MAX_WORDS {
        return Vec::new();
    }
    let matching = |term: &&str| {
        let mut places = of_similar_words(words, term);
        places.extend(words.starting_with(term).iter().map(|place| (*place, 0)));
        places
    };
    let all = terms.iter().map(matching).reduce(|all, further| {
        let both = all.into_iter().filter_map(|(place, wrong)| Some((place, wrong + further.get(&place)?)));
        both.collect()
    });
    let mut places: Vec<_> = all.unwrap_or_default().into_iter().collect();
    places.sort_by_key(|(place, wrong)| (*wrong, *place));
    places.into_iter().map(|(place, _)| place).collect()
}

/// Whether a word starts with something similar to the term.
pub(super) fn is_similar(term: &str, word: &str) -> bool {
    Mistyped::new(term).wrong_letters(word).is_some()
}

/// The places of all similar words, each with its number of wrong letters.
fn of_similar_words(words: &Prefixes, term: &str) -> BTreeMap<u32, usize> {
    let mut mistyped = Mistyped::new(term);
    let mut found = BTreeMap::new();
    if mistyped.most_wrong == 0 {
        return found;
    }
    for start in mistyped.first_letters() {
        for (word, places) in words.texts(start) {
            let Some(wrong) = mistyped.wrong_letters(word) else { continue };
            for place in places {
                let least = found.entry(*place).or_insert(wrong);
                *least = wrong.min(*least);
            }
        }
    }
    found
}

/// A word with typing errors, and the last rows of the table of distances.
struct Mistyped {
    letters: Vec<char>,
    most_wrong: usize,
    rows: [Vec<usize>; 3],
}

impl Mistyped {
    fn new(term: &str) -> Self {
        let letters: Vec<char> = term.chars().collect();
        // A short text is similar to the start of nearly any name.
        let most_wrong = match letters.len() {
            4..=7 => 1,
            8..=MAX_LETTERS => 2,
            _ => 0,
        };
        Self { letters, most_wrong, rows: Default::default() }
    }

    /// The letters that a similar word may start with. The first letter is seldom wrong, but may be swapped with the
    /// second one.
    fn first_letters(&self) -> Vec<char> {
        let mut first: Vec<char> = self.letters.iter().take(2).copied().collect();
        first.dedup();
        first
    }

    /// How many letters were left out, added, replaced or swapped with their neighbour, compared with the start of the
    /// word that fits best. `None` if that are too many.
    fn wrong_letters(&mut self, word: &str) -> Option<usize> {
        let count = self.letters.len();
        let [older, above, row] = &mut self.rows;
        older.clear();
        above.clear();
        above.extend(0..=count);
        let mut least = count;
        let mut previous = None;
        for (at, letter) in word.chars().take(count + self.most_wrong).enumerate() {
            row.clear();
            row.push(at + 1);
            for typed in 1..=count {
                let is_wrong = usize::from(self.letters[typed - 1] != letter);
                let mut wrong = (above[typed - 1] + is_wrong).min(above[typed] + 1).min(row[typed - 1] + 1);
                let is_swapped = typed > 1
                    && previous == Some(self.letters[typed - 1])
                    && self.letters[typed - 2] == letter;
                if is_swapped {
                    wrong = wrong.min(older[typed - 2] + 1);
                }
                row.push(wrong);
            }
            least = least.min(row[count]);
            previous = Some(letter);
            std::mem::swap(older, above);
            std::mem::swap(above, row);
        }
        Some(least).filter(|wrong| *wrong <= self.most_wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn left_out_added_replaced_and_swapped_letters_are_counted() {
        for (term, word, wrong) in [
            ("jakarta", "jakarta", Some(0)),
            ("jakar", "jakarta", Some(0)),
            ("jakrta", "jakarta", Some(1)),
            ("jakartta", "jakarta", Some(1)),
            ("jakerta", "jakarta", Some(1)),
            ("jakatra", "jakarta", Some(1)),
            ("ajkarta", "jakarta", Some(1)),
            ("jkrta", "jakarta", None),
            ("yogjakrta", "yogyakarta", Some(2)),
            ("tokio", "tokyo", Some(1)),
            ("tok", "tak", None),
            ("", "", Some(0)),
        ] {
            assert_eq!(Mistyped::new(term).wrong_letters(word), wrong, "{term} {word}");
        }
    }
}
