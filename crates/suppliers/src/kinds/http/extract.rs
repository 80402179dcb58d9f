//! Finds in one pass over an offer's JSON what stands at many pointers, and keeps nothing else of it.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;

use crate::response::Path;

/// At most so many pointers are looked for at once.
pub(super) const MAX_POINTERS: usize = 64;

/// What stands at each of the first [`MAX_POINTERS`] `pointers`; `null` where nothing does. Of arrays and objects only
/// that they are some is told, by an empty one.
pub(super) fn find(json: &[u8], pointers: &[&Path]) -> serde_json::Result<Vec<Json>> {
    let mut found = vec![Json::Null; pointers.len()];
    let mut json = serde_json::Deserializer::from_slice(json);
    let all = pointers.iter().take(MAX_POINTERS).enumerate().fold(0, |all, (at, _)| all | 1 << at);
    Walk { pointers, found: &mut found, open: all, depth: 0 }.deserialize(&mut json)?;
    json.end()?;
    Ok(found)
}

/// A value of the offer, and the pointers that have led to it.
struct Walk<'a> {
    pointers: &'a [&'a Path],
    found: &'a mut [Json],
    /// A bit for each pointer that has led here.
    open: u64,
    /// The number of steps that were taken.
    depth: usize,
}

impl Walk<'_> {
    fn open_pointers(&self) -> impl Iterator<Item = (usize, &Path)> {
        let open = self.open;
        self.pointers
            .iter()
            .enumerate()
            .filter(move |(at, _)| open & (1 << *at) != 0)
            .map(|(at, path)| (at, *path))
    }

    /// Keeps the value for the pointers that end here.
    fn keep(&mut self, value: impl Fn() -> Json) {
        for (found, (at, path)) in self.found.iter_mut().zip(self.pointers.iter().enumerate()) {
            if self.open & (1 << at) != 0 && path.steps().len() == self.depth {
                *found = value();
            }
        }
    }

    /// The pointers that lead on into a part of this value.
    fn leading(&self, into: impl Fn(&Path) -> bool) -> u64 {
        self.open_pointers().filter(|(_, path)| into(path)).fold(0, |open, (at, _)| open | 1 << at)
    }

    fn part(&mut self, open: u64) -> Walk<'_> {
        Walk { pointers: self.pointers, found: self.found, open, depth: self.depth + 1 }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(mut self) -> Result<(), E> {
        self.keep(|| Json::Null);
        Ok(())
    }

    fn visit_bool<E>(mut self, value: bool) -> Result<(), E> {
        self.keep(|| value.into());
        Ok(())
    }

    fn visit_u64<E>(mut self, value: u64) -> Result<(), E> {
        self.keep(|| value.into());
        Ok(())
    }

    fn visit_i64<E>(mut self, value: i64) -> Result<(), E> {
        self.keep(|| value.into());
        Ok(())
    }

    fn visit_f64<E>(mut self, value: f64) -> Result<(), E> {
        self.keep(|| value.into());
        Ok(())
    }

    fn visit_str<E>(mut self, value: &str) -> Result<(), E> {
        self.keep(|| value.into());
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        self.keep(|| Json::Object(serde_json::Map::new()));
        while let Some(open) = map.next_key_seed(Key(&self))? {
            if open == 0 {
                map.next_value::<IgnoredAny>()?;
            } else {
                map.next_value_seed(self.part(open))?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        self.keep(|| Json::Array(Vec::new()));
        for index in 0.. {
            let depth = self.depth;
            let open = self
                .leading(|path| path.steps().get(depth).is_some_and(|step| step.leads_into_element(index)));
            if list.next_element_seed(self.part(open))?.is_none() {
                break;
            }
        }
        Ok(())
    }
}

/// Reads a key as the pointers that lead on into its value.
struct Key<'a, 'w>(&'a Walk<'w>);

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
        let depth = self.0.depth;
        Ok(self.0.leading(|path| path.steps().get(depth).is_some_and(|step| step.leads_into(key))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands at these pointers, as `Value::pointer` finds it, but with what arrays and objects hold left out.
    fn plain(json: &Json, pointer: &str) -> Json {
        match json.pointer(pointer) {
            Some(Json::Array(_)) => Json::Array(Vec::new()),
            Some(Json::Object(_)) => Json::Object(serde_json::Map::new()),
            value => value.cloned().unwrap_or_default(),
        }
    }

    #[test]
    fn it_finds_what_a_pointer_finds() {
        let json = serde_json::json!({
            "a": { "b": [1, { "c": "x" }, null], "~/": 2.5, "": true }, "d": "é\n", "e": -3, "10": [[7]],
        });
        let pointers = [
            "", "/a", "/a/b", "/a/b/0", "/a/b/1/c", "/a/b/2", "/a/b/3", "/a/b/01", "/a/~0~1", "/a/", "/d",
            "/e", "/10/0/0", "/a/b/c", "/d/0", "/x", "/a", "/a/b/-",
        ];
        let paths: Vec<Path> = pointers.iter().map(|text| (*text).to_owned().try_into().unwrap()).collect();
        for text in [serde_json::to_string(&json).unwrap(), serde_json::to_string_pretty(&json).unwrap()] {
            let found = find(text.as_bytes(), &paths.iter().collect::<Vec<_>>()).unwrap();
            assert_eq!(found, pointers.map(|pointer| plain(&json, pointer)));
        }
        assert!(find(b"{\"a\": 1} 2", &[]).is_err() && find(b"{\"a\": ", &[]).is_err());
    }
}
