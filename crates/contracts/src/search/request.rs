use std::fmt::Display;

use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    Fingerprint, ReadableTrip, SearchQuery, SearchTimeout, Slices, SupplierSelection,
    field::{FieldSource, InvalidParts, SearchField},
    route::Route,
};
use crate::{field_error::FieldError, names::field};

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
    /// Origins and destinations.
    pub routes: Vec<Route>,
    /// The suppliers to ask.
    pub suppliers: SupplierSelection,
}

impl SearchRequest {
    /// Reads a POST body, like [`from_json_with_codes`](Self::from_json_with_codes).
    pub fn from_json(body: &[u8], today: Date) -> Result<Self, InvalidRequest> {
        Self::from_json_with_codes(body, today).map(|(request, _)| request)
    }

    /// Reads a POST body, and the codes in it. The error lists every invalid field.
    ///
    /// `today` is the earliest date anywhere. A trip may begin before it only if the replaced system knows such trips: the
    /// documented example is one.
    pub fn from_json_with_codes(body: &[u8], today: Date) -> Result<(Self, RequestedCodes), InvalidRequest> {
        let value =
            serde_json::from_slice(body).map_err(|error| InvalidRequest::NotJson(error.to_string()))?;
        let Value::Object(fields) = value else { return Err(InvalidRequest::NotAnObject) };
        let mut body = Body { fields, wrong: InvalidParts::default() };
        let read = Self::read(&mut body);
        let (trip, suppliers) = match &read {
            Ok(Self { query, suppliers, .. }) => (query.trip(), suppliers),
            Err((trip, suppliers)) => (trip.clone(), suppliers),
        };
        let may_be_past = match &read {
            Ok(request) => request.query.needs() == 1,
            Err(_) => trip.slices.as_ref().is_none_or(Slices::is_plain),
        };
        let suppliers = suppliers.clone();
        let mut routes = body.check(trip, may_be_past, today);
        let InvalidParts { errors, routes: invalid } = body.wrong;
        routes.extend(invalid);
        let codes = RequestedCodes { routes, suppliers };
        match read {
            Ok(request) if errors.is_empty() => Ok((request, codes)),
            _ => Err(InvalidRequest::Fields { errors, codes }),
        }
    }

