use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{
    IataCode, MaxStops, Passengers, SamePlace, Slice, Slices, TravelDate, field::FieldSource,
    passengers::PassengerTypes, route::Route,
};
use crate::{Cabin, money::Currency, names::field};

/// The version of the definition of a search. This build can process searches that need this version or an earlier one.
///
/// Raise it for a new field that changes the request to a supplier, and make [`SearchQuery::needs`] return the new
/// version for searches with that field. Version 3 knows price checks, which no query has a field for
/// ([`CHECKS_SINCE`](crate::check::CHECKS_SINCE)).
pub const DEFINITION_VERSION: u32 = 3;

/// A search: a trip of one or more slices for some passengers, and what they want of it.
///
/// **This is the one definition of a search.** The POST body, the job, the record, the fingerprint, the `OpenAPI` schema
/// and the terminal client's body are made from [`read`](SearchQuery::read), [`write`](SearchQuery::write) and its
/// `Serialize`, and none compiles while it lacks a field.
///
/// Each field is valid on its own, and so is every combination of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SearchQuery {
    /// From where to where, and when.
    pub slices: Slices,
    /// Who travels.
    pub passengers: Passengers,
    /// The cabin to travel in; any, if absent.
    pub cabin: Option<Cabin>,
    /// The most stops of each slice; any, if absent.
    pub max_stops: Option<MaxStops>,
    /// What prices are ranked in, and shown in as an approximation; the default currency, if absent.
    pub currency: Option<Currency>,
}

impl SearchQuery {
    /// A search for a trip, without any wishes.
    #[must_use]
    pub fn new(slices: Slices, passengers: Passengers) -> Self {
        Self { slices, passengers, cabin: None, max_stops: None, currency: None }
    }

    /// Reads the fields. `source` collects the errors; without a query, its trip may still be readable.
    pub fn read(source: &mut impl FieldSource) -> Result<Self, ReadableTrip> {
        let first = First::read(source);
        let passengers: Option<Passengers> = source.required(
            field::PASSENGERS,
            "How many adults travel together; or adults and the ages of children and infants.",
        );
        let types: Option<PassengerTypes> = source.stored(field::PASSENGER_TYPES);
        let return_date: Option<TravelDate> = source.optional(
            field::RETURN_DATE,
            "Day of the way back: short for `slices` with a second one from `to` to `from`. Not in the past.",
        );
        let slices: Option<Slices> = source.optional(
            field::SLICES,
            "The parts of a trip, instead of `from`, `to` and `date`, which may only repeat the first. No day is before \
             the one of the slice before, and none in the past.",
        );
        let cabin = source.optional(field::CABIN, "The cabin to travel in; any, if absent.");
        let max_stops = source.optional(field::MAX_STOPS, "The most stops of each slice; any, if absent.");
        let currency = source.optional(
            field::CURRENCY,
            "The ISO 4217 code of the currency that offers are ranked in; IDR, if absent. Prices in others are shown in \
             it as an approximation.",
        );

        let (slices, is_valid) = match slices {
            Some(slices) => {
                let repeats = first.check_repeats(&slices, return_date, source);
                (Some(slices), repeats)
            }
            None => (first.trip(return_date, source), true),
        };
        match (slices, types.map(|types| types.0).or(passengers)) {
            (Some(slices), Some(passengers)) if is_valid => {
                Ok(Self { slices, passengers, cabin, max_stops, currency })
            }
            (slices, _) => Err(ReadableTrip { first: first.route(), slices }),
        }
    }

