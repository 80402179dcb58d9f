//! What an offer costs, and what that includes.

use contracts::{
    Amount, Currency, SupplierCode,
    offer::{Baggage, Condition, Conditions, Price},
};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::super::field::{Field, FieldValue};
use crate::{
    error::{FieldProblem, ResponseError},
    parse::{amount, currency as parse_currency, expiry},
    parts::LeftOutParts,
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

/// Parses prices.
#[derive(Clone, Copy)]
pub(super) struct FareParser<'a> {
    pub(super) supplier: &'a SupplierCode,
    /// Whether amounts are in the currency's smallest unit.
    pub(super) minor_units: bool,
    /// How many passengers pay each amount.
    pub(super) payers: u8,
}

impl FareParser<'_> {
    /// Parses a price. `values` are those of the mapping's fields about it.
    pub(super) fn fare(
        self,
        values: &[FieldValue<'_>; FARE_FIELDS],
        left_out: &mut LeftOutParts,
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
        let code = currency.parsed(parse_currency)?.unwrap_or_default();
        let total = self.money(price, code)?.ok_or_else(|| price.error(FieldProblem::Missing))?;
        let baggage = Baggage {
            cabin_pieces: left_out.optional(cabin_pieces.count()),
            checked_pieces: left_out.optional(checked_pieces.count()),
            checked_kg: left_out.optional(checked_kg.count()),
        };
        let for_all = Self { payers: 1, ..self };
        let conditions = Conditions {
            change: for_all.condition(change_allowed, change_penalty, code, left_out),
            refund: for_all.condition(refund_allowed, refund_penalty, code, left_out),
        };
        let now = Timestamp::now();
        Ok(Price {
            base: left_out.optional(self.money(base, code)),
            tax: left_out.optional(self.money(tax, code)),
            fare_brand: left_out.optional(fare_brand.text()),
            baggage: (baggage != Baggage::default()).then_some(baggage),
            conditions: (conditions != Conditions::default()).then_some(conditions),
            seats_left: left_out.optional(seats_left.count()),
            expires_at: left_out.optional(expires_at.parsed(|text| expiry(text, now))),
            deep_link: left_out.optional(deep_link.text()),
            offer_ref: offer_ref.text()?,
            ..Price::new(self.supplier.clone(), total, code)
        })
    }

    fn money(self, field: &FieldValue<'_>, code: Currency) -> Result<Option<Amount>, ResponseError> {
        let read = |mut value: Decimal| {
            if self.minor_units {
                value.set_scale(value.scale() + code.decimals()).map_err(|_| FieldProblem::NotAmount)?;
            }
            let all = value.checked_mul(self.payers.into()).ok_or(FieldProblem::NotAmount)?;
            amount(all, code)
        };
        field.decimal()?.map(read).transpose().map_err(|problem| field.error(problem))
    }

    fn condition(
        self,
        allowed: &FieldValue<'_>,
        penalty: &FieldValue<'_>,
        code: Currency,
        left_out: &mut LeftOutParts,
    ) -> Option<Condition> {
        let penalty = left_out.optional(self.money(penalty, code));
        // What costs a fee is allowed.
        let allowed = left_out.optional(allowed.flag()).or(penalty.map(|_| true));
        allowed.map(|allowed| Condition { allowed, penalty })
    }
}
