use serde_json::Value;

use super::{
    code::IataCode,
    field::{InvalidField, JsonField, from_string},
};

impl JsonField for IataCode {
    const KIND: &'static str = "a string";

    fn from_json(value: &Value) -> Result<Self, InvalidField> {
        from_string(value)
    }

    #[cfg(feature = "openapi")]
    fn schema(about: &str) -> utoipa::openapi::Schema {
        crate::schema::text("CGK")
            .format(Some(crate::schema::format("iata-code")))
            .pattern(Some("^[A-Za-z]{3}$"))
            .description(Some(about))
            .build()
            .into()
    }
}
