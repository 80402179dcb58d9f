//! Schemas of the types that are one word in JSON and have a door of their own. Those of the others are derived.

use std::borrow::Cow;

use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, Object, ObjectBuilder, RefOr, Schema, SchemaFormat, Type},
};

use crate::{IataCode, LocalTime, Passengers, SearchId, SupplierCode, TravelDate};

fn text(example: &str, description: &str) -> ObjectBuilder {
    word(Type::String, example, description)
}

fn word(kind: Type, example: impl Into<Value>, description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(kind).examples([example.into()]).description(Some(description))
}

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
    IataCode: text("CGK", "An IATA code of an airport or of a city.").pattern(Some("^[A-Z]{3}$"));
    TravelDate: text("2025-07-10", "A day.").format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)));
    SearchId: text("7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11", "Names a search.").format(Some(SchemaFormat::Custom("uuid".into())));
    SupplierCode: text("GA", "Names a supplier.").pattern(Some("^[A-Z0-9_-]{2,16}$"));
    LocalTime: text("2025-07-10T06:05:00+07:00", "A time with the offset of the place.")
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
    Passengers: word(Type::Integer, 2, "How many travel together.").minimum(Some(1)).maximum(Some(9));
}
