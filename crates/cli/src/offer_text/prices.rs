use std::fmt::Write;

use contracts::offer::{Approximate, Baggage, Condition, Conditions, Price};
use jiff::tz::TimeZone;

use super::names::Names;
use crate::text::{clean, count, money, price as whole};

/// More seats than this are no news.
const FEW_SEATS: u16 = 9;

/// What a seller asks for, and what that includes. What it does not tell is left out.
pub(super) fn price_text(price: &Price, names: &Names<'_>) -> String {
    let (code, seller) = (price.supplier.as_str(), names.company(price.supplier.as_str()));
    let mut text = format!("  {}  {code}", money(price.total, price.currency));
    // Writing to a String can't fail.
    if seller != code {
        let _ = write!(text, " {seller}");
    }
    if let Some(brand) = &price.fare_brand {
        let _ = write!(text, ", {}", clean(brand));
    }
    text.push('\n');
    for facts in [amounts(price), included(price), validity(price)] {
        if !facts.is_empty() {
            let _ = writeln!(text, "      {}", facts.join(", "));
        }
    }
    if let Some(link) = &price.deep_link {
        let _ = writeln!(text, "      {}", clean(link));
    }
    // Each has its own seller, conditions and link.
    for (booking, way) in price.bookings.iter().zip(["there", "back"]) {
        let _ = writeln!(text, "      booked on its own, the way {way}:");
        for line in price_text(&booking.price, names).lines() {
            let _ = writeln!(text, "    {line}");
        }
    }
    text
}

fn amounts(price: &Price) -> Vec<String> {
    let own = |amount| money(amount, price.currency);
    let about =
        price.approximate.map(|about| format!("about {} by the rate of {}", rough(&about), about.rate_date));
    let parts = match (price.base, price.tax) {
        (Some(base), Some(tax)) => Some(format!("{} and {} taxes", own(base), own(tax))),
        (None, Some(tax)) => Some(format!("with {} taxes", own(tax))),
        (_, None) => None,
    };
    about.into_iter().chain(parts).collect()
}

/// Without decimals, unless it is small.
fn rough(about: &Approximate) -> String {
    match about.total.units_rounded_up() {
        0..1000 => money(about.total, about.currency),
        units => whole(units, about.currency.as_str()),
    }
}

fn included(price: &Price) -> Vec<String> {
    let Baggage { cabin_pieces, checked_pieces, checked_kg } = price.baggage.unwrap_or_default();
    let Conditions { change, refund } = price.conditions.unwrap_or_default();
    let cabin = cabin_pieces.map(|pieces| bags(pieces, "cabin bag"));
    let weight = checked_kg.filter(|kg| *kg > 0).map(|kg| format!("{kg} kg"));
    let checked = match (checked_pieces, weight) {
        (Some(pieces), Some(kg)) if pieces > 0 => Some(format!("{} of {kg}", bags(pieces, "checked bag"))),
        (Some(pieces), _) => Some(bags(pieces, "checked bag")),
        (None, weight) => weight.map(|kg| format!("{kg} of checked bags")),
    };
    let condition = |condition: Option<Condition>, name: &str| {
        let Condition { allowed, penalty } = condition?;
        Some(match penalty {
            _ if !allowed => format!("no {name}"),
            None => format!("{name} possible"),
            Some(fee) if fee == contracts::Amount::ZERO => format!("free {name}"),
            Some(fee) => format!("{name} for {}", money(fee, price.currency)),
        })
    };
    [cabin, checked, condition(change, "change"), condition(refund, "refund")].into_iter().flatten().collect()
}

fn bags(pieces: u8, name: &str) -> String {
    if pieces == 0 { format!("no {name}") } else { count(pieces.into(), name) }
}

fn validity(price: &Price) -> Vec<String> {
    let seats = price.seats_left.filter(|seats| *seats <= FEW_SEATS);
    let seats = seats.map(|seats| format!("{} left", count(seats.into(), "seat")));
    let until = price.expires_at.map(|at| {
        let local = at.to_zoned(TimeZone::system());
        format!("valid until {}", local.strftime("%Y-%m-%d %H:%M %Z"))
    });
    let reference = price.offer_ref.as_ref().map(|reference| format!("reference {}", clean(reference)));
    [seats, until, reference].into_iter().flatten().collect()
}
