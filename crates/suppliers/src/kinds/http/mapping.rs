//! Where in an answer the offers stand, and where in an offer its fields.

use airports::Airports;
use contracts::{IataCode, LocalTime, Offer, SearchQuery};
use jiff::SignedDuration;
use serde::Deserialize;

use super::{
    extract,
    field::{Field, Spot},
};
use crate::{
    Malformed,
    error::response::Problem,
    parse::{currency as iso_4217, minutes_between, time_at, told_at},
    response::Path,
};

/// The table `response` of a supplier in the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mapping {
    /// Where the list of offers is.
    offers: Path,
    flight_number: Field,
    price: Field,
    /// Whether `price` is one passenger's and not all passengers' together.
    #[serde(default)]
    price_per_passenger: bool,
    #[serde(default)]
    currency: Field,
    #[serde(default)]
    carrier: Field,
    #[serde(default)]
    origin: Field,
    #[serde(default)]
    destination: Field,
    departure: Field,
    #[serde(default)]
    arrival: Field,
    #[serde(default)]
    duration_minutes: Field,
    #[serde(default)]
    stops: Field,
}

/// What the offers of one answer are read with.
pub(super) struct Reader<'a> {
    mapping: &'a Mapping,
    /// All that are looked for, in the order of [`Mapping::fields`].
    pointers: Vec<&'a Path>,
    query: &'a SearchQuery,
    supplier: &'a str,
    airports: &'a Airports,
}

impl Mapping {
    /// Where the list of offers is.
    pub(super) fn list(&self) -> &Path {
        &self.offers
    }

    /// Reads offers in an answer to `query`; `supplier` is the carrier where the answer names none.
    pub(super) fn reader<'a>(
        &'a self,
        query: &'a SearchQuery,
        supplier: &'a str,
        airports: &'a Airports,
    ) -> Reader<'a> {
        let pointers = self.fields().into_iter().flat_map(|(_, field)| field.pointers()).collect();
        Reader { mapping: self, pointers, query, supplier, airports }
    }

    /// Whether it has no more pointers than can be looked for.
    pub(super) fn is_small(&self) -> bool {
        self.fields().iter().map(|(_, field)| field.pointers().len()).sum::<usize>() <= extract::MAX_POINTERS
    }

    fn fields(&self) -> [(&'static str, &Field); 10] {
        [
            ("flight_number", &self.flight_number),
            ("price", &self.price),
            ("currency", &self.currency),
            ("carrier", &self.carrier),
            ("origin", &self.origin),
            ("destination", &self.destination),
            ("departure", &self.departure),
            ("arrival", &self.arrival),
            ("duration_minutes", &self.duration_minutes),
            ("stops", &self.stops),
        ]
    }
}

impl Reader<'_> {
    /// The offer at `index` of the list.
    pub(super) fn offer(&self, index: usize, json: &[u8]) -> Result<Offer, Malformed> {
        let found = extract::find(json, &self.pointers)?;
        let mut rest = &found[..];
        let spots = self.mapping.fields().map(|(name, field)| {
            let (own, others) = rest.split_at(field.pointers().len().min(rest.len()));
            rest = others;
            Spot::new(index, own, field, name)
        });
        let [flight, price, currency, carrier, origin, destination, departure, arrival, duration, stops] =
            &spots;

        let origin = self.airport(origin, self.query.origin)?;
        let destination = self.airport(destination, self.query.destination)?;
        let leaves = self.time(departure, origin)?.ok_or_else(|| departure.is(Problem::Missing))?;
        let (lands, duration_minutes) = self.arrival(arrival, duration, leaves, destination)?;
        Ok(Offer {
            flight_number: flight_number(flight)?,
            price: self.price(price)?,
            currency: match currency.text()? {
                Some(text) => iso_4217(&text).map_err(|problem| currency.is(problem))?,
                None => "IDR".to_owned(),
            },
            carrier: carrier.text()?.unwrap_or_else(|| self.supplier.to_owned()),
            origin,
            destination,
            departure: leaves,
            arrival: lands,
            duration_minutes,
            stops: stops.count()?.unwrap_or(0),
            suppliers: Vec::new(),
        })
    }

    fn price(&self, spot: &Spot<'_>) -> Result<u64, Malformed> {
        let price = spot.amount()?.ok_or_else(|| spot.is(Problem::Missing))?;
        let payers = if self.mapping.price_per_passenger { self.query.passengers.get() } else { 1 };
        Ok(price * u64::from(payers))
    }

    /// Without the answer's word, the airport asked for, or the largest of the city asked for.
    fn airport(&self, spot: &Spot<'_>, asked: IataCode) -> Result<IataCode, Malformed> {
        match spot.text()? {
            Some(text) => text.parse().map_err(|_| spot.is(Problem::NotAirport)),
            None => Ok(self.airports.airports_of(asked).first().map_or(asked, |airport| airport.code)),
        }
    }

    fn time(&self, spot: &Spot<'_>, airport: IataCode) -> Result<Option<LocalTime>, Malformed> {
        let time = spot.text()?.map(|text| time_at(&text, airport, None, self.airports));
        time.transpose().map_err(|problem| spot.is(problem))
    }

    /// When the flight arrives and how long it takes. The duration is read only if no arrival is told.
    fn arrival(
        &self,
        arrival: &Spot<'_>,
        duration: &Spot<'_>,
        departure: LocalTime,
        destination: IataCode,
    ) -> Result<(LocalTime, u32), Malformed> {
        if let Some(at) = self.time(arrival, destination)? {
            let minutes = minutes_between(departure, at).map_err(|problem| arrival.is(problem))?;
            return Ok((at, minutes));
        }
        let minutes: u16 = duration.count()?.ok_or_else(|| arrival.is(Problem::Missing))?;
        let at = departure.timestamp().checked_add(SignedDuration::from_mins(minutes.into()));
        let at = at.map_err(|_| duration.is(Problem::NotCount))?;
        Ok((told_at(at, destination, self.airports), minutes.into()))
    }
}

/// Without the blanks that some write in it: `GA 57`.
fn flight_number(spot: &Spot<'_>) -> Result<String, Malformed> {
    let mut number = spot.text()?.ok_or_else(|| spot.is(Problem::Missing))?;
    number.retain(|letter| !letter.is_whitespace());
    if number.is_empty() { Err(spot.is(Problem::Missing)) } else { Ok(number) }
}

#[cfg(test)]
mod tests;
