use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Value;

use super::{
    WholeNumber,
    ages::{ChildAges, InfantAges},
    field::{
        InvalidField, InvalidParts, InvalidStored, JsonField, compact_json, from_compact_json, from_number,
    },
    json_object::JsonObject,
};

/// The most passengers with a seat: the limit of one booking.
const MOST: u8 = 9;

/// A number of passengers with a seat.
pub type Seats = WholeNumber<1, MOST>;

/// A number of adults.
pub type Adults = WholeNumber<1, MOST>;

/// Who travels: 1 to 9 passengers with a seat, adults among them, and no more infants on laps than adults.
///
/// In JSON a number, if all are adults, and otherwise an object: `{"adults":2,"children":[7,11],"infants":[1]}`. As
/// text, the number of seats, as the replaced system reads it; [`PassengerTypes`] is the text of all.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Passengers {
    adults: Adults,
    children: ChildAges,
    infants: InfantAges,
}

impl Passengers {
    /// Adults, children and infants.
    pub fn new(adults: Adults, children: ChildAges, infants: InfantAges) -> Result<Self, InvalidPassengers> {
        if usize::from(adults.get()) + children.len() > MOST.into() {
            Err(InvalidPassengers::Seats)
        } else if infants.len() > adults.get().into() {
            Err(InvalidPassengers::Infants)
        } else {
            Ok(Self { adults, children, infants })
        }
    }

    /// How many need a seat: all but infants.
    #[must_use]
    pub fn seats(&self) -> Seats {
        // `new` has checked that they are few.
        Seats::clamped(usize::from(self.adults.get()) + self.children.len())
    }

    /// How many travel, infants included.
    #[must_use]
    pub fn travellers(&self) -> usize {
        usize::from(self.seats().get()) + self.infants.len()
    }

    /// How many are adults, 1 to 9.
    #[must_use]
    pub fn adults(&self) -> u8 {
        self.adults.get()
    }

    /// The children's ages, 2 to 17.
    #[must_use]
    pub fn children(&self) -> &ChildAges {
        &self.children
    }

    /// The infants' ages, 0 or 1.
    #[must_use]
    pub fn infants(&self) -> &InfantAges {
        &self.infants
    }

    /// Whether nobody else than adults travels.
    #[must_use]
    pub fn are_adults(&self) -> bool {
        self.children.is_empty() && self.infants.is_empty()
    }
}

/// Passengers that one booking can't hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPassengers {
    /// Adults and children are too many.
    #[error("must be at most {MOST} with a seat: adults and children")]
    Seats,
    /// An infant travels on an adult's lap.
    #[error("must be no more than adults, on whose laps they travel")]
    Infants,
}

impl From<Adults> for Passengers {
    fn from(adults: Adults) -> Self {
        Self { adults, children: ChildAges::default(), infants: InfantAges::default() }
    }
}

impl FromStr for Passengers {
    type Err = <Adults as FromStr>::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(|adults: Adults| adults.into())
    }
}

impl fmt::Display for Passengers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.seats().fmt(f)
    }
}

impl Serialize for Passengers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { adults, children, infants } = self;
        if self.are_adults() {
            return adults.serialize(serializer);
        }
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry(ADULTS, adults)?;
        if !children.is_empty() {
            object.serialize_entry(CHILDREN, children)?;
        }
        if !infants.is_empty() {
            object.serialize_entry(INFANTS, infants)?;
        }
        object.end()
    }
}

impl JsonField for Passengers {
    const KIND: &'static str = "a whole number or an object";

    fn from_json(value: &Value) -> Result<Self, InvalidField> {
        if !value.is_object() {
            let adults: Adults = from_number(value)?;
            return Ok(adults.into());
        }
        let mut wrong = InvalidParts::default();
        let read = JsonObject::new(String::new(), value, &mut wrong).and_then(|mut object| {
            let adults = object.required(ADULTS);
            let children = object.optional(CHILDREN);
            let infants = object.optional(INFANTS);
            let passengers = Self::new(adults?, children?.unwrap_or_default(), infants?.unwrap_or_default());
            let problem = match passengers {
                Ok(passengers) => return Some(passengers),
                Err(problem) => problem,
            };
            let field = match problem {
                InvalidPassengers::Seats => CHILDREN,
                InvalidPassengers::Infants => INFANTS,
            };
            object.refuse(field, &problem);
            None
        });
        read.ok_or(InvalidField::Parts(wrong))
    }

