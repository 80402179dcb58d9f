use serde::{Serialize, Serializer};

use super::{ClockTime, IataCode, TravelDate, route::Route};
use crate::names::field;

/// The most slices of a search.
pub const MAX_SLICES: usize = 6;

/// One part of a trip: from origin to destination on a day, with any number of connections.
///
/// Origin and destination differ, and no window ends before it begins: only [`Slice::new`] and the setters of the
/// windows create it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Slice {
    #[serde(rename = "from")]
    origin: IataCode,
    #[serde(rename = "to")]
    destination: IataCode,
    date: TravelDate,
    #[serde(skip_serializing_if = "TimeWindow::is_open")]
    departure: TimeWindow,
    #[serde(skip_serializing_if = "TimeWindow::is_open")]
    arrival: TimeWindow,
}

/// Origin and destination are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must differ from \"from\"")]
pub struct SamePlace;

impl Slice {
    /// A slice that departs and arrives at any time.
    pub fn new(origin: IataCode, destination: IataCode, date: TravelDate) -> Result<Self, SamePlace> {
        let (departure, arrival) = (TimeWindow::default(), TimeWindow::default());
        let slice = Self { origin, destination, date, departure, arrival };
        if origin == destination { Err(SamePlace) } else { Ok(slice) }
    }

    /// The same within these windows, each in the local time of its place.
    #[must_use]
    pub fn within(self, departure: TimeWindow, arrival: TimeWindow) -> Self {
        Self { departure, arrival, ..self }
    }

    /// The way back, on this day.
    #[must_use]
    pub fn back(self, date: TravelDate) -> Self {
        let Self { origin, destination, .. } = self;
        let (departure, arrival) = (TimeWindow::default(), TimeWindow::default());
        Self { origin: destination, destination: origin, date, departure, arrival }
    }

    /// Airport or city to leave from.
    #[must_use]
    pub fn origin(&self) -> IataCode {
        self.origin
    }

    /// Airport or city to arrive at.
    #[must_use]
    pub fn destination(&self) -> IataCode {
        self.destination
    }

    /// Day of departure, at the origin.
    #[must_use]
    pub fn date(&self) -> TravelDate {
        self.date
    }

    /// When it may depart, in the origin's local time.
    #[must_use]
    pub fn departure(&self) -> TimeWindow {
        self.departure
    }

    /// When it may arrive, in the destination's local time, on whichever day.
    #[must_use]
    pub fn arrival(&self) -> TimeWindow {
        self.arrival
    }

    /// Whether it departs and arrives at any time.
    #[must_use]
    pub fn is_at_any_time(&self) -> bool {
        self.departure.is_open() && self.arrival.is_open()
    }
}

/// A period of the day; without a bound, it is open on that side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct TimeWindow {
    #[serde(skip_serializing_if = "Option::is_none")]
    earliest: Option<ClockTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest: Option<ClockTime>,
}

/// A window that ends before it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must not be before \"earliest\"")]
pub struct EndsBeforeItBegins;

impl TimeWindow {
    /// The window between these bounds, both included.
    pub fn new(earliest: Option<ClockTime>, latest: Option<ClockTime>) -> Result<Self, EndsBeforeItBegins> {
        match (earliest, latest) {
            (Some(earliest), Some(latest)) if latest < earliest => Err(EndsBeforeItBegins),
            _ => Ok(Self { earliest, latest }),
        }
    }

    /// Whether it has no bound.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.earliest.is_none() && self.latest.is_none()
    }

    /// Its first minute, if it has one.
    #[must_use]
    pub fn earliest(&self) -> Option<ClockTime> {
        self.earliest
    }

    /// Its last minute, if it has one.
    #[must_use]
    pub fn latest(&self) -> Option<ClockTime> {
        self.latest
    }

    /// Whether it has this minute of the day.
    #[must_use]
    pub fn contains(&self, minute: u16) -> bool {
        self.earliest.is_none_or(|earliest| earliest.minutes() <= minute)
            && self.latest.is_none_or(|latest| minute <= latest.minutes())
    }
}

/// The slices of a trip, 1 to [`MAX_SLICES`], none on an earlier day than the one before.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slices {
    first: Slice,
    further: Box<[Slice]>,
}

