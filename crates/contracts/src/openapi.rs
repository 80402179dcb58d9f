//! Schemas of the types that are one word in JSON and have a door of their own. Those of the others are derived.

use std::{borrow::Cow, fmt::Display};

use serde_json::json;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, Object, ObjectBuilder, RefOr, Schema, SchemaFormat, Type, schema::SchemaType},
};

use crate::{
    Amount, Currency, IataCode, LocalTime, SearchId, SearchRequest, SupplierCode, TravelDate,
    offer::OfferId,
    schema::{day, format, text},
    search::{FieldSource, JsonField, Passengers, SearchField, Seats, Slices},
};

macro_rules! schema {
    ($($name:ident: $object:expr;)*) => {$(
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let object: Object = $object.build();
                object.into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )*};
}

schema! {
    IataCode: text("CGK").description(Some("An IATA code of an airport or of a city.")).pattern(Some("^[A-Z]{3}$"));
    TravelDate: day().description(Some("A day."));
    SearchId: text("7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11").description(Some("Names a search."))
        .format(Some(format("uuid")));
    SupplierCode: text("GA").description(Some("Names a supplier.")).pattern(Some("^[A-Z0-9_-]{2,16}$"));
    OfferId: text("8a3f5e0c92d14b67").description(Some("Names an itinerary in a cabin.")).pattern(Some("^[0-9a-f]{16}$"));
    Amount: text("212.40").description(Some("An exact amount of money, with the decimals of its currency."))
        .pattern(Some("^[0-9]{1,13}([.][0-9]{1,4})?$"));
    Currency: text("IDR").description(Some("An ISO 4217 code.")).pattern(Some("^[A-Z]{3}$"));
    LocalTime: text("2025-07-10T06:05:00+07:00").description(Some("A time with the offset of the place."))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
}

macro_rules! schema_of_field {
    ($($name:ident: $about:literal;)*) => {$(
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                <Self as JsonField>::schema($about).into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )*};
}

schema_of_field! {
    Passengers: "Who travels.";
    Seats: "A number of passengers with a seat.";
    Slices: "The parts of a trip.";
}

/// A POST body, made from the definition of a search.
impl PartialSchema for SearchRequest {
    fn schema() -> RefOr<Schema> {
        let mut body = Body(ObjectBuilder::new().schema_type(Type::Object));
        // Nothing is read: this only goes through the fields.
        let _ = Self::read(&mut body);
        let example = json!({"from": "CGK", "to": "DPS", "date": "2025-07-10", "passengers": 2});
        let body = body.0.description(Some("What is searched, and how. Further fields are ignored."));
        body.examples([example]).build().into()
    }
}

impl ToSchema for SearchRequest {
    fn name() -> Cow<'static, str> {
        "SearchRequest".into()
    }
}

/// A schema that grows by each field that is asked for.
struct Body(ObjectBuilder);

impl Body {
    fn add(&mut self, name: &str, schema: Schema) {
        self.0 = std::mem::take(&mut self.0).property(name, schema);
    }
}

impl FieldSource for Body {
    fn required<T: SearchField>(&mut self, name: &'static str, about: &'static str) -> Option<T> {
        self.add(name, T::schema(about));
        self.0 = std::mem::take(&mut self.0).required(name);
        None
    }

    fn required_without<T: SearchField>(
        &mut self,
        name: &'static str,
        _other: &'static str,
        about: &'static str,
    ) -> Option<T> {
        self.optional(name, about)
    }

    fn optional<T: SearchField>(&mut self, name: &'static str, about: &'static str) -> Option<T> {
        self.add(name, or_null(T::schema(about)));
        None
    }

    fn refuse(&mut self, _name: &'static str, _problem: &dyn Display) {}
}

/// What need not be there may be null as well.
fn or_null(mut schema: Schema) -> Schema {
    let kind = match &mut schema {
        Schema::Object(object) => &mut object.schema_type,
        Schema::Array(array) => &mut array.schema_type,
        _ => return schema,
    };
    if let SchemaType::Type(one) = kind {
        *kind = SchemaType::from_iter([one.clone(), Type::Null]);
    }
    schema
}
