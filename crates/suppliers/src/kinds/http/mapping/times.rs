use airports::Airports;
use contracts::{IataCode, LocalTime};
use jiff::SignedDuration;

use super::super::field::FieldValue;
use crate::{
    error::{FieldProblem, ResponseError},
    parse::{local_time_at, minutes_between, time_at},
};

/// Reads times at airports.
#[derive(Clone, Copy)]
pub(super) struct Times<'a>(pub(super) &'a Airports);

impl Times<'_> {
    /// The time of a departure, which must be there.
    pub(super) fn departure(
        self,
        field: &FieldValue<'_>,
        origin: IataCode,
    ) -> Result<LocalTime, ResponseError> {
        self.time(field, origin)?.ok_or_else(|| field.error(FieldProblem::Missing))
    }

    /// The arrival and the duration in minutes. The field `duration` is read only if there is no `arrival`.
    pub(super) fn arrival(
        self,
        arrival: &FieldValue<'_>,
        duration: &FieldValue<'_>,
        departure: LocalTime,
        destination: IataCode,
    ) -> Result<(LocalTime, u32), ResponseError> {
        if let Some(at) = self.time(arrival, destination)? {
            let minutes = minutes_between(departure, at).map_err(|problem| arrival.error(problem))?;
            return Ok((at, minutes));
        }
        let minutes: u16 = duration.count()?.ok_or_else(|| arrival.error(FieldProblem::Missing))?;
        let at = departure.timestamp().checked_add(SignedDuration::from_mins(minutes.into()));
        let at = at.map_err(|_| duration.error(FieldProblem::NotCount))?;
        Ok((local_time_at(at, destination, self.0), minutes.into()))
    }

    fn time(self, field: &FieldValue<'_>, airport: IataCode) -> Result<Option<LocalTime>, ResponseError> {
        let time = field.text()?.map(|text| time_at(&text, airport, None, self.0));
        time.transpose().map_err(|problem| field.error(problem))
    }
}
