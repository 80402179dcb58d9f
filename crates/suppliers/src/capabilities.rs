//! What a supplier sells. It is not asked for anything else.

use std::{fmt, sync::Arc};

use crate::file::{
    selling::{PassengerType, Served},
    settings::{CommonSettings, Kind},
};
use airports::Airports;
use contracts::{Cabin, IataCode, SearchQuery, search::Slice, search::Trip};

/// What a supplier sells.
#[derive(Debug)]
pub(crate) struct Capabilities {
    trips: Vec<Trip>,
    cabins: Vec<Cabin>,
    passenger_types: Vec<PassengerType>,
    /// Empty for the whole world.
    serves: Vec<Served>,
    airports: Arc<Airports>,
}

/// Why a supplier is not asked: what it does not sell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Skip {
    Trip(Trip),
    Cabin(Cabin),
    Passengers(PassengerType),
    Route(IataCode, IataCode),
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trip(Trip::OneWay) => f.write_str("it sells no one-way trips"),
            Self::Trip(Trip::Return) => f.write_str("it sells no return trips"),
            Self::Trip(Trip::MultiCity) => f.write_str("it sells no trips to several cities"),
            Self::Cabin(cabin) => write!(f, "it does not sell the cabin {cabin}"),
            Self::Passengers(PassengerType::Adult) => f.write_str("it sells nothing to adults"),
            Self::Passengers(PassengerType::Child) => f.write_str("it sells nothing to children"),
            Self::Passengers(PassengerType::Infant) => f.write_str("it sells nothing to infants"),
            Self::Route(from, to) => write!(f, "it does not fly from {from} to {to}"),
        }
    }
}

impl Capabilities {
    /// What the file says of a supplier; by default, what its kind can do.
    pub(crate) fn new(settings: &CommonSettings, airports: &Arc<Airports>) -> Self {
        let all_trips = || vec![Trip::OneWay, Trip::Return, Trip::MultiCity];
        let all_types = || vec![PassengerType::Adult, PassengerType::Child, PassengerType::Infant];
        let (trips, cabins, types) = match settings.kind {
            Kind::Simulated | Kind::Reseller | Kind::Duffel => {
                (all_trips(), Cabin::ALL.to_vec(), all_types())
            }
            Kind::Http => (vec![Trip::OneWay], vec![Cabin::Economy], vec![PassengerType::Adult]),
        };
        Self {
            trips: settings.trips.clone().unwrap_or(trips),
            cabins: settings.cabins.clone().unwrap_or(cabins),
            passenger_types: settings.passenger_types.clone().unwrap_or(types),
            serves: settings.serves.clone(),
            airports: Arc::clone(airports),
        }
    }

    /// Why the supplier is not to be asked for this search, if it is not.
    pub(crate) fn skip(&self, query: &SearchQuery) -> Option<Skip> {
        let SearchQuery { slices, passengers, cabin, max_stops: _, currency: _ } = query;
        let trip = slices.trip();
        if !self.trips.contains(&trip) {
            return Some(Skip::Trip(trip));
        }
        if let Some(cabin) = cabin.filter(|cabin| !self.cabins.contains(cabin)) {
            return Some(Skip::Cabin(cabin));
        }
        let travelling = [
            (PassengerType::Adult, true),
            (PassengerType::Child, !passengers.children().is_empty()),
            (PassengerType::Infant, !passengers.infants().is_empty()),
        ];
        let missing = |(passenger, travels): &(PassengerType, bool)| {
            *travels && !self.passenger_types.contains(passenger)
        };
        if let Some((passenger, _)) = travelling.into_iter().find(missing) {
            return Some(Skip::Passengers(passenger));
        }
        let unserved = slices.iter().find(|slice| !self.flies(slice))?;
        Some(Skip::Route(unserved.origin(), unserved.destination()))
    }

