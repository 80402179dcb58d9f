//! What a supplier sells. It is not asked for anything else. One that sells only one way is asked for both ways of a
//! return.

use std::{fmt, sync::Arc};

use crate::file::{
    selling::{PassengerType, Served},
    settings::{CommonSettings, Kind},
};
use airports::Airports;
use contracts::{
    Cabin, IataCode, SearchQuery,
    search::{Slice, Slices, Trip},
};

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

/// What a supplier is asked for.
#[derive(Debug)]
pub(crate) enum Asked {
    /// The search.
    Trip,
    /// The way out and the way back of a return, each as a search of its own.
    OneWays(Box<[SearchQuery; 2]>),
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

    /// What the supplier is asked for this search, or why it is not asked.
    pub(crate) fn asked(&self, query: &SearchQuery) -> Result<Asked, Skip> {
        let trip = query.slices.trip();
        let sells = |trip| self.trips.contains(&trip);
        let asked = if sells(trip) {
            Asked::Trip
        } else if trip == Trip::Return && sells(Trip::OneWay) {
            one_ways(query).map(Box::new).map(Asked::OneWays).ok_or(Skip::Trip(trip))?
        } else {
            return Err(Skip::Trip(trip));
        };
        self.skip(query).map_or(Ok(asked), Err)
    }

    /// What else of the search than the kind of trip it does not sell.
    fn skip(&self, query: &SearchQuery) -> Option<Skip> {
        let SearchQuery { slices, passengers, cabin, max_stops: _, currency: _ } = query;
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

/// A search for each of two slices.
fn one_ways(query: &SearchQuery) -> Option<[SearchQuery; 2]> {
    let one_way = |slice: &Slice| SearchQuery { slices: Slices::one_way(*slice), ..query.clone() };
    let each: Vec<_> = query.slices.iter().map(one_way).collect();
    each.try_into().ok()
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
        capabilities(settings).asked(query).err().map(|skip| skip.to_string())
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
            ["", "", "", "it does not sell the cabin business", "it sells nothing to children"]
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
    fn one_that_sells_only_one_way_is_asked_for_both_ways_of_a_return() {
        let there = *query("CGK", "DPS").first();
        let back = there.back("2025-07-17".parse().unwrap());
        let of = |slices: &[Slice]| SearchQuery {
            slices: Slices::new(slices.to_vec()).unwrap(),
            cabin: Some(Cabin::Economy),
            ..query("CGK", "DPS")
        };
        let to_and_fro = of(&[there, back]);
        let Ok(Asked::OneWays(ways)) = capabilities("").asked(&to_and_fro) else { panic!("it is asked") };
        assert_eq!(*ways, [of(&[there]), of(&[back])]);
        let sells_both = capabilities("trips = [\"one_way\", \"return\"]").asked(&to_and_fro);
        assert!(matches!(sells_both, Ok(Asked::Trip)), "{sells_both:?}");
        let onward = Slice::new("DPS".parse().unwrap(), "SUB".parse().unwrap(), back.date()).unwrap();
        let cities = Some("it sells no trips to several cities".to_owned());
        assert_eq!(skip("", &of(&[there, onward])), cities);
        let elsewhere = Some("it does not fly from CGK to DPS".to_owned());
        assert_eq!(skip("serves = [\"SG\"]", &to_and_fro), elsewhere);
        let only_return = Some("it sells no return trips".to_owned());
        assert_eq!(skip("trips = [\"multi_city\"]", &to_and_fro), only_return);
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
