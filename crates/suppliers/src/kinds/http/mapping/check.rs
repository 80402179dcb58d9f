use super::{super::extract::MAX_POINTERS, Mapping, flights::SegmentMapping};

/// A setting of the mapping, by its name within `response`, and what is wrong with it.
type Problem = (&'static str, &'static str);

const MISSING: &str = "is missing";
const ARRIVAL_MISSING: &str = "is missing, and so is `duration_minutes`";
const READ_FROM_SEGMENTS: &str = "is not read, because `segment` describes each flight";
const TOO_MANY: &str = "has more than 64 pointers";

impl Mapping {
    /// Fails with the first setting that contradicts another, or is missing because of it.
    pub(in super::super) fn check(&self) -> Result<(), Problem> {
        if self.pointers().count() > MAX_POINTERS {
            return Err(("", TOO_MANY));
        }
        ensure(self.fare_pointers().count() <= MAX_POINTERS, "fares", TOO_MANY)?;
        match &self.segment {
            Some(segment) => {
                self.check_nothing_is_flat()?;
                segment.check()
            }
            None => self.check_flat(),
        }
    }

    fn check_flat(&self) -> Result<(), Problem> {
        let has_lists = self.slices.is_set() || self.segments.is_set();
        ensure(!has_lists, "segment", "is missing: it describes each flight of `slices` and `segments`")?;
        ensure(self.flight_number.is_set(), "flight_number", MISSING)?;
        ensure(self.departure.is_set(), "departure", MISSING)?;
        ensure(self.arrival.is_set() || self.duration_minutes.is_set(), "arrival", ARRIVAL_MISSING)
    }

    /// With the flights in lists, the offer's own fields about them would be ignored.
    fn check_nothing_is_flat(&self) -> Result<(), Problem> {
        let flat = [
            ("flight_number", &self.flight_number),
            ("origin", &self.origin),
            ("destination", &self.destination),
            ("departure", &self.departure),
            ("arrival", &self.arrival),
            ("duration_minutes", &self.duration_minutes),
            ("stops", &self.stops),
        ];
        flat.into_iter().try_for_each(|(name, field)| ensure(!field.is_set(), name, READ_FROM_SEGMENTS))
    }
}

impl SegmentMapping {
    fn check(&self) -> Result<(), Problem> {
        ensure(self.pointers().count() <= MAX_POINTERS, "segment", TOO_MANY)?;
        let required = [
            ("segment.flight_number", &self.flight_number),
            ("segment.origin", &self.origin),
            ("segment.destination", &self.destination),
            ("segment.departure", &self.departure),
        ];
        required.into_iter().try_for_each(|(name, field)| ensure(field.is_set(), name, MISSING))?;
        let has_arrival = self.arrival.is_set() || self.duration_minutes.is_set();
        ensure(has_arrival, "segment.arrival", ARRIVAL_MISSING)
    }
}

fn ensure(holds: bool, setting: &'static str, problem: &'static str) -> Result<(), Problem> {
    if holds { Ok(()) } else { Err((setting, problem)) }
}
