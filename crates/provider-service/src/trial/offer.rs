use std::fmt::Write;

use contracts::{
    Offer,
    offer::{Baggage, Condition, Price, Slice},
};

/// An offer in some lines: its flights and its prices.
pub(super) fn lines(offer: &Offer) -> Vec<String> {
    let cabin = offer.cabin.map(|cabin| format!(", {cabin}")).unwrap_or_default();
    let mut lines = Vec::new();
    if offer.slices.is_empty() {
        let Offer { flight_number, origin, destination, departure, arrival, duration_minutes, stops, .. } =
            offer;
        lines.push(format!(
            "{flight_number}, {origin} {departure} to {destination} {arrival}, {duration_minutes} min, stops: {stops}"
        ));
    }
    lines.extend(offer.slices.iter().map(slice));
    if let Some(first) = lines.first_mut() {
        let _ = write!(first, "{cabin}, {}, id {}", offer.carrier, offer.id);
    }
    lines.extend(offer.prices.iter().map(price));
    lines
}

fn slice(slice: &Slice) -> String {
    let flights = slice.segments.iter().map(|segment| {
        let by = segment.operating_carrier.as_ref().filter(|by| **by != segment.carrier);
        let by = by.map(|by| format!(" by {by}")).unwrap_or_default();
        format!("{}{}{by}", segment.carrier, segment.flight_number)
    });
    let flights = flights.collect::<Vec<_>>().join("/");
    let Slice { origin, destination, departure, arrival, duration_minutes, stops, .. } = slice;
    format!(
        "{flights}, {origin} {departure} to {destination} {arrival}, {duration_minutes} min, stops: {stops}"
    )
}

fn price(price: &Price) -> String {
    let part = |name: &str, value: Option<String>| value.map(|value| format!("{name} {value}"));
    let text = |value: &Option<String>| value.clone();
    let conditions = price.conditions.unwrap_or_default();
    let parts = [
        part("base", price.base.map(|amount| amount.to_string())),
        part("tax", price.tax.map(|amount| amount.to_string())),
        part("fare", text(&price.fare_brand)),
        price.baggage.map(baggage),
        conditions.change.map(|change| condition("change", change)),
        conditions.refund.map(|refund| condition("refund", refund)),
        part("seats left", price.seats_left.map(|seats| seats.to_string())),
        part("until", price.expires_at.map(|at| at.to_string())),
        part("ref", text(&price.offer_ref)),
        part("link", text(&price.deep_link)),
    ];
    let total = format!("{} {}", price.total, price.currency);
    std::iter::once(total).chain(parts.into_iter().flatten()).collect::<Vec<_>>().join(", ")
}

fn baggage(baggage: Baggage) -> String {
    let number = |number: Option<u16>| number.map_or_else(|| "?".to_owned(), |number| number.to_string());
    let Baggage { cabin_pieces, checked_pieces, checked_kg } = baggage;
    let (cabin, checked) = (number(cabin_pieces.map(Into::into)), number(checked_pieces.map(Into::into)));
    format!("baggage: cabin {cabin}, checked {checked}, {} kg", number(checked_kg))
}

fn condition(name: &str, condition: Condition) -> String {
    match condition {
        Condition { allowed: false, .. } => format!("no {name}"),
        Condition { penalty: Some(penalty), .. } => format!("{name} for {penalty}"),
        Condition { penalty: None, .. } => format!("{name} allowed"),
    }
}
