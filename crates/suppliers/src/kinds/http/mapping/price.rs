//! What an offer costs, and what that includes.

use contracts::{
    Amount, SupplierCode,
    offer::{Baggage, Condition, Conditions, Price},
};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::super::field::{Field, FieldValue};
use crate::{
    error::{FieldProblem, ResponseError},
    parse::{amount, currency as parse_currency, instant},
};

/// How many fields of the mapping are about the price.
pub(super) const FARE_FIELDS: usize = 16;

/// The table `baggage` of a mapping.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct BaggageMapping {
    pub(super) cabin_pieces: Field,
    pub(super) checked_pieces: Field,
    pub(super) checked_kg: Field,
}

/// The tables `change` and `refund` of a mapping.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ConditionMapping {
    pub(super) allowed: Field,
    pub(super) penalty: Field,
}

/// Parses the price. `values` are those of the mapping's fields about it; `payers` passengers pay each amount, which is in
/// the currency's smallest unit if `minor_units`.
pub(super) fn fare(
    values: &[FieldValue<'_>; FARE_FIELDS],
    supplier: &SupplierCode,
    minor_units: bool,
    payers: u8,
) -> Result<Price, ResponseError> {
    let [
        price,
        currency,
        base,
        tax,
        fare_brand,
        seats_left,
        expires_at,
        deep_link,
        offer_ref,
        cabin_pieces,
        checked_pieces,
        checked_kg,
        change_allowed,
        change_penalty,
        refund_allowed,
        refund_penalty,
    ] = values;
    let code = currency.text()?.map(|text| parse_currency(&text)).transpose();
    let code = code.map_err(|problem| currency.error(problem))?.unwrap_or_default();
    let money = |field: &FieldValue<'_>, payers: u8| {
        let read = |mut value: Decimal| {
            if minor_units {
                value.set_scale(value.scale() + code.decimals()).map_err(|_| FieldProblem::NotAmount)?;
            }
            let all = value.checked_mul(payers.into()).ok_or(FieldProblem::NotAmount)?;
            amount(all, code)
        };
        field.decimal()?.map(read).transpose().map_err(|problem| field.error(problem))
    };
    let condition = |allowed: &FieldValue<'_>, penalty: &FieldValue<'_>| -> Result<_, ResponseError> {
        let penalty: Option<Amount> = money(penalty, 1)?;
        // What costs a fee is allowed.
        let allowed = allowed.flag()?.or(penalty.map(|_| true));
        Ok(allowed.map(|allowed| Condition { allowed, penalty }))
    };
    let text = |field: &FieldValue<'_>| field.parsed(|text| Ok(text.to_owned()));
    let baggage = Baggage {
        cabin_pieces: cabin_pieces.count()?,
        checked_pieces: checked_pieces.count()?,
        checked_kg: checked_kg.count()?,
    };
    let conditions = Conditions {
        change: condition(change_allowed, change_penalty)?,
        refund: condition(refund_allowed, refund_penalty)?,
    };
    let total = money(price, payers)?.ok_or_else(|| price.error(FieldProblem::Missing))?;
    Ok(Price {
        base: money(base, payers)?,
        tax: money(tax, payers)?,
        fare_brand: text(fare_brand)?,
        baggage: (baggage != Baggage::default()).then_some(baggage),
        conditions: (conditions != Conditions::default()).then_some(conditions),
        seats_left: seats_left.count()?,
        expires_at: expires_at.parsed(instant)?,
        deep_link: text(deep_link)?,
        offer_ref: text(offer_ref)?,
        ..Price::new(supplier.clone(), total, code)
    })
}
