use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Number, Value};

use super::SearchQuery;
use crate::{FieldError, IataCode, SupplierCode};

/// The shortest `timeout_ms` a client may ask for: less than this no supplier could answer in.
const SHORTEST_TIMEOUT: Duration = Duration::from_millis(100);

/// The longest one: a day, as for the configured deadline, which is shorter or the same.
const LONGEST_TIMEOUT: Duration = Duration::from_hours(24);

/// How many suppliers a client may name: each that no worker knows is told as such, in an answer of its own.
const MOST_SUPPLIERS: usize = 100;

/// What a client asks for with a POST: a query, and how it is to be worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchRequest {
    /// What is searched.
    pub query: SearchQuery,
    /// The suppliers to ask, in the order given and each once; empty for all.
    pub suppliers: Vec<SupplierCode>,
    /// A deadline shorter than the configured one, if the client wants it.
    pub timeout: Option<Duration>,
}

/// A body that is no search.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRequest {
    /// Not JSON at all; the text says where it breaks.
    #[error("the body is not valid JSON: {0}")]
    NotJson(String),
    /// JSON, but an array, a string or the like.
    #[error("the body must be a JSON object")]
    NotAnObject,
    /// Some fields are missing, of the wrong type or out of range.
    #[error("the search has {} wrong field(s)", .errors.len())]
    Fields {
        /// Each of them.
        errors: Vec<FieldError>,
        /// What could be read all the same.
        named: Named,
    },
}

/// What a request names, as far as it could be read: whether these exist can be told also where something else is
/// wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Where to leave from.
    pub origin: Option<IataCode>,
    /// Where to arrive.
    pub destination: Option<IataCode>,
    /// Whom to ask.
    pub suppliers: Vec<SupplierCode>,
}

impl SearchRequest {
    /// What it names.
    #[must_use]
    pub fn named(&self) -> Named {
        let SearchQuery { origin, destination, .. } = self.query;
        Named { origin: Some(origin), destination: Some(destination), suppliers: self.suppliers.clone() }
    }

    /// Reads the POST body `{"from","to","date","passengers"}` with its optional fields `suppliers` (codes) and
    /// `timeout_ms`. Names every wrong field, not only the first.
    pub fn from_json(body: &[u8]) -> Result<Self, InvalidRequest> {
        let value =
            serde_json::from_slice(body).map_err(|error| InvalidRequest::NotJson(error.to_string()))?;
        let Value::Object(fields) = value else { return Err(InvalidRequest::NotAnObject) };
        let mut reader = Reader { fields, errors: Vec::new() };
        let origin = reader.required("from", "a string", text);
        let destination = reader.required("to", "a string", text);
        let date = reader.required("date", "a string", text);
        let passengers = reader.required("passengers", "a whole number", number);
        let suppliers = reader.optional("suppliers", "an array of supplier codes", codes).unwrap_or_default();
        let timeout = reader.optional("timeout_ms", "a whole number of milliseconds", timeout);
        if let (Some(origin), Some(destination)) = (origin, destination)
            && origin == destination
        {
            reader.errors.push(FieldError::new("to", "must differ from \"from\""));
        }
        match (origin, destination, date, passengers) {
            (Some(origin), Some(destination), Some(date), Some(passengers)) if reader.errors.is_empty() => {
                let query = SearchQuery { origin, destination, date, passengers };
                Ok(Self { query, suppliers, timeout })
            }
            _ => {
                let named = Named { origin, destination, suppliers };
                Err(InvalidRequest::Fields { errors: reader.errors, named })
            }
        }
    }
}

/// Takes fields out of a JSON object and collects what is wrong with them.
struct Reader {
    fields: Map<String, Value>,
    errors: Vec<FieldError>,
}

/// What a field's parser says of a value: the wrong type, or the right type with a value that won't do.
enum Refusal {
    Type,
    Value(String),
}

impl Reader {
    fn required<T>(
        &mut self,
        name: &str,
        kind: &str,
        parse: impl FnOnce(&Value) -> Result<T, Refusal>,
    ) -> Option<T> {
        if self.fields.get(name).is_none_or(Value::is_null) {
            self.errors.push(FieldError::new(name, "is required"));
            return None;
        }
        self.optional(name, kind, parse)
    }

    fn optional<T>(
        &mut self,
        name: &str,
        kind: &str,
        parse: impl FnOnce(&Value) -> Result<T, Refusal>,
    ) -> Option<T> {
        let value = self.fields.get(name).filter(|value| !value.is_null())?;
        let message = match parse(value) {
            Ok(parsed) => return Some(parsed),
            Err(Refusal::Type) => format!("must be {kind}"),
            Err(Refusal::Value(message)) => message,
        };
        self.errors.push(FieldError::new(name, message));
        None
    }
}

fn text<T>(value: &Value) -> Result<T, Refusal>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    value.as_str().ok_or(Refusal::Type)?.parse().map_err(|error: T::Err| Refusal::Value(error.to_string()))
}

