//! Where in an answer the offers stand, and where in an offer its fields.

use airports::Airports;
use contracts::{IataCode, LocalTime, Offer, SearchQuery};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::Value as Json;

use super::field::{Field, Spot};
use crate::suppliers::{
    Malformed,
    answer::Path,
    malformed::Problem,
    values::{currency, minutes_between, time_at, told_at},
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
        Reader { mapping: self, query, supplier, airports }
    }
}

impl Reader<'_> {
    /// The offer at `index` of the list.
    pub(super) fn offer(&self, index: usize, json: &[u8]) -> Result<Offer, Malformed> {
        let json = &serde_json::from_slice::<Json>(json)?;
        let mapping = self.mapping;
        let spot = |field, name| Spot::new(index, json, field, name);

        let origin = self.airport(&spot(&mapping.origin, "origin"), self.query.origin)?;
        let destination = self.airport(&spot(&mapping.destination, "destination"), self.query.destination)?;
        let departure = spot(&mapping.departure, "departure");
        let departure = self.time(&departure, origin)?.ok_or_else(|| departure.is(Problem::Missing))?;
        let duration = spot(&mapping.duration_minutes, "duration_minutes");
        let (arrival, duration_minutes) =
            self.arrival(&spot(&mapping.arrival, "arrival"), &duration, departure, destination)?;
        let currency_spot = spot(&mapping.currency, "currency");

        Ok(Offer {
            flight_number: flight_number(&spot(&mapping.flight_number, "flight_number"))?,
            price: self.price(&spot(&mapping.price, "price"))?,
            currency: match currency_spot.text()? {
                Some(text) => currency(&text).map_err(|problem| currency_spot.is(problem))?,
                None => "IDR".to_owned(),
            },
            carrier: spot(&mapping.carrier, "carrier").text()?.unwrap_or_else(|| self.supplier.to_owned()),
            origin,
            destination,
            departure,
            arrival,
            duration_minutes,
            stops: spot(&mapping.stops, "stops").count()?.unwrap_or(0),
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
