//! Parts of schemas.

use utoipa::openapi::{KnownFormat, ObjectBuilder, SchemaFormat, Type};

/// A string that looks like `example`.
pub(crate) fn text(example: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).examples([example])
}

/// A whole number from `least` to `most`.
pub(crate) fn whole_number(example: u32, least: u32, most: u32) -> ObjectBuilder {
    let number = ObjectBuilder::new().schema_type(Type::Integer).examples([example]);
    number.minimum(Some(least)).maximum(Some(most))
}

/// `YYYY-MM-DD`.
pub(crate) fn day() -> ObjectBuilder {
    text("2025-07-10").format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
}

/// A format that JSON Schema does not know.
pub(crate) fn format(name: &str) -> SchemaFormat {
    SchemaFormat::Custom(name.into())
}
