//! The lists within an offer: its slices, and their flights.

use std::fmt;

use serde::{
    Deserialize,
    de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use super::field::Part;
use crate::{
    error::{FieldProblem, ResponseError},
    response::json_pointer::{JsonPointer, Token},
};

/// Where the elements of a list are. An array at a pointer is a list, anything else is one element.
///
/// Without pointers, the list has one element: what it would be in.
#[derive(Clone, Debug, Default)]
pub(super) struct ListPointers(Vec<JsonPointer>);

impl<'de> Deserialize<'de> for ListPointers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pointers = match toml::Value::deserialize(deserializer)? {
            toml::Value::Array(pointers) => pointers,
            pointer => vec![pointer],
        };
        let pointers = pointers.into_iter().map(|pointer| pointer.try_into().map_err(Error::custom));
        pointers.collect::<Result<_, _>>().map(Self)
    }
}

impl ListPointers {
    /// Whether it is mapped.
    pub(super) fn is_set(&self) -> bool {
        !self.0.is_empty()
    }

    /// The elements in a part of an offer, 1 to `max`.
    pub(super) fn elements<'a>(
        &self,
        name: &'static str,
        part: &Part<'a>,
        max: usize,
    ) -> Result<Vec<Part<'a>>, ResponseError> {
        if self.0.is_empty() {
            return Ok(vec![part.clone()]);
        }
        let mut elements = Vec::new();
        let mut none = FieldProblem::Missing;
        for pointer in &self.0 {
            let Some(value) = value_at(part.json, pointer)? else { continue };
            let path = format!("{}{pointer}", part.path);
            let element =
                |path, json: &'a RawValue| Part { offer: part.offer, path, json: json.get().as_bytes() };
            if value.get().starts_with('[') {
                let list: Vec<&RawValue> = serde_json::from_str(value.get())?;
                none = FieldProblem::Empty;
                let list = list.into_iter().enumerate();
                elements.extend(list.map(|(index, json)| element(format!("{path}/{index}"), json)));
            } else {
                elements.push(element(path, value));
            }
        }
        match elements.len() {
            0 => Err(part.error(name, &self.0, none)),
            count if count > max => Err(part.error(name, &self.0, FieldProblem::TooMany)),
            _ => Ok(elements),
        }
    }
}

/// The value at a pointer, as it is written. None if there is none, `null`, or an empty text.
fn value_at<'a>(json: &'a [u8], pointer: &JsonPointer) -> serde_json::Result<Option<&'a RawValue>> {
    let mut value: &RawValue = serde_json::from_slice(json)?;
    for token in pointer.tokens() {
        let mut json = serde_json::Deserializer::from_str(value.get());
        let Some(inner) = Inner(token).deserialize(&mut json)? else { return Ok(None) };
        value = inner;
    }
    let is_blank = |text: &str| text.trim_matches('"').trim().is_empty();
    Ok(Some(value).filter(|value| value.get() != "null" && !is_blank(value.get())))
}

/// Finds what a token refers to in an object or array. Of equal keys, the last counts, as in other fields.
struct Inner<'t>(&'t Token);

impl<'de> DeserializeSeed<'de> for Inner<'_> {
    type Value = Option<&'de RawValue>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Inner<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            if self.0.matches_key(&key) {
                found = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        for index in 0.. {
            let Some(value) = list.next_element::<&RawValue>()? else { break };
            if self.0.matches_index(index) {
                found = Some(value);
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elements(pointers: &str, json: &str) -> Result<Vec<(String, String)>, String> {
        #[derive(Deserialize)]
        struct File {
            list: ListPointers,
        }
        let File { list } = toml::from_str(&format!("list = {pointers}")).unwrap();
        let part = Part { offer: 3, path: "/x".into(), json: json.as_bytes() };
        let elements = list.elements("slices", &part, 2).map_err(|error| error.to_string())?;
        let text = |json: &[u8]| String::from_utf8(json.to_vec()).unwrap();
        Ok(elements.into_iter().map(|part| (part.path, text(part.json))).collect())
    }

    #[test]
    fn a_list_is_an_array_or_what_is_at_each_pointer() {
        let json = r#"{"l": [{"a": 1}, 2], "o": {"b~/": [3]}, "n": null, "s": "x", "b": " "}"#;
        let list = |pointers| elements(pointers, json).unwrap();
        let pair = |path: &str, json: &str| (path.to_owned(), json.to_owned());
        assert_eq!(list("'/l'"), [pair("/x/l/0", r#"{"a": 1}"#), pair("/x/l/1", "2")]);
        assert_eq!(list("['/l/0', '/o/b~0~1']"), [pair("/x/l/0", r#"{"a": 1}"#), pair("/x/o/b~0~1/0", "3")]);
        assert_eq!(list("['/s', '/n', '/none', '/s/0', '/l/7', '/b']"), [pair("/x/s", "\"x\"")]);
        assert_eq!(list("''"), [pair("/x", json)]);
        assert_eq!(list("[]"), [pair("/x", json)]);
    }

    #[test]
    fn an_empty_list_and_a_long_one_are_errors() {
        let json = r#"{"l": [1, 2, 3], "e": []}"#;
        assert_eq!(elements("['/e', '/n']", json).unwrap_err(), "offer 3: slices (`/x/e /x/n`) is empty");
        assert_eq!(elements("'/n'", json).unwrap_err(), "offer 3: slices (`/x/n`) is missing");
        let many = "offer 3: slices (`/x/l`) has more elements than an offer may have";
        assert_eq!(elements("'/l'", json).unwrap_err(), many);
    }
}