    /// Writes each field that is present, in the order of the definition and as in Redis: first those of the replaced
    /// system, which describe the first slice and the number of seats.
    pub fn write(&self, mut write: impl FnMut(&'static str, String)) {
        let Self { slices, passengers, cabin, max_stops, currency } = self;
        let first = slices.first();
        write(field::FROM, first.origin().to_string());
        write(field::TO, first.destination().to_string());
        write(field::DATE, first.date().to_string());
        write(field::PASSENGERS, passengers.to_string());
        if !passengers.are_adults() {
            write(field::PASSENGER_TYPES, PassengerTypes(passengers.clone()).to_string());
        }
        if !slices.is_plain() {
            write(field::SLICES, slices.to_string());
        }
        let wishes = [
            (field::CABIN, cabin.map(|cabin| cabin.to_string())),
            (field::MAX_STOPS, max_stops.map(|stops| stops.to_string())),
            (field::CURRENCY, currency.map(|currency| currency.to_string())),
        ];
        for (name, value) in wishes {
            if let Some(value) = value {
                write(name, value);
            }
        }
    }

    /// The lowest [`DEFINITION_VERSION`] of a worker that can answer this search.
    #[must_use]
    pub fn needs(&self) -> u32 {
        let Self { slices, passengers, cabin, max_stops, currency } = self;
        let is_of_the_first_version = slices.is_plain()
            && passengers.are_adults()
            && cabin.is_none()
            && max_stops.is_none()
            && currency.is_none();
        if is_of_the_first_version { 1 } else { 2 }
    }

    /// The slice that departs first.
    #[must_use]
    pub fn first(&self) -> &Slice {
        self.slices.first()
    }

    /// Its trip, in the form in which that of an invalid search is read.
    #[must_use]
    pub fn trip(&self) -> ReadableTrip {
        let (origin, destination) = (Some(self.first().origin()), Some(self.first().destination()));
        ReadableTrip {
            first: Route { path: String::new(), origin, destination },
            slices: Some(self.slices.clone()),
        }
    }
}

/// The trip of a search that is invalid, as far as it can be read.
#[derive(Clone, Debug, Default)]
pub struct ReadableTrip {
    /// [`field::FROM`] and [`field::TO`].
    pub first: Route,
    /// All slices; `None` if one of them is invalid.
    pub slices: Option<Slices>,
}

/// The form of a POST body: `from`, `to` and `date` of the first slice, and `slices` if they do not say it all.
impl Serialize for SearchQuery {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { slices, passengers, cabin, max_stops, currency } = self;
        let first = slices.first();
        let mut body = serializer.serialize_map(None)?;
        body.serialize_entry(field::FROM, &first.origin())?;
        body.serialize_entry(field::TO, &first.destination())?;
        body.serialize_entry(field::DATE, &first.date())?;
        body.serialize_entry(field::PASSENGERS, passengers)?;
        if !slices.is_plain() {
            body.serialize_entry(field::SLICES, slices)?;
        }
        if let Some(cabin) = cabin {
            body.serialize_entry(field::CABIN, cabin)?;
        }
        if let Some(stops) = max_stops {
            body.serialize_entry(field::MAX_STOPS, stops)?;
        }
        if let Some(currency) = currency {
            body.serialize_entry(field::CURRENCY, currency)?;
        }
        body.end()
    }
}

/// The fields of the replaced system that describe the first slice, as far as they could be read.
#[derive(Clone, Copy)]
struct First {
    origin: Option<IataCode>,
    destination: Option<IataCode>,
    date: Option<TravelDate>,
}

impl First {
    fn read(source: &mut impl FieldSource) -> Self {
        let origin = source.required_without(
            field::FROM,
            field::SLICES,
            "IATA code of the airport or city to leave from, in either case.",
        );
        let destination = source.required_without(
            field::TO,
            field::SLICES,
            "IATA code of the airport or city to arrive at, in either case: another place than `from`.",
        );
        let date = source.required_without(
            field::DATE,
            field::SLICES,
            "Day of departure, at the origin. May lie in the past if none of the fields below `passengers` is used.",
        );
        Self { origin, destination, date }
    }

    fn route(self) -> Route {
        Route { path: String::new(), origin: self.origin, destination: self.destination }
    }

    /// The trip without a field `slices`: one way, or there and back.
    fn trip(self, return_date: Option<TravelDate>, source: &mut impl FieldSource) -> Option<Slices> {
        if self.origin.is_some() && self.origin == self.destination {
            source.refuse(field::TO, &SamePlace);
            return None;
        }
        let there = Slice::new(self.origin?, self.destination?, self.date?).ok()?;
        let Some(date) = return_date else { return Some(Slices::one_way(there)) };
        let slices = Slices::new(vec![there, there.back(date)]);
        slices.map_err(|_| source.refuse(field::RETURN_DATE, &"must not be before \"date\"")).ok()
    }

    /// Whether it says the same as the first of `slices`, as far as it says anything.
    fn check_repeats(
        self,
        slices: &Slices,
        return_date: Option<TravelDate>,
        source: &mut impl FieldSource,
    ) -> bool {
        let first = slices.first();
        let wrong = [
            (field::FROM, self.origin.is_some_and(|origin| origin != first.origin())),
            (field::TO, self.destination.is_some_and(|destination| destination != first.destination())),
            (field::DATE, self.date.is_some_and(|date| date != first.date())),
            (field::RETURN_DATE, return_date.is_some()),
        ];
        for (name, _) in wrong.iter().filter(|(_, is_wrong)| *is_wrong) {
            source.refuse(name, &"must be left out, because \"slices\" says it");
        }
        wrong.iter().all(|(_, is_wrong)| !is_wrong)
    }
}
