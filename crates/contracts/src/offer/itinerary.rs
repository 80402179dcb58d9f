use std::hash::Hasher;

use siphasher::sip::SipHasher24;

use super::{Offer, Slice, id::OfferId};
use crate::{Cabin, LocalTime};

/// Separators. None is a byte of UTF-8, so that no text can contain them.
const END_OF_TEXT: u8 = 0xff;
const SLICE: u8 = 0xfe;
const CABIN: u8 = 0xfd;
const CABIN_OF_SLICE: u8 = 0xfc;
const CABIN_OF_FLIGHT: u8 = 0xfb;
const DAYS: u8 = 0xfa;

impl OfferId {
    /// The id of this offer's itinerary in its cabin, or in those of its slices or flights if they differ. An offer that
    /// tells no cabin is in economy.
    #[must_use]
    pub fn of(offer: &Offer) -> Self {
        // SipHash with a key of zeros is stable, unlike the standard library's hasher.
        let mut hasher = SipHasher24::new();
        // Ids are those of the first version, which named the currency, and had no other than this in practice.
        for text in [&offer.flight_number, "IDR"] {
            hasher.write(text.as_bytes());
            hasher.write_u8(END_OF_TEXT);
        }
        hasher.write(offer.origin.as_bytes());
        hasher.write(offer.destination.as_bytes());
        hasher.write(&offer.departure.timestamp().as_second().to_le_bytes());
        // The flat fields tell the first slice. What follows is not hashed for one way of less than a day in economy.
        hash_days(&mut hasher, offer.departure, offer.arrival);
        for slice in offer.slices.iter().skip(1) {
            hasher.write_u8(SLICE);
            for segment in &slice.segments {
                for text in [&segment.carrier, &segment.flight_number] {
                    hasher.write(text.as_bytes());
                }
                hasher.write_u8(END_OF_TEXT);
                hasher.write(segment.origin.as_bytes());
                hasher.write(segment.destination.as_bytes());
                hasher.write(&segment.departure.timestamp().as_second().to_le_bytes());
            }
            hash_days(&mut hasher, slice.departure, slice.arrival);
        }
        let cabin = offer.cabin.unwrap_or_default();
        if cabin != Cabin::Economy {
            hasher.write_u8(CABIN);
            hasher.write(cabin.as_str().as_bytes());
        }
        hash_cabins(&mut hasher, &offer.slices, cabin);
        // 0 means that the id is not set.
        Self(hasher.finish().max(1))
    }
}

/// How many whole days a slice takes. They tell apart the same flights with a connection on another day. The arrival does not
/// count to the minute, because suppliers may tell it differently; only a slice of about a day may then have two ids.
fn hash_days(hasher: &mut SipHasher24, departure: LocalTime, arrival: LocalTime) {
    let days = arrival.timestamp().duration_since(departure.timestamp()).as_hours() / 24;
    if days > 0 {
        hasher.write_u8(DAYS);
        hasher.write(&days.to_le_bytes());
    }
}

/// The offer's cabin is the lowest. If the slices, or the flights of one, are in different cabins, it counts which is in which.
fn hash_cabins(hasher: &mut SipHasher24, slices: &[Slice], otherwise: Cabin) {
    let mut write = |separator, cabin: Cabin| {
        hasher.write_u8(separator);
        hasher.write(cabin.as_str().as_bytes());
    };
    let lowest = |slice: &Slice| slice.cabins(otherwise).min().unwrap_or(otherwise);
    let is_mixed = |slice: &Slice| are_different(slice.cabins(otherwise));
    if !slices.iter().any(is_mixed) && !are_different(slices.iter().map(lowest)) {
        return;
    }
    for slice in slices {
        if is_mixed(slice) {
            slice.cabins(otherwise).for_each(|cabin| write(CABIN_OF_FLIGHT, cabin));
        } else {
            // Once, because not everybody tells each flight.
            write(CABIN_OF_SLICE, lowest(slice));
        }
    }
}

