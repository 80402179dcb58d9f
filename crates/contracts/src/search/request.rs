use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    Fingerprint, SearchQuery, SearchTimeout, SupplierSelection,
    field::{FieldSource, InvalidField, SearchField},
    query::Route,
};
use crate::{FieldError, names::field};

/// A POST body: a query and its options.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SearchRequest {
    /// The query.
    #[serde(flatten)]
    pub query: SearchQuery,
    /// The suppliers to ask.
    #[serde(skip_serializing_if = "SupplierSelection::is_all")]
    pub suppliers: SupplierSelection,
    /// Timeout, at most the configured deadline.
    #[serde(rename = "timeout_ms", skip_serializing_if = "Option::is_none")]
    pub timeout: Option<SearchTimeout>,
}

/// Why a body is not a valid search.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRequest {
    /// Not JSON; the text has the position.
    #[error("the body is not valid JSON: {0}")]
    NotJson(String),
    /// JSON, but an array, a string or the like.
    #[error("the body must be a JSON object")]
    NotAnObject,
    /// Some fields are missing or invalid.
    #[error("the search has {} wrong field(s)", .errors.len())]
    Fields {
        /// The invalid fields.
        errors: Vec<FieldError>,
        /// The codes that could be read.
        codes: RequestedCodes,
    },
}

/// The codes in a request that could be read, even if it is invalid: the gateway also lists those that do not exist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestedCodes {
    /// Origin and destination.
    pub route: Route,
    /// The suppliers to ask.
    pub suppliers: SupplierSelection,
}

impl SearchRequest {
    /// The codes in it.
    #[must_use]
    pub fn codes(&self) -> RequestedCodes {
        RequestedCodes { route: self.query.route(), suppliers: self.suppliers.clone() }
    }

    /// Reads a POST body. The error lists every invalid field.
    pub fn from_json(body: &[u8]) -> Result<Self, InvalidRequest> {
        let value =
            serde_json::from_slice(body).map_err(|error| InvalidRequest::NotJson(error.to_string()))?;
        let Value::Object(fields) = value else { return Err(InvalidRequest::NotAnObject) };
        let mut body = Body { fields, errors: Vec::new() };
        match Self::read(&mut body) {
            Ok(request) if body.errors.is_empty() => Ok(request),
            Ok(request) => Err(InvalidRequest::Fields { errors: body.errors, codes: request.codes() }),
            Err(codes) => Err(InvalidRequest::Fields { errors: body.errors, codes }),
        }
    }

    /// Reads the fields. `source` collects the errors.
    pub fn read(source: &mut impl FieldSource) -> Result<Self, RequestedCodes> {
        let query = SearchQuery::read(source);
        let suppliers: Option<SupplierSelection> =
            source.optional(field::SUPPLIERS, "The suppliers to ask, by their codes; all, if absent.");
        let suppliers = suppliers.unwrap_or_default();
        let timeout = source.optional(
            field::TIMEOUT_MS,
            "Milliseconds after which the search ends with what has come by then; never later than the gateway's own \
             deadline.",
        );
        match query {
            Ok(query) => Ok(Self { query, suppliers, timeout }),
            Err(route) => Err(RequestedCodes { route, suppliers }),
        }
    }

    /// The same for all requests for the same search, independent of the case of codes and the order of suppliers and
    /// fields.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        let Self { query, suppliers, timeout } = self;
        let mut fields = Vec::new();
        query.write(|name, value| fields.push((name, value)));
        let mut codes = suppliers.to_vec();
        codes.sort_unstable();
        let codes: SupplierSelection = codes.into_iter().collect();
        let timeout = timeout.map(|timeout| timeout.to_string()).unwrap_or_default();
        Fingerprint::of_search(&fields, &codes.to_string(), &timeout)
    }
}

/// A POST body and its errors.
struct Body {
    fields: Map<String, Value>,
    errors: Vec<FieldError>,
}

impl FieldSource for Body {
    fn required<T: SearchField>(&mut self, name: &'static str, about: &'static str) -> Option<T> {
        if self.fields.get(name).is_none_or(Value::is_null) {
            self.refuse(name, &"is required");
            return None;
        }
        self.optional(name, about)
    }

    fn optional<T: SearchField>(&mut self, name: &'static str, _about: &'static str) -> Option<T> {
        let value = self.fields.get(name).filter(|value| !value.is_null())?;
        match T::from_json(value) {
            Ok(parsed) => return Some(parsed),
            Err(InvalidField::Type) => self.refuse(name, &format_args!("must be {}", T::KIND)),
            Err(InvalidField::Value(message)) => self.refuse(name, &message),
        }
        None
    }

    fn refuse(&mut self, name: &'static str, problem: &dyn std::fmt::Display) {
        self.errors.push(FieldError::new(name, problem.to_string()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SupplierCode;

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
