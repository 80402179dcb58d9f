//! The routes of a carrier.

use airports::{Airport, Airports, distance_km};
use contracts::IataCode;
use jiff::tz::TimeZone;

use super::seed::Seed;

/// The longest direct flight between two stations that are not hubs.
const CROSS_COUNTRY_KM: f64 = 1500.0;

/// The longest connection, as a multiple of the direct distance.
const MAX_DETOUR: f64 = 2.0;

/// An airport that a carrier serves.
#[derive(Clone, Debug)]
pub(super) struct Station {
    pub(super) airport: Airport,
    /// Cached, because looking up a time zone takes longer than a whole search.
    pub(super) zone: TimeZone,
    pub(super) is_hub: bool,
}

/// The stations of a carrier and how it flies between them.
#[derive(Clone, Debug)]
pub(super) struct Network {
    home: String,
    range_km: f64,
    /// Sorted by code.
    stations: Vec<Station>,
}

/// A direct flight or a connection through one hub.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route<'a> {
    pub(super) origin: &'a Station,
    pub(super) destination: &'a Station,
    /// The length of the direct flight, or of the first of two.
    pub(super) first_km: f64,
    /// The hub and the length of the second flight.
    pub(super) via: Option<(&'a Station, f64)>,
}

impl Route<'_> {
    /// The total length.
    pub(super) fn km(&self) -> f64 {
        self.first_km + self.via.map_or(0.0, |(_, km)| km)
    }
}

/// A code in `hubs` or `stations` that is not an airport.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`stations` and `hubs` must be airports; {0} is unknown")]
pub(super) struct UnknownAirport(IataCode);

impl Network {
    /// A network of these hubs and stations. The carrier flies domestic routes only in the country `home`.
    pub(super) fn new(
        airports: &Airports,
        home: &str,
        hubs: &[IataCode],
        stations: &[IataCode],
        range_km: f64,
    ) -> Result<Self, UnknownAirport> {
        let mut codes: Vec<IataCode> = hubs.iter().chain(stations).copied().collect();
        codes.sort_unstable();
        codes.dedup();
        let stations = codes.into_iter().map(|code| {
            let airport = airports.airport(code).ok_or(UnknownAirport(code))?.clone();
            Ok(Station { zone: airport.zone(), is_hub: hubs.contains(&code), airport })
        });
        Ok(Self { home: home.to_owned(), range_km, stations: stations.collect::<Result<_, _>>()? })
    }

    /// The route from `origin` to `destination`, if the carrier flies there.
    pub(super) fn route(&self, origin: IataCode, destination: IataCode) -> Option<Route<'_>> {
        let (origin, destination) = (self.station(origin)?, self.station(destination)?);
        let countries = (origin.airport.country, destination.airport.country);
        let is_cabotage = countries.0 == countries.1 && countries.0 != self.home;
        if origin.airport.code == destination.airport.code || is_cabotage {
            return None;
        }
        let km = distance_km(&origin.airport, &destination.airport);
        if self.flies_direct(origin, destination, km) {
            return Some(Route { origin, destination, first_km: km, via: None });
        }
        let connections = self.stations.iter().filter_map(|hub| self.connection(origin, hub, destination));
        let best = connections.min_by(|a, b| a.km().total_cmp(&b.km()))?;
        (best.km() <= km * MAX_DETOUR).then_some(best)
    }

    fn station(&self, code: IataCode) -> Option<&Station> {
        let at = self.stations.binary_search_by_key(&code, |station| station.airport.code).ok()?;
        self.stations.get(at)
    }

    /// All routes from and to a hub are flown directly, and a third of the shorter domestic ones.
    fn flies_direct(&self, origin: &Station, destination: &Station, km: f64) -> bool {
        let at_home = |station: &Station| station.airport.country == self.home;
        let cross_country = || {
            let (a, b) = (origin.airport.code, destination.airport.code);
            at_home(origin)
                && at_home(destination)
                && km <= CROSS_COUNTRY_KM
                && Seed::of(&[b"cross", a.min(b).as_bytes(), a.max(b).as_bytes()]).below(3) == 0
        };
        km <= self.range_km && (origin.is_hub || destination.is_hub || cross_country())
    }

    fn connection<'a>(
        &self,
        origin: &'a Station,
        hub: &'a Station,
        destination: &'a Station,
    ) -> Option<Route<'a>> {
        if !hub.is_hub {
            return None;
        }
        let first_km = distance_km(&origin.airport, &hub.airport);
        let second_km = distance_km(&hub.airport, &destination.airport);
        let elsewhere = first_km > 0.0 && second_km > 0.0;
        let in_range = first_km <= self.range_km && second_km <= self.range_km;
        (elsewhere && in_range).then_some(Route {
            origin,
            destination,
            first_km,
            via: Some((hub, second_km)),
        })
    }
}
