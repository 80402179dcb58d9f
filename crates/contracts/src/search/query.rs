use std::ops::Deref;

use serde::{Deserialize, Serialize};

use super::{IataCode, Passengers, TravelDate, field::FieldSource};
use crate::names::field;

/// The version of the definition of a search. This build can process searches that need this version or an earlier one.
///
/// Raise it for a new field that changes the request to a supplier, and make [`SearchFields::needs`] return the new
/// version for searches with that field.
pub const DEFINITION_VERSION: u32 = 1;

/// The fields of a search: one way from origin to destination, on a day, for some passengers.
///
/// **This is the one definition of a search.** The POST body, the job, the record, the fingerprint, the `OpenAPI` schema
/// and the terminal client's body are made from [`read`](SearchQuery::read) and [`write`](SearchFields::write), and
/// neither compiles while it lacks a field.
///
/// Each field is valid on its own; a [`SearchQuery`] is valid as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SearchFields {
    /// Airport or city to leave from.
    #[serde(rename = "from")]
    pub origin: IataCode,
    /// Airport or city to arrive at.
    #[serde(rename = "to")]
    pub destination: IataCode,
    /// Day of departure, at the origin.
    pub date: TravelDate,
    /// How many travel.
    pub passengers: Passengers,
}

/// A search whose origin and destination differ. Created from [`SearchFields`], which it dereferences to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "SearchFields", into = "SearchFields")]
pub struct SearchQuery(SearchFields);

/// Origin and destination are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must differ from \"from\"")]
pub struct SamePlace;

/// Origin and destination of a search that may be invalid: those that could be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// Airport or city to leave from.
    pub origin: Option<IataCode>,
    /// Airport or city to arrive at.
    pub destination: Option<IataCode>,
}

impl SearchFields {
    /// Writes each field that is present, in the order of the definition and as in Redis.
    pub fn write(&self, mut write: impl FnMut(&'static str, String)) {
        let Self { origin, destination, date, passengers } = self;
        write(field::FROM, origin.to_string());
        write(field::TO, destination.to_string());
        write(field::DATE, date.to_string());
        write(field::PASSENGERS, passengers.to_string());
    }

    /// The lowest [`DEFINITION_VERSION`] of a worker that can answer this search.
    #[must_use]
    pub fn needs(&self) -> u32 {
        let Self { origin: _, destination: _, date: _, passengers: _ } = self;
        1
    }
}

impl SearchQuery {
    /// Reads the fields. `source` collects the errors.
    pub fn read(source: &mut impl FieldSource) -> Result<Self, Route> {
        let origin =
            source.required(field::FROM, "IATA code of the airport or city to leave from, in either case.");
        let destination = source.required(
            field::TO,
            "IATA code of the airport or city to arrive at, in either case: another place than `from`.",
        );
        let date = source.required(field::DATE, "Day of departure, at the origin. May lie in the past.");
        let passengers = source.required(field::PASSENGERS, "How many travel together.");
        let route = Route { origin, destination };
        if let Err(problem) = route.check() {
            source.refuse(field::TO, &problem);
            return Err(route);
        }
        let fields = || {
            Some(SearchFields {
                origin: origin?,
                destination: destination?,
                date: date?,
                passengers: passengers?,
            })
        };
        fields().map(Self).ok_or(route)
    }

    /// A search with the required fields only.
    pub fn one_way(
        origin: IataCode,
        destination: IataCode,
        date: TravelDate,
        passengers: Passengers,
    ) -> Result<Self, SamePlace> {
        SearchFields { origin, destination, date, passengers }.try_into()
    }

    /// Origin and destination.
    #[must_use]
    pub fn route(&self) -> Route {
        Route { origin: Some(self.origin), destination: Some(self.destination) }
    }
}

impl Route {
    fn check(self) -> Result<(), SamePlace> {
        if self.origin.is_some() && self.origin == self.destination { Err(SamePlace) } else { Ok(()) }
    }
}

impl TryFrom<SearchFields> for SearchQuery {
    type Error = SamePlace;

    fn try_from(fields: SearchFields) -> Result<Self, Self::Error> {
        let query = Self(fields);
        query.route().check().map(|()| query)
    }
}

impl From<SearchQuery> for SearchFields {
    fn from(query: SearchQuery) -> Self {
        query.0
    }
}

impl Deref for SearchQuery {
    type Target = SearchFields;

    fn deref(&self) -> &SearchFields {
        &self.0
    }
}
