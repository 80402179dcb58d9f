//! What a template's placeholders stand for.

use std::fmt;

use contracts::{
    SearchQuery,
    search::{ClockTime, Slice, Trip},
};
use serde_json::Value as Json;

/// The search that a template is rendered for.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    query: &'a SearchQuery,
    /// The slice that is described; the first, outside of `each_slice`.
    slice: &'a Slice,
    /// The passenger that is described, within `each_passenger`.
    passenger: Option<Passenger>,
    /// The offer that is asked for; all, if absent.
    offer_ref: Option<&'a str>,
}

/// One of those who travel.
#[derive(Clone, Copy)]
struct Passenger {
    kind: &'static str,
    /// Unknown for adults.
    age: Option<u8>,
}

impl<'a> Context<'a> {
    /// A search as a whole.
    pub(super) fn of(query: &'a SearchQuery) -> Self {
        Self { query, slice: query.first(), passenger: None, offer_ref: None }
    }

    /// One offer that a search found.
    pub(super) fn of_offer(query: &'a SearchQuery, offer_ref: &'a str) -> Self {
        Self { offer_ref: Some(offer_ref), ..Self::of(query) }
    }

    /// The same for each slice of the search.
    pub(super) fn each_slice(self) -> impl Iterator<Item = Self> {
        self.query.slices.iter().map(move |slice| Self { slice, ..self })
    }

    /// The same for each passenger of the search: adults, children, then infants.
    pub(super) fn each_passenger(self) -> impl Iterator<Item = Self> {
        let passengers = &self.query.passengers;
        let adults = std::iter::repeat_n(Passenger { kind: "adult", age: None }, passengers.adults().into());
        let aged = |kind, age| Passenger { kind, age: Some(age) };
        let children = passengers.children().iter().map(move |age| aged("child", age.get()));
        let infants = passengers.infants().iter().map(move |age| aged("infant", age.get()));
        let each = adults.chain(children).chain(infants);
        each.map(move |passenger| Self { passenger: Some(passenger), ..self })
    }
}

/// A placeholder's value. Only that of `{offer_ref}` has other characters than letters, digits, hyphens, underscores and
/// colons.
pub(super) enum PlaceholderValue {
    Text(String),
    Number(usize),
}

impl fmt::Display for PlaceholderValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => text.fmt(f),
            Self::Number(number) => number.fmt(f),
        }
    }
}

impl From<PlaceholderValue> for Json {
    fn from(value: PlaceholderValue) -> Self {
        match value {
            PlaceholderValue::Text(text) => text.into(),
            PlaceholderValue::Number(number) => number.into(),
        }
    }
}

macro_rules! placeholders {
    ($($variant:ident: $name:literal,)*) => {
        /// What a placeholder is replaced with.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Placeholder {
            $($variant,)*
        }

        impl Placeholder {
            /// Every name, with braces, as in an error message.
            pub(super) fn list() -> String {
                [$(concat!("{", $name, "}"),)*].join(", ")
            }

            /// The placeholder with this name.
            pub(super) fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

placeholders! {
    From: "from",
    To: "to",
    Date: "date",
    Year: "year",
    Month: "month",
    Day: "day",
    DepartureEarliest: "departure_earliest",
    DepartureLatest: "departure_latest",
    ArrivalEarliest: "arrival_earliest",
    ArrivalLatest: "arrival_latest",
    ReturnDate: "return_date",
    Passengers: "passengers",
    Adults: "adults",
    Children: "children",
    Infants: "infants",
    PassengerType: "passenger_type",
    Age: "age",
    Cabin: "cabin",
    MaxStops: "max_stops",
    Currency: "currency",
    OfferRef: "offer_ref",
}

impl Placeholder {
    /// Its value for a search; `None` if the search has none.
    pub(super) fn value(self, context: Context<'_>) -> Option<PlaceholderValue> {
        let Context { query, slice, passenger, offer_ref } = context;
        let date = slice.date().civil();
        let text = |text: String| Some(PlaceholderValue::Text(text));
        let time = |time: Option<ClockTime>| time.map(|time| PlaceholderValue::Text(time.to_string()));
        let number = |number| Some(PlaceholderValue::Number(number));
        match self {
            Self::From => text(slice.origin().to_string()),
            Self::To => text(slice.destination().to_string()),
            Self::Date => text(date.to_string()),
            Self::Year => text(format!("{:04}", date.year())),
            Self::Month => text(format!("{:02}", date.month())),
            Self::Day => text(format!("{:02}", date.day())),
            Self::DepartureEarliest => time(slice.departure().earliest()),
            Self::DepartureLatest => time(slice.departure().latest()),
            Self::ArrivalEarliest => time(slice.arrival().earliest()),
            Self::ArrivalLatest => time(slice.arrival().latest()),
            Self::ReturnDate => {
                let back = query.slices.iter().nth(1).filter(|_| query.slices.trip() == Trip::Return)?;
                text(back.date().to_string())
            }
            Self::Passengers => number(query.passengers.seats().get().into()),
            Self::Adults => number(query.passengers.adults().into()),
            Self::Children => number(query.passengers.children().len()),
            Self::Infants => number(query.passengers.infants().len()),
            Self::PassengerType => text(passenger?.kind.to_owned()),
            Self::Age => number(passenger?.age?.into()),
            Self::Cabin => text(query.cabin?.to_string()),
            Self::MaxStops => number(query.max_stops?.get().into()),
            Self::Currency => text(query.currency?.to_string()),
            Self::OfferRef => text(offer_ref?.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_placeholder_is_found_by_its_name() {
        for name in Placeholder::list().split(", ") {
            let name = name.trim_matches(['{', '}']);
            assert!(Placeholder::named(name).is_some(), "{name}");
        }
        assert_eq!(Placeholder::named("form"), None);
    }
}
