use std::{ops::Deref, str::FromStr};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::field::{InvalidField, JsonField};
use crate::{SupplierCode, supplier::InvalidSupplierCode};

/// How many suppliers a client may name. Limited, because each unknown one gets an answer too.
const MOST: usize = 100;

/// The suppliers that a search is limited to, each once, in the order given; none for all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SupplierSelection(Vec<SupplierCode>);

impl SupplierSelection {
    /// Whether the search is limited to some suppliers.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.0.is_empty()
    }
}

impl Deref for SupplierSelection {
    type Target = [SupplierCode];

    fn deref(&self) -> &[SupplierCode] {
        &self.0
    }
}

impl FromIterator<SupplierCode> for SupplierSelection {
    fn from_iter<I: IntoIterator<Item = SupplierCode>>(codes: I) -> Self {
        let mut selection = Vec::new();
        for code in codes {
            if !selection.contains(&code) {
                selection.push(code);
            }
        }
        Self(selection)
    }
}

/// The form in Redis: codes separated by commas.
impl FromStr for SupplierSelection {
    type Err = InvalidSupplierCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split(',').filter(|code| !code.is_empty()).map(str::parse).collect()
    }
}

impl std::fmt::Display for SupplierSelection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, code) in self.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            write!(f, "{comma}{code}")?;
        }
        Ok(())
    }
}

impl JsonField for SupplierSelection {
    const KIND: &'static str = "an array of supplier codes";

    fn from_json(value: &Value) -> Result<Self, InvalidField> {
        let names = Vec::<String>::deserialize(value).map_err(|_| InvalidField::Type)?;
        let code =
            |name: String| name.parse().map_err(|error| InvalidField::Value(format!("\"{name}\": {error}")));
        let codes: Self = names.into_iter().map(code).collect::<Result<_, _>>()?;
        match codes.len() {
            0 => Err(InvalidField::Value("must name at least one supplier".into())),
            1..=MOST => Ok(codes),
            _ => Err(InvalidField::Value(format!("must name at most {MOST} suppliers"))),
        }
    }

    #[cfg(feature = "openapi")]
    fn schema(about: &str) -> utoipa::openapi::Schema {
        let code = crate::schema::text("GA").pattern(Some("^[A-Za-z0-9_-]{2,16}$"));
        let code = code.format(Some(crate::schema::format("supplier-code")));
        let codes = utoipa::openapi::ArrayBuilder::new().items(code).min_items(Some(1)).max_items(Some(MOST));
        codes.description(Some(about)).examples([serde_json::json!(["GA", "SQ"])]).build().into()
    }
}
