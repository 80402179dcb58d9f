//! What an offer costs, and what that includes.

use contracts::{
    Amount, Currency, SupplierCode,
    offer::{Baggage, Condition, Conditions, Price},
};
use jiff::Timestamp;

use super::{
    optional::OptionalParts,
    problem::{Problem, field, told},
    wire::{Bags, DuffelOffer, OfferCondition, Part, Slice},
};
use crate::{
    error::FieldProblem,
    parse::{amount, currency, decimal, expiry},
};

/// The price of an offer.
pub(super) fn price(
    offer: &DuffelOffer,
    supplier: &SupplierCode,
    parts: &mut OptionalParts,
) -> Result<Price, Problem> {
    let code = currency(&offer.total_currency).map_err(field("currency", "total_currency"))?;
    let money = |text: &str| amount(decimal(text)?, code);
    let total = money(&offer.total_amount).map_err(field("price", "total_amount"))?;
    let conditions = parts.told("conditions", &offer.conditions);
    let conditions = Conditions {
        change: condition(conditions.and_then(|all| all.change_before_departure.as_ref()), code),
        refund: condition(conditions.and_then(|all| all.refund_before_departure.as_ref()), code),
    };
    let now = Timestamp::now();
    Ok(Price {
        base: parts.parsed("base", "base_amount", &offer.base_amount, money),
        tax: parts.parsed("tax", "tax_amount", &offer.tax_amount, money),
        fare_brand: fare_brand(&offer.slices, parts),
        baggage: baggage(&offer.slices, parts),
        conditions: (conditions != Conditions::default()).then_some(conditions),
        expires_at: parts.parsed("expires_at", "expires_at", &offer.expires_at, |text| expiry(text, now)),
        offer_ref: told(offer.id.as_ref()),
        ..Price::new(supplier.clone(), total, code)
    })
}

/// The name of the fare; of several, each once, joined by ` / `.
fn fare_brand(slices: &[Slice], parts: &mut OptionalParts) -> Option<String> {
    let mut brands: Vec<&str> = Vec::new();
    for slice in slices {
        let brand = parts.text("fare_brand_name", &slice.fare_brand_name);
        brands.extend(brand.filter(|brand| !brands.contains(brand)));
    }
    Some(brands.join(" / ")).filter(|brand| !brand.is_empty())
}

/// What is allowed on every flight: the least of each kind. Duffel tells no weights. None if it can't be read for a flight.
fn baggage(slices: &[Slice], parts: &mut OptionalParts) -> Option<Baggage> {
    let passengers =
        slices.iter().flat_map(|slice| &slice.segments).filter_map(|segment| segment.passengers.first());
    let bags = passengers.map(|passenger| match &passenger.baggages {
        Part::Absent => Some(&[][..]),
        told => parts.told("baggages", told).map(Vec::as_slice),
    });
    let bags = bags.collect::<Option<Vec<_>>>()?;
    let pieces = |own: &&[Bags], kind: &str| -> u8 {
        let own = own.iter().filter(|bags| bags.kind == kind);
        own.fold(0, |sum, bags| sum.saturating_add(bags.quantity))
    };
    let least = |kind| bags.iter().map(|own| pieces(own, kind)).min();
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
