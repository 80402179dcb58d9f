//! Slices in a POST body and in Redis.

use std::{fmt, str::FromStr};

use serde_json::Value;

use super::{
    ClockTime, IataCode, TravelDate,
    field::{InvalidField, InvalidParts, InvalidStored, JsonField, compact_json, from_compact_json},
    json_object::JsonObject,
    route::Route,
    slice::{InvalidSlices, MAX_SLICES, SamePlace, Slice, Slices, TimeWindow},
};
use crate::names::field;

/// The field of a slice with the window of its departure.
const DEPARTURE: &str = "departure";
/// The field of a slice with the window of its arrival.
const ARRIVAL: &str = "arrival";
/// The fields of a slice, in the order of the API's document.
pub(super) const FIELDS: [&str; 5] = [field::FROM, field::TO, field::DATE, DEPARTURE, ARRIVAL];
/// The first minute of a window.
const EARLIEST: &str = "earliest";
/// The last minute of a window.
const LATEST: &str = "latest";

impl JsonField for Slices {
    const KIND: &'static str = "an array of slices";

    fn from_json(value: &Value) -> Result<Self, InvalidField> {
        let values = value.as_array().ok_or(InvalidField::Type)?;
        if !(1..=MAX_SLICES).contains(&values.len()) {
            return Err(InvalidField::Value(InvalidSlices::Count.to_string()));
        }
        let mut wrong = InvalidParts::default();
        let read = values.iter().enumerate().map(|(at, value)| slice(at, value, &mut wrong));
        let slices: Option<Vec<_>> = read.collect::<Vec<_>>().into_iter().collect();
        match slices.map(Self::new) {
            Some(Ok(slices)) => return Ok(slices),
            Some(Err(InvalidSlices::Order { at })) => {
                wrong.refuse(format!("[{at}].{}", field::DATE), &InvalidSlices::Order { at });
            }
            Some(Err(InvalidSlices::Count)) | None => {}
        }
        Err(InvalidField::Parts(wrong))
    }

    #[cfg(feature = "openapi")]
    fn schema(about: &str) -> utoipa::openapi::Schema {
        use utoipa::openapi::{ArrayBuilder, ObjectBuilder};

        let window = || {
            let window = ObjectBuilder::new()
                .property(EARLIEST, ClockTime::schema("Its first minute."))
                .property(LATEST, ClockTime::schema("Its last minute."));
            window.description(Some(
                "A period of the day in the local time of the place; either bound may be absent.",
            ))
        };
        let slice = ObjectBuilder::new()
            .property(field::FROM, IataCode::schema("Airport or city to leave from."))
            .property(field::TO, IataCode::schema("Airport or city to arrive at."))
            .property(field::DATE, TravelDate::schema("Day of departure, at the origin."))
            .property(DEPARTURE, window())
            .property(ARRIVAL, window())
            .required(field::FROM)
            .required(field::TO)
            .required(field::DATE);
        let slices = ArrayBuilder::new().items(slice).min_items(Some(1)).max_items(Some(MAX_SLICES));
        slices.description(Some(about)).build().into()
    }
}

/// Reads the slice at `at`, and keeps what is wrong with it.
fn slice(at: usize, value: &Value, wrong: &mut InvalidParts) -> Option<Slice> {
    let mut object = JsonObject::new(format!("[{at}]"), value, wrong)?;
    let origin: Option<IataCode> = object.required(field::FROM);
    let destination: Option<IataCode> = object.required(field::TO);
    let date: Option<TravelDate> = object.required(field::DATE);
    let departure = window(&mut object, DEPARTURE);
    let arrival = window(&mut object, ARRIVAL);
    if origin.is_some() && origin == destination {
        object.refuse(field::TO, &SamePlace);
    }
    wrong.routes.push(Route { path: format!("[{at}]."), origin, destination });
    let slice = Slice::new(origin?, destination?, date?).ok()?;
    Some(slice.within(departure?, arrival?))
}

/// Reads a window; without the field, an open one.
fn window(object: &mut JsonObject<'_>, name: &str) -> Option<TimeWindow> {
    let Some(mut window) = object.object(name)? else { return Some(TimeWindow::default()) };
    let earliest: Option<Option<ClockTime>> = window.optional(EARLIEST);
    let latest = window.optional(LATEST);
    TimeWindow::new(earliest?, latest?).map_err(|problem| window.refuse(LATEST, &problem)).ok()
}

/// The form in Redis and in the fingerprint.
impl fmt::Display for Slices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        compact_json(self, f)
    }
}

impl FromStr for Slices {
    type Err = InvalidStored;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        from_compact_json(text)
    }
}