fn are_different(mut cabins: impl Iterator<Item = Cabin>) -> bool {
    cabins.next().is_some_and(|first| cabins.any(|other| other != first))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::offer::Segment;
    use crate::samples::{offer as sample, round_trip};

    fn offer(flight_number: &str, departure: &str) -> Offer {
        Offer { flight_number: flight_number.into(), departure: departure.parse().unwrap(), ..sample() }
    }

    #[test]
    fn identifies_the_itinerary_and_never_changes() {
        let plain = offer("GA402", "2025-07-10T06:05:00+07:00");
        let id = OfferId::of(&plain);
        assert_eq!(id.to_string(), "f0c0c72507dddbec");
        assert_eq!(id.to_string().parse(), Ok(id));
        let sold_elsewhere = Offer {
            price: 1,
            currency: "USD".parse().unwrap(),
            carrier: "Garuda".into(),
            stops: 2,
            cabin: Some(Cabin::Economy),
            ..plain.clone()
        };
        assert_eq!(OfferId::of(&sold_elsewhere), id);
        let the_same_instant = offer("GA402", "2025-07-09T23:05:00Z");
        assert_eq!(OfferId::of(&the_same_instant), id);
        for other in [
            offer("GA40", "2025-07-10T06:05:00+07:00"),
            offer("GA402", "2025-07-10T06:05:01+07:00"),
            Offer { origin: "HLP".parse().unwrap(), ..plain.clone() },
            Offer { destination: "SUB".parse().unwrap(), ..plain.clone() },
            Offer { cabin: Some(Cabin::Business), ..plain.clone() },
        ] {
            assert_ne!(OfferId::of(&other), id, "{other:?}");
        }
    }

    #[test]
    fn one_slice_has_the_id_of_the_flat_fields() {
        let mut one_way = round_trip();
        one_way.slices.truncate(1);
        let id = OfferId::of(&one_way);
        assert_eq!(OfferId::of(&Offer { slices: Vec::new(), ..one_way }), id);
    }

    #[test]
    fn each_flight_of_a_further_slice_counts() {
        let id = OfferId::of(&round_trip());
        assert_eq!(id.to_string(), "e54780c33e8912d0");
        let changes: [fn(&mut Offer); 6] = [
            |offer| offer.slices[1].segments[0].carrier = "ID".into(),
            |offer| offer.slices[1].segments[0].flight_number = "403".into(),
            |offer| offer.slices[1].segments[0].destination = "HLP".parse().unwrap(),
            |offer| offer.slices[1].segments[0].departure = "2025-07-17T10:00:01+08:00".parse().unwrap(),
            |offer| drop(offer.slices.pop()),
            |offer| offer.cabin = Some(Cabin::First),
        ];
        for change in changes {
            let mut other = round_trip();
            change(&mut other);
            assert_ne!(OfferId::of(&other), id, "{other:?}");
        }
        let mut back_in_business = round_trip();
        back_in_business.slices[1].segments[0].cabin = Some(Cabin::Business);
        let mut there_in_business = round_trip();
        there_in_business.slices[0]
            .segments
            .iter_mut()
            .for_each(|flight| flight.cabin = Some(Cabin::Business));
        let mixed = [OfferId::of(&back_in_business), OfferId::of(&there_in_business)];
        assert!(mixed[0] != mixed[1] && !mixed.contains(&id), "the offer's cabin is economy in all three");
        let mut told_more = round_trip();
        told_more.slices[1].segments[0].aircraft = Some("738".into());
        told_more.slices[1].stops = 1;
        told_more.slices[0].segments[0].cabin = None;
        assert_eq!(OfferId::of(&told_more), id);
    }

    #[test]
    fn it_counts_which_flight_is_in_which_cabin() {
        let in_business = |flights: &[(usize, usize)]| {
            let mut offer = round_trip();
            offer.slices[1].segments = offer.slices[0].segments.clone();
            for (slice, flight) in flights {
                offer.slices[*slice].segments[*flight].cabin = Some(Cabin::Business);
            }
            OfferId::of(&offer)
        };
        let mixed: [&[(usize, usize)]; 6] =
            [&[], &[(0, 0)], &[(0, 1)], &[(1, 0)], &[(0, 0), (0, 1)], &[(0, 0), (0, 1), (1, 0)]];
        let ids: HashSet<_> = mixed.map(in_business).into();
        assert_eq!(ids.len(), mixed.len());
    }

    #[test]
    fn the_same_flights_with_a_connection_a_day_later_are_another_itinerary() {
        let arriving = |arrival: &str| {
            let arrival = arrival.parse().unwrap();
            OfferId::of(&Offer { arrival, ..offer("GA57/GA402", "2025-07-10T06:05:00+07:00") })
        };
        let [same_day, a_little_later, next_day] =
            ["2025-07-10T09:00:00+08:00", "2025-07-10T09:05:00+08:00", "2025-07-11T09:00:00+08:00"]
                .map(arriving);
        assert!(same_day == a_little_later && same_day != next_day);
        let mut back_next_day = round_trip();
        back_next_day.slices[1].arrival = "2025-07-18T11:00:00+07:00".parse().unwrap();
        assert_ne!(OfferId::of(&back_next_day), OfferId::of(&round_trip()));
    }

    #[test]
    fn a_slice_in_one_cabin_may_be_told_as_one_flight() {
        let mut each = round_trip();
        each.slices[0].segments.iter_mut().for_each(|flight| flight.cabin = Some(Cabin::Business));
        let back = each.slices[1].segments[0].clone();
        each.slices[1].segments.push(Segment { cabin: Some(Cabin::Business), ..back });
        let mut as_one = each.clone();
        as_one.slices[0].segments.truncate(1);
        assert_eq!(OfferId::of(&as_one), OfferId::of(&each));
    }
}
