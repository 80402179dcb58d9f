//! Finds the values at many JSON Pointers in one pass over an offer, and allocates nothing for the rest of it.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;

use crate::response::json_pointer::{JsonPointer, Token};

/// The most pointers of one call: one bit each of a `u64`.
pub(super) const MAX_POINTERS: usize = 64;

/// The values at the first [`MAX_POINTERS`] `pointers`, `null` where there is none. Arrays and objects are returned
/// empty.
pub(super) fn extract(json: &[u8], pointers: &[&JsonPointer]) -> serde_json::Result<Vec<Json>> {
    let mut values = vec![Json::Null; pointers.len()];
    let mut json = serde_json::Deserializer::from_slice(json);
    let all = pointers.iter().take(MAX_POINTERS).enumerate().fold(0, |bits, (at, _)| bits | 1 << at);
    Extractor { pointers, values: &mut values, matching: all, depth: 0 }.deserialize(&mut json)?;
    json.end()?;
    Ok(values)
}

/// Visits one value of the offer and, through it, the values inside.
struct Extractor<'a> {
    pointers: &'a [&'a JsonPointer],
    values: &'a mut [Json],
    /// A bit for each pointer whose first `depth` tokens lead to this value.
    matching: u64,
    /// The number of tokens from the root to this value.
    depth: usize,
}

impl Extractor<'_> {
    fn matching_pointers(&self) -> impl Iterator<Item = (usize, &JsonPointer)> {
        let matching = self.matching;
        self.pointers
            .iter()
            .enumerate()
            .filter(move |(at, _)| matching & (1 << *at) != 0)
            .map(|(at, pointer)| (at, *pointer))
    }

    /// Stores the value for the pointers that end at it.
    fn store(&mut self, value: impl Fn() -> Json) {
        for (stored, (at, pointer)) in self.values.iter_mut().zip(self.pointers.iter().enumerate()) {
            if self.matching & (1 << at) != 0 && pointer.tokens().len() == self.depth {
                *stored = value();
            }
        }
    }

    /// The pointers whose next token matches, as bits.
    fn matching_next(&self, matches: impl Fn(&Token) -> bool) -> u64 {
        self.matching_pointers()
            .filter(|(_, pointer)| pointer.tokens().get(self.depth).is_some_and(&matches))
            .fold(0, |bits, (at, _)| bits | 1 << at)
    }

    /// The extractor for a value inside this one.
    fn inner(&mut self, matching: u64) -> Extractor<'_> {
        Extractor { pointers: self.pointers, values: self.values, matching, depth: self.depth + 1 }
    }
}

impl<'de> DeserializeSeed<'de> for Extractor<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Extractor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(mut self) -> Result<(), E> {
        self.store(|| Json::Null);
        Ok(())
    }

    fn visit_bool<E>(mut self, value: bool) -> Result<(), E> {
        self.store(|| value.into());
        Ok(())
    }

    fn visit_u64<E>(mut self, value: u64) -> Result<(), E> {
        self.store(|| value.into());
        Ok(())
    }

    fn visit_i64<E>(mut self, value: i64) -> Result<(), E> {
        self.store(|| value.into());
        Ok(())
    }

    fn visit_f64<E>(mut self, value: f64) -> Result<(), E> {
        self.store(|| value.into());
        Ok(())
    }

    fn visit_str<E>(mut self, value: &str) -> Result<(), E> {
        self.store(|| value.into());
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        self.store(|| Json::Object(serde_json::Map::new()));
        while let Some(matching) = map.next_key_seed(Key(&self))? {
            if matching == 0 {
                map.next_value::<IgnoredAny>()?;
            } else {
                map.next_value_seed(self.inner(matching))?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        self.store(|| Json::Array(Vec::new()));
        for index in 0.. {
            let matching = self.matching_next(|token| token.matches_index(index));
            if list.next_element_seed(self.inner(matching))?.is_none() {
                break;
            }
        }
        Ok(())
    }
}

/// Reads a key and returns the pointers that match it.
struct Key<'a, 'w>(&'a Extractor<'w>);

impl<'de> DeserializeSeed<'de> for Key<'_, '_> {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u64, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_, '_> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<u64, E> {
        Ok(self.0.matching_next(|token| token.matches_key(key)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value that `Value::pointer` finds, but with arrays and objects empty.
    fn expected(json: &Json, pointer: &str) -> Json {
        match json.pointer(pointer) {
            Some(Json::Array(_)) => Json::Array(Vec::new()),
            Some(Json::Object(_)) => Json::Object(serde_json::Map::new()),
            value => value.cloned().unwrap_or_default(),
        }
    }

    #[test]
    fn it_finds_what_value_pointer_finds() {
        let json = serde_json::json!({
            "a": { "b": [1, { "c": "x" }, null], "~/": 2.5, "": true }, "d": "é\n", "e": -3, "10": [[7]],
        });
        let pointers = [
            "", "/a", "/a/b", "/a/b/0", "/a/b/1/c", "/a/b/2", "/a/b/3", "/a/b/01", "/a/~0~1", "/a/", "/d",
            "/e", "/10/0/0", "/a/b/c", "/d/0", "/x", "/a", "/a/b/-",
        ];
        let parsed: Vec<JsonPointer> =
            pointers.iter().map(|text| (*text).to_owned().try_into().unwrap()).collect();
        for text in [serde_json::to_string(&json).unwrap(), serde_json::to_string_pretty(&json).unwrap()] {
            let values = extract(text.as_bytes(), &parsed.iter().collect::<Vec<_>>()).unwrap();
            assert_eq!(values, pointers.map(|pointer| expected(&json, pointer)));
        }
        assert!(extract(b"{\"a\": 1} 2", &[]).is_err() && extract(b"{\"a\": ", &[]).is_err());
    }
}
