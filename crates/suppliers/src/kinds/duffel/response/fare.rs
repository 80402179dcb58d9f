//! What an offer costs, and what that includes.

use contracts::{
    Amount, Currency, SupplierCode,
    offer::{Baggage, Condition, Conditions, MAX_NAME_BYTES, Price},
};

use super::{
    problem::{Problem, field, told},
    wire::{DuffelOffer, OfferCondition, SegmentPassenger, Slice},
};
use crate::{
    error::FieldProblem,
    parse::{amount, currency, decimal, instant},
};

/// The price of an offer.
pub(super) fn price(offer: &DuffelOffer, supplier: &SupplierCode) -> Result<Price, Problem> {
    let code = currency(&offer.total_currency).map_err(field("currency", "total_currency"))?;
    let money = |text: &str| amount(decimal(text)?, code);
    let optional = |text: Option<&String>| text.map(|text| money(text)).transpose();
    let conditions = offer.conditions.as_ref();
    let conditions = Conditions {
        change: condition(conditions.and_then(|all| all.change_before_departure.as_ref()), code),
        refund: condition(conditions.and_then(|all| all.refund_before_departure.as_ref()), code),
    };
    let total = money(&offer.total_amount).map_err(field("price", "total_amount"))?;
    let expires_at = offer.expires_at.as_deref().map(instant).transpose();
    Ok(Price {
        base: optional(offer.base_amount.as_ref()).map_err(field("base", "base_amount"))?,
        tax: optional(offer.tax_amount.as_ref()).map_err(field("tax", "tax_amount"))?,
        fare_brand: fare_brand(&offer.slices),
        baggage: baggage(&offer.slices),
        conditions: (conditions != Conditions::default()).then_some(conditions),
        expires_at: expires_at.map_err(field("expires_at", "expires_at"))?,
        offer_ref: told(offer.id.as_ref()),
        ..Price::new(supplier.clone(), total, code)
    })
}

/// The name of the fare; of several, each once, joined by ` / `. Left out if that is too long.
fn fare_brand(slices: &[Slice]) -> Option<String> {
    let mut brands: Vec<&str> = Vec::new();
    for brand in slices.iter().filter_map(|slice| slice.fare_brand_name.as_deref()) {
        if !brand.is_empty() && !brands.contains(&brand) {
            brands.push(brand);
        }
    }
    Some(brands.join(" / ")).filter(|brand| (1..=MAX_NAME_BYTES).contains(&brand.len()))
}

/// What is allowed on every flight: the least of each kind. Duffel tells no weights.
fn baggage(slices: &[Slice]) -> Option<Baggage> {
    let passengers =
        slices.iter().flat_map(|slice| &slice.segments).filter_map(|segment| segment.passengers.first());
    let pieces = |passenger: &SegmentPassenger, kind: &str| -> u8 {
        let own = passenger.baggages.iter().filter(|bags| bags.kind == kind);
        own.fold(0, |sum, bags| sum.saturating_add(bags.quantity))
    };
    let least = |kind| passengers.clone().map(|passenger| pieces(passenger, kind)).min();
    let (cabin_pieces, checked_pieces) = (least("carry_on"), least("checked"));
    cabin_pieces.map(|_| Baggage { cabin_pieces, checked_pieces, checked_kg: None })
}

/// A fee in another currency than the price's is left out.
fn condition(condition: Option<&OfferCondition>, code: Currency) -> Option<Condition> {
    let OfferCondition { allowed, penalty_amount, penalty_currency } = condition?;
    let penalty = || -> Result<Amount, FieldProblem> {
        amount(decimal(penalty_amount.as_deref().unwrap_or_default())?, code)
    };
    let same = penalty_currency.as_deref().is_none_or(|own| currency(own) == Ok(code));
    Some(Condition { allowed: *allowed, penalty: penalty().ok().filter(|_| same) })
}