    fn flies(&self, slice: &Slice) -> bool {
        let (from, to) = (slice.origin(), slice.destination());
        let place = |code| {
            self.serves.iter().any(|served| match served {
                Served::Place(place) => self.is_within(code, *place),
                Served::Country(country) => self.is_in(code, country),
                Served::Pair(..) => false,
            })
        };
        let pair = |served: &Served| match served {
            Served::Pair(one, other) => {
                (self.is_within(from, *one) && self.is_within(to, *other))
                    || (self.is_within(from, *other) && self.is_within(to, *one))
            }
            Served::Place(_) | Served::Country(_) => false,
        };
        self.serves.is_empty() || self.serves.iter().any(pair) || (place(from) && place(to))
    }

    /// Whether a place that is searched and one that is served have an airport in common.
    fn is_within(&self, searched: IataCode, served: IataCode) -> bool {
        searched == served || self.airports.same_place(searched, served)
    }

    fn is_in(&self, code: IataCode, country: &str) -> bool {
        self.airports.airports_of(code).iter().any(|airport| airport.country == country)
    }
}

#[cfg(test)]
mod tests {
    use contracts::search::{Adults, Passengers, Slices};

    use super::*;
    use crate::{file, testing::query};

    fn capabilities(settings: &str) -> Capabilities {
        let toml = format!("[[supplier]]\ncode = \"GA\"\nname = \"Garuda\"\nkind = \"http\"\n{settings}");
        let entries = file::parse(&toml).unwrap();
        Capabilities::new(&entries[0].common, &Arc::new(Airports::embedded()))
    }

    fn skip(settings: &str, query: &SearchQuery) -> Option<String> {
        capabilities(settings).skip(query).map(|skip| skip.to_string())
    }

    #[test]
    fn a_supplier_is_asked_for_what_it_sells() {
        let plain = query("CGK", "DPS");
        let back = plain.first().back("2025-07-17".parse().unwrap());
        let to_and_fro = Slices::new(vec![*plain.first(), back]).unwrap();
        let family = Passengers::new(
            Adults::try_from(1).unwrap(),
            [7.try_into().unwrap()].into_iter().collect(),
            [0.try_into().unwrap()].into_iter().collect(),
        );
        let to_and_fro = SearchQuery { slices: to_and_fro, ..plain.clone() };
        let business = SearchQuery { cabin: Some(Cabin::Business), ..plain.clone() };
        let economy = SearchQuery { cabin: Some(Cabin::Economy), ..plain.clone() };
        let family = SearchQuery { passengers: family.unwrap(), ..plain.clone() };
        let sells = |settings: &str| {
            [&plain, &economy, &to_and_fro, &business, &family]
                .map(|query| skip(settings, query).unwrap_or_default())
        };
        assert_eq!(
            sells(""),
            [
                "",
                "",
                "it sells no return trips",
                "it does not sell the cabin business",
                "it sells nothing to children"
            ]
        );
        assert_eq!(
            sells("trips = [\"return\"]\ncabins = [\"business\"]\npassenger_types = [\"adult\", \"child\"]"),
            [
                "it sells no one-way trips",
                "it sells no one-way trips",
                "",
                "it sells no one-way trips",
                "it sells no one-way trips"
            ]
        );
        assert_eq!(sells("passenger_types = [\"adult\", \"child\", \"infant\"]")[4], "");
    }

    #[test]
    fn a_supplier_is_asked_for_where_it_flies() {
        let no = Some("it does not fly from CGK to SIN".to_owned());
        for (serves, asked) in [
            ("[]", true),
            ("[\"CGK\", \"SIN\"]", true),
            ("[\"JKT\", \"SG\"]", true),
            ("[\"SIN-JKT\"]", true),
            ("[\"ID\"]", false),
            ("[\"SIN-DPS\", \"CGK-DPS\"]", false),
            ("[\"CGK\", \"DPS\"]", false),
        ] {
            let skipped = skip(&format!("serves = {serves}"), &query("CGK", "SIN"));
            assert_eq!(skipped, no.clone().filter(|_| !asked), "{serves}");
        }
    }
}