/// Why slices are no trip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSlices {
    /// None, or too many.
    #[error("must have 1 to {MAX_SLICES} slices")]
    Count,
    /// The slice at `at` is on an earlier day than the one before it.
    #[error("must not be before the date of the slice before")]
    Order {
        /// Its index, from 0.
        at: usize,
    },
}

impl Slices {
    /// Each slice's day is the one before's or later.
    pub fn new(slices: Vec<Slice>) -> Result<Self, InvalidSlices> {
        if slices.len() > MAX_SLICES {
            return Err(InvalidSlices::Count);
        }
        if let Some(at) =
            slices.windows(2).position(|pair| matches!(pair, [one, next] if next.date < one.date))
        {
            return Err(InvalidSlices::Order { at: at + 1 });
        }
        let mut slices = slices.into_iter();
        let first = slices.next().ok_or(InvalidSlices::Count)?;
        Ok(Self { first, further: slices.collect() })
    }

    /// A trip of one slice.
    #[must_use]
    pub fn one_way(slice: Slice) -> Self {
        Self { first: slice, further: Box::default() }
    }

    /// The slice that departs first.
    #[must_use]
    pub fn first(&self) -> &Slice {
        &self.first
    }

    /// All slices.
    pub fn iter(&self) -> impl Iterator<Item = &Slice> {
        std::iter::once(&self.first).chain(&self.further)
    }

    /// Whether it is one slice that departs and arrives at any time: all that the replaced system knows.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.further.is_empty() && self.first.is_at_any_time()
    }

    /// Origin and destination of each slice in a body's field `slices`.
    pub(super) fn routes(&self) -> impl Iterator<Item = Route> {
        self.iter().enumerate().map(|(at, slice)| Route {
            path: format!("{}[{at}].", field::SLICES),
            origin: Some(slice.origin),
            destination: Some(slice.destination),
        })
    }

    /// What kind of trip it is.
    #[must_use]
    pub fn trip(&self) -> Trip {
        let Self { first, further } = self;
        match &further[..] {
            [] => Trip::OneWay,
            [back] if first.origin == back.destination && first.destination == back.origin => Trip::Return,
            _ => Trip::MultiCity,
        }
    }
}

impl Serialize for Slices {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// The kinds of trips that suppliers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trip {
    /// One slice.
    OneWay,
    /// Two, the second back from where the first goes to.
    Return,
    /// Any other slices.
    MultiCity,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(from: &str, to: &str, date: &str) -> Slice {
        Slice::new(from.parse().unwrap(), to.parse().unwrap(), date.parse().unwrap()).unwrap()
    }

    fn trip(slices: &[(&str, &str, &str)]) -> Result<Trip, InvalidSlices> {
        Slices::new(slices.iter().map(|(from, to, date)| slice(from, to, date)).collect())
            .map(|slices| slices.trip())
    }

    #[test]
    fn a_trip_is_one_way_return_or_of_several_cities() {
        let (out, back) = (("CGK", "DPS", "2026-12-08"), ("DPS", "CGK", "2026-12-15"));
        assert_eq!(trip(&[out]), Ok(Trip::OneWay));
        assert_eq!(trip(&[out, back]), Ok(Trip::Return));
        assert_eq!(trip(&[out, ("SUB", "CGK", "2026-12-15")]), Ok(Trip::MultiCity));
        assert_eq!(trip(&[out, back, out]), Err(InvalidSlices::Order { at: 2 }));
        assert_eq!(trip(&[]), Err(InvalidSlices::Count));
        assert_eq!(trip(&[out; 6]), Ok(Trip::MultiCity));
        assert_eq!(trip(&[out; 7]), Err(InvalidSlices::Count));
    }

    #[test]
    fn a_slice_goes_somewhere_else() {
        let code = "CGK".parse().unwrap();
        assert_eq!(Slice::new(code, code, "2026-12-08".parse().unwrap()), Err(SamePlace));
    }

    #[test]
    fn a_window_has_both_its_bounds() {
        let at = |text: &str| Some(text.parse().unwrap());
        let morning = TimeWindow::new(at("06:00"), at("12:00")).unwrap();
        let held: Vec<_> = [359, 360, 720, 721].map(|minute| morning.contains(minute)).into();
        assert_eq!(held, [false, true, true, false]);
        assert!(TimeWindow::default().contains(0));
        assert_eq!(TimeWindow::new(at("12:00"), at("11:59")), Err(EndsBeforeItBegins));
    }
}
