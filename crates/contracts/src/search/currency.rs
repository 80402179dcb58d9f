use serde_json::Value;

use super::field::{InvalidField, JsonField, from_string};
use crate::money::{Currency, InvalidCurrency};

impl JsonField for Currency {
    const KIND: &'static str = "a string";

    /// Unlike a supplier's, a client's currency must be one that ISO 4217 lists.
    fn from_json(value: &Value) -> Result<Self, InvalidField> {
        let currency: Self = from_string(value)?;
        match iso_currency::Currency::from_code(currency.as_str()) {
            Some(_) => Ok(currency),
            None => Err(InvalidField::Value(InvalidCurrency.to_string())),
        }
    }

    #[cfg(feature = "openapi")]
    fn schema(about: &str) -> utoipa::openapi::Schema {
        crate::schema::text("IDR").pattern(Some("^[A-Z]{3}$")).description(Some(about)).build().into()
    }
}