    #[cfg(feature = "openapi")]
    fn schema(about: &str) -> utoipa::openapi::Schema {
        use utoipa::openapi::{ObjectBuilder, OneOfBuilder};

        let object = ObjectBuilder::new()
            .property(ADULTS, Adults::schema("How many are adults."))
            .property(
                CHILDREN,
                ChildAges::schema("The ages of the children, on the day of the first departure."),
            )
            .property(
                INFANTS,
                InfantAges::schema("The ages of the infants, who travel on laps: no more than adults."),
            )
            .required(ADULTS)
            .description(Some("Adults, children and infants; at most nine with a seat."));
        let number = crate::schema::whole_number(2, 1, MOST.into()).description(Some("That many adults."));
        OneOfBuilder::new().item(number).item(object).description(Some(about)).build().into()
    }
}

const ADULTS: &str = "adults";
const CHILDREN: &str = "children";
const INFANTS: &str = "infants";

/// Passengers in Redis, where the field `passengers` has only their number: JSON, as in a body.
pub(super) struct PassengerTypes(pub(super) Passengers);

impl fmt::Display for PassengerTypes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        compact_json(&self.0, f)
    }
}

impl FromStr for PassengerTypes {
    type Err = InvalidStored;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        from_compact_json(text).map(Self)
    }
}

impl JsonField for PassengerTypes {
    const KIND: &'static str = Passengers::KIND;

    fn from_json(value: &Value) -> Result<Self, InvalidField> {
        Passengers::from_json(value).map(Self)
    }

    #[cfg(feature = "openapi")]
    fn schema(about: &str) -> utoipa::openapi::Schema {
        Passengers::schema(about)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wrong(value: &Value) -> (String, String) {
        match Passengers::from_json(value) {
            Err(InvalidField::Parts(parts)) => {
                let error = &parts.errors[0];
                (error.field.clone(), error.message.clone())
            }
            other => panic!("{value} gave {other:?}"),
        }
    }

    #[test]
    fn a_number_are_adults_and_an_object_tells_ages() {
        let two = Passengers::from_json(&json!(2)).unwrap();
        assert_eq!((two.adults(), two.seats().get(), two.are_adults()), (2, 2, true));
        assert_eq!(Passengers::from_json(&json!({"adults": 2})), Ok(two));
        let family = json!({"adults": 2, "children": [11, 7], "infants": [1]});
        let family = Passengers::from_json(&family).unwrap();
        assert_eq!((family.seats().get(), family.travellers(), family.to_string().as_str()), (4, 5, "4"));
        let stored = PassengerTypes(family.clone()).to_string();
        assert_eq!(stored, r#"{"adults":2,"children":[7,11],"infants":[1]}"#);
        assert_eq!(stored.parse::<PassengerTypes>().unwrap().0, family);
    }

    #[test]
    fn what_one_booking_cannot_hold_is_named() {
        let rows = [
            (json!({}), ".adults", "is required"),
            (json!({"adults": 0}), ".adults", "must be a whole number from 1 to 9"),
            (json!({"adults": 2, "children": [1]}), ".children[0]", "must be a whole number from 2 to 17"),
            (json!({"adults": 2, "infants": [0, 2]}), ".infants[1]", "must be a whole number from 0 to 1"),
            (json!({"adults": 2, "children": 3}), ".children", "must be an array of ages"),
            (
                json!({"adults": 8, "children": [3, 4]}),
                ".children",
                "must be at most 9 with a seat: adults and children",
            ),
            (
                json!({"adults": 1, "infants": [0, 1]}),
                ".infants",
                "must be no more than adults, on whose laps they travel",
            ),
        ];
        for (value, field, message) in rows {
            assert_eq!(wrong(&value), (field.into(), message.into()), "{value}");
        }
    }
}