fn number<T>(value: &Value) -> Result<T, Refusal>
where
    T: TryFrom<u64, Error: std::fmt::Display>,
{
    let Value::Number(number) = value else { return Err(Refusal::Type) };
    // Negative, fractional and huge numbers are numbers, only never in range: zero is refused in their place.
    T::try_from(whole(number).unwrap_or(0)).map_err(|error| Refusal::Value(error.to_string()))
}

/// JSON knows one kind of number: `2.0` is as whole as `2`.
fn whole(number: &Number) -> Option<u64> {
    number.as_u64().or_else(|| number.as_f64()?.to_string().parse().ok())
}

fn codes(value: &Value) -> Result<Vec<SupplierCode>, Refusal> {
    let names = Vec::<String>::deserialize(value).map_err(|_| Refusal::Type)?;
    let mut codes = Vec::with_capacity(names.len());
    for name in names {
        let code = name.parse().map_err(|error| Refusal::Value(format!("\"{name}\": {error}")))?;
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    match codes.len() {
        0 => Err(Refusal::Value("must name at least one supplier".into())),
        1..=MOST_SUPPLIERS => Ok(codes),
        _ => Err(Refusal::Value(format!("must name at most {MOST_SUPPLIERS} suppliers"))),
    }
}

fn timeout(value: &Value) -> Result<Duration, Refusal> {
    let Value::Number(number) = value else { return Err(Refusal::Type) };
    match whole(number).map(Duration::from_millis) {
        Some(timeout) if (SHORTEST_TIMEOUT..=LONGEST_TIMEOUT).contains(&timeout) => Ok(timeout),
        _ => Err(Refusal::Value(format!(
            "must be a whole number from {} to {}",
            SHORTEST_TIMEOUT.as_millis(),
            LONGEST_TIMEOUT.as_millis()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(body: &str) -> Vec<(String, String)> {
        match SearchRequest::from_json(body.as_bytes()) {
            Err(InvalidRequest::Fields { errors, .. }) => {
                errors.into_iter().map(|e| (e.field, e.message)).collect()
            }
            other => panic!("{body} gave {other:?}"),
        }
    }

    #[test]
    fn reads_the_documented_example() {
        let request =
            SearchRequest::from_json(br#"{"from":"cgk","to":"DPS","date":"2025-07-10","passengers":2}"#);
        let request = request.unwrap();
        assert_eq!(request.query.origin.as_str(), "CGK");
        assert_eq!(request.query.passengers.get(), 2);
        assert!(request.suppliers.is_empty() && request.timeout.is_none());
    }

    #[test]
    fn names_every_wrong_field() {
        let named: Vec<_> = wrong("{}").into_iter().map(|(field, _)| field).collect();
        assert_eq!(named, ["from", "to", "date", "passengers"]);
        let errors = wrong(r#"{"from":1,"to":"DPSX","date":"2025-02-30","passengers":0,"timeout_ms":"9"}"#);
        assert_eq!(
            errors.iter().map(|(field, message)| (field.as_str(), message.as_str())).collect::<Vec<_>>(),
            [
                ("from", "must be a string"),
                ("to", "must be a three-letter IATA code, like CGK"),
                ("date", "is a day that does not exist"),
                ("passengers", "must be a whole number from 1 to 9"),
                ("timeout_ms", "must be a whole number of milliseconds"),
            ]
        );
    }

    #[test]
    fn refuses_one_place_as_both_ends_in_either_case() {
        let errors = wrong(r#"{"from":"CGK","to":"cgk","date":"2025-07-10","passengers":2}"#);
        assert_eq!(errors, [("to".to_owned(), "must differ from \"from\"".to_owned())]);
    }

    #[test]
    fn passengers_are_a_whole_number() {
        for passengers in ["10", "-1", "1.5", "1e3", "99999999999999999999"] {
            let body =
                format!(r#"{{"from":"CGK","to":"DPS","date":"2025-07-10","passengers":{passengers}}}"#);
            assert_eq!(wrong(&body)[0].1, "must be a whole number from 1 to 9", "{passengers}");
        }
        for passengers in ["2.0", "20e-1"] {
            let body =
                format!(r#"{{"from":"CGK","to":"DPS","date":"2025-07-10","passengers":{passengers}}}"#);
            assert_eq!(SearchRequest::from_json(body.as_bytes()).unwrap().query.passengers.get(), 2);
        }
        let errors = wrong(r#"{"from":"CGK","to":"DPS","date":"2025-07-10","passengers":"2"}"#);
        assert_eq!(errors[0].1, "must be a whole number");
    }

    #[test]
    fn suppliers_are_codes_each_once() {
        let body =
            r#"{"from":"CGK","to":"DPS","date":"2025-07-10","passengers":2,"suppliers":["ga","GA","SQ"]}"#;
        let request = SearchRequest::from_json(body.as_bytes()).unwrap();
        assert_eq!(request.suppliers.iter().map(SupplierCode::as_str).collect::<Vec<_>>(), ["GA", "SQ"]);
    }

    #[test]
    fn says_what_is_no_json_and_what_no_object() {
        assert!(matches!(SearchRequest::from_json(b"nope"), Err(InvalidRequest::NotJson(_))));
        assert_eq!(SearchRequest::from_json(b"[]"), Err(InvalidRequest::NotAnObject));
    }
}
