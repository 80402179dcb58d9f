use serde_json::Value;

use super::field::{InvalidField, JsonField, from_string};
use crate::Cabin;

impl JsonField for Cabin {
    const KIND: &'static str = "a string";

    fn from_json(value: &Value) -> Result<Self, InvalidField> {
        from_string(value)
    }

    #[cfg(feature = "openapi")]
    fn schema(about: &str) -> utoipa::openapi::Schema {
        let words = Self::ALL.map(Self::as_str);
        crate::schema::text("economy").enum_values(Some(words)).description(Some(about)).build().into()
    }
}
