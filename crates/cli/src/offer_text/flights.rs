use std::fmt::Write;

use contracts::{
    IataCode, LocalTime,
    offer::{Segment, Slice},
};

use super::names::Names;
use crate::text::{clean, clock, count, day_of, days_between, flight_time, zone};

/// A slice: its flights, and the layovers between them. Times are local.
pub(super) fn slice_text(slice: &Slice, names: &Names<'_>) -> String {
    let Slice { origin, destination, departure, arrival, duration_minutes, stops, segments } = slice;
    let stops = if *stops == 0 { "direct".into() } else { count((*stops).into(), "stop") };
    let mut text = format!(
        "{} → {}, {}, {}, {stops}\n",
        names.city(*origin),
        names.city(*destination),
        day_of(*departure),
        flight_time(*duration_minutes)
    );
    let zoned = has_zones(slice);
    let point = |at: LocalTime, code: IataCode, terminal: Option<&str>| {
        let days = days_between(*departure, at).map_or_else(String::new, |days| format!(" {days}"));
        let zone = if zoned { format!(" {}", zone(at)) } else { String::new() };
        let terminal = terminal.map_or_else(String::new, |name| format!(", terminal {}", clean(name)));
        format!("  {}{days}{zone}  {}{terminal}\n", clock(at), names.airport(code))
    };
    if segments.is_empty() {
        text.push_str(&point(*departure, *origin, None));
        text.push_str(&point(*arrival, *destination, None));
        return text;
    }
    for (at, segment) in segments.iter().enumerate() {
        if let Some(before) = at.checked_sub(1).and_then(|at| segments.get(at)) {
            text.push_str(&layover(before, segment, names));
        }
        text.push_str(&point(segment.departure, segment.origin, segment.origin_terminal.as_deref()));
        text.push_str(&flight(segment, names));
        text.push_str(&point(segment.arrival, segment.destination, segment.destination_terminal.as_deref()));
    }
    text
}

fn flight(segment: &Segment, names: &Names<'_>) -> String {
    let Segment { carrier, flight_number, operating_carrier, aircraft, cabin, duration_minutes, .. } =
        segment;
    let mut text = format!("         {}{}, {}", clean(carrier), clean(flight_number), names.company(carrier));
    // Writing to a String can't fail.
    if let Some(operator) = operating_carrier.as_ref().filter(|operator| *operator != carrier) {
        let _ = write!(text, ", operated by {}", names.company(operator));
    }
    if let Some(aircraft) = aircraft {
        let _ = write!(text, ", aircraft {}", clean(aircraft));
    }
    if let Some(cabin) = cabin {
        let _ = write!(text, ", {}", cabin.as_str().replace('_', " "));
    }
    let _ = writeln!(text, ", {}", flight_time(*duration_minutes));
    text
}

/// How long the wait is, where, and whether one must change the airport or the terminal.
fn layover(before: &Segment, after: &Segment, names: &Names<'_>) -> String {
    let wait = after.departure.timestamp().duration_since(before.arrival.timestamp());
    let minutes = u32::try_from(wait.as_mins()).unwrap_or_default();
    let mut text = format!("         ― {} in {}", flight_time(minutes), names.city(before.destination));
    // Writing to a String can't fail.
    if before.destination != after.origin {
        let _ = write!(text, "; change to the airport {}", names.city(after.origin));
    } else if let (Some(arrival), Some(departure)) = (&before.destination_terminal, &after.origin_terminal)
        && arrival != departure
    {
        let _ = write!(text, "; change from terminal {} to {}", clean(arrival), clean(departure));
    }
    text.push('\n');
    text
}

/// Whether the local times of the slice are in several time zones.
fn has_zones(slice: &Slice) -> bool {
    let of_segments = slice.segments.iter().flat_map(|segment| [segment.departure, segment.arrival]);
    let first = zone(slice.departure);
    std::iter::once(slice.arrival).chain(of_segments).any(|at| zone(at) != first)
}
