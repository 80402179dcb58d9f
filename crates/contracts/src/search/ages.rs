use std::ops::Deref;

use serde::Serialize;
use serde_json::Value;

use super::{
    field::{InvalidField, InvalidParts, JsonField},
    whole_number::WholeNumber,
};

/// The ages of passengers, each from `MIN` to `MAX`, the youngest first: their order tells nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Ages<const MIN: u8, const MAX: u8>(Box<[WholeNumber<MIN, MAX>]>);

/// More passengers are never booked together.
const MOST: usize = 9;

/// The age of a child, who has a seat.
pub type ChildAge = WholeNumber<2, 17>;

/// The age of an infant, who travels on a lap.
pub type InfantAge = WholeNumber<0, 1>;

/// The ages of children.
pub type ChildAges = Ages<2, 17>;

/// The ages of infants.
pub type InfantAges = Ages<0, 1>;

impl<const MIN: u8, const MAX: u8> FromIterator<WholeNumber<MIN, MAX>> for Ages<MIN, MAX> {
    fn from_iter<I: IntoIterator<Item = WholeNumber<MIN, MAX>>>(ages: I) -> Self {
        let mut ages: Vec<_> = ages.into_iter().collect();
        ages.sort_unstable();
        Self(ages.into())
    }
}

impl<const MIN: u8, const MAX: u8> Deref for Ages<MIN, MAX> {
    type Target = [WholeNumber<MIN, MAX>];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<const MIN: u8, const MAX: u8> JsonField for Ages<MIN, MAX> {
    const KIND: &'static str = "an array of ages";

    fn from_json(value: &Value) -> Result<Self, InvalidField> {
        let values = value.as_array().ok_or(InvalidField::Type)?;
        if values.len() > MOST {
            return Err(InvalidField::Value(format!("must be at most {MOST}")));
        }
        let mut parts = InvalidParts::default();
        let ages = values
            .iter()
            .enumerate()
            .map(|(at, value)| parts.keep(format!("[{at}]"), WholeNumber::from_json(value)));
        let ages: Vec<_> = ages.collect();
        let ages: Option<Self> = ages.into_iter().collect();
        ages.ok_or(InvalidField::Parts(parts))
    }

    #[cfg(feature = "openapi")]
    fn schema(about: &str) -> utoipa::openapi::Schema {
        let age = WholeNumber::<MIN, MAX>::schema("An age in years.");
        utoipa::openapi::ArrayBuilder::new()
            .items(utoipa::openapi::RefOr::T(age))
            .description(Some(about))
            .build()
            .into()
    }
}