    /// Reads the fields. `source` collects the errors; without a request, its trip and suppliers may still be readable.
    pub fn read(source: &mut impl FieldSource) -> Result<Self, (ReadableTrip, SupplierSelection)> {
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
            Err(trip) => Err((trip, suppliers)),
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

/// A POST body and what is wrong with it.
struct Body {
    fields: Map<String, Value>,
    wrong: InvalidParts,
}

impl Body {
    fn has(&self, name: &str) -> bool {
        self.fields.get(name).is_some_and(|value| !value.is_null())
    }

    /// Refuses slices that depart before `today`, unless the trip may. Returns where the trip goes.
    fn check(&mut self, trip: ReadableTrip, may_be_past: bool, today: Date) -> Vec<Route> {
        let ReadableTrip { first, slices } = trip;
        // Slices that can't be read count as absent in the query.
        let are_wrong = self.wrong.errors.iter().any(|error| error.field.starts_with(field::SLICES));
        let Some(slices) = slices.filter(|_| !are_wrong) else { return vec![first] };
        let has_slices = self.has(field::SLICES);
        if has_slices || !may_be_past {
            self.check_dates(&slices, has_slices, today);
        }
        if has_slices { slices.routes().collect() } else { vec![first] }
    }

    fn check_dates(&mut self, slices: &Slices, has_slices: bool, today: Date) {
        for (at, slice) in slices.iter().enumerate() {
            if slice.date().civil() < today {
                let name = match at {
                    _ if has_slices => format!("{}[{at}].{}", field::SLICES, field::DATE),
                    0 => field::DATE.to_owned(),
                    _ => field::RETURN_DATE.to_owned(),
                };
                self.wrong.refuse(name, &"must not be in the past");
            }
        }
    }
}

impl FieldSource for Body {
    fn required<T: SearchField>(&mut self, name: &'static str, about: &'static str) -> Option<T> {
        if !self.has(name) {
            self.refuse(name, &"is required");
            return None;
        }
        self.optional(name, about)
    }

    fn required_without<T: SearchField>(
        &mut self,
        name: &'static str,
        other: &'static str,
        about: &'static str,
    ) -> Option<T> {
        if self.has(other) { self.optional(name, about) } else { self.required(name, about) }
    }

    fn optional<T: SearchField>(&mut self, name: &'static str, _about: &'static str) -> Option<T> {
        let value = self.fields.get(name).filter(|value| !value.is_null())?;
        self.wrong.keep(name.to_owned(), T::from_json(value))
    }

    fn refuse(&mut self, name: &'static str, problem: &dyn Display) {
        self.wrong.refuse(name.to_owned(), problem);
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::SupplierCode;

    const TODAY: Date = date(2026, 12, 1);

    fn wrong(body: &str) -> Vec<(String, String)> {
        match SearchRequest::from_json(body.as_bytes(), TODAY) {
            Err(InvalidRequest::Fields { errors, .. }) => {
                errors.into_iter().map(|e| (e.field, e.message)).collect()
            }
            other => panic!("{body} gave {other:?}"),
        }
    }

    #[test]
    fn reads_the_documented_example() {
        let request = SearchRequest::from_json(
            br#"{"from":"cgk","to":"DPS","date":"2025-07-10","passengers":2}"#,
            TODAY,
        );
        let request = request.unwrap();
        assert_eq!(request.query.first().origin().as_str(), "CGK");
        assert_eq!(request.query.passengers.seats().get(), 2);
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
            assert_eq!(
                SearchRequest::from_json(body.as_bytes(), TODAY).unwrap().query.passengers.seats().get(),
                2
            );
        }
        let errors = wrong(r#"{"from":"CGK","to":"DPS","date":"2025-07-10","passengers":"2"}"#);
        assert_eq!(errors[0].1, "must be a whole number or an object");
    }

    #[test]
    fn one_wrong_field_hides_no_other() {
        let past = "must not be in the past";
        let errors = wrong(
            r#"{"slices":[{"from":"CGK","to":"DPS","date":"2026-01-02"},{"from":"DPS","to":"SIN","date":"2026-01-03"}],"passengers":0}"#,
        );
        let named: Vec<_> =
            errors.iter().map(|(field, message)| (field.as_str(), message.as_str())).collect();
        let passengers = ("passengers", "must be a whole number from 1 to 9");
        assert_eq!(named, [passengers, ("slices[0].date", past), ("slices[1].date", past)]);
        let errors = wrong(
            r#"{"from":"CGK","to":"DPS","date":"2026-01-02","return_date":"2026-01-03","passengers":0}"#,
        );
        let named: Vec<_> =
            errors.iter().map(|(field, message)| (field.as_str(), message.as_str())).collect();
        assert_eq!(named, [passengers, ("date", past), ("return_date", past)]);

        let places = |body: &str| match SearchRequest::from_json(body.as_bytes(), TODAY) {
            Err(InvalidRequest::Fields { codes, .. }) => codes.routes,
            other => panic!("{body} gave {other:?}"),
        };
        let route = |path: &str, from: &str, to: &str| Route {
            path: path.into(),
            origin: Some(from.parse().unwrap()),
            destination: Some(to.parse().unwrap()),
        };
        for first in ["", r#""from":"SUB","#] {
            let body = format!(
                r#"{{{first}"slices":[{{"from":"CGK","to":"XXX","date":"2026-12-02"}},{{"from":"YYY","to":"SIN","date":"2026-12-03"}}],"passengers":0}}"#
            );
            assert_eq!(places(&body), [route("slices[0].", "CGK", "XXX"), route("slices[1].", "YYY", "SIN")]);
        }
        let body =
            r#"{"from":"CGK","to":"XXX","date":"2026-12-02","return_date":"2026-12-01","passengers":0}"#;
        assert_eq!(places(body), [route("", "CGK", "XXX")]);
    }

    #[test]
    fn suppliers_are_codes_each_once() {
        let body =
            r#"{"from":"CGK","to":"DPS","date":"2025-07-10","passengers":2,"suppliers":["ga","GA","SQ"]}"#;
        let request = SearchRequest::from_json(body.as_bytes(), TODAY).unwrap();
        assert_eq!(request.suppliers.iter().map(SupplierCode::as_str).collect::<Vec<_>>(), ["GA", "SQ"]);
    }

    #[test]
    fn says_what_is_no_json_and_what_no_object() {
        assert!(matches!(SearchRequest::from_json(b"nope", TODAY), Err(InvalidRequest::NotJson(_))));
        assert_eq!(SearchRequest::from_json(b"[]", TODAY), Err(InvalidRequest::NotAnObject));
    }
}
