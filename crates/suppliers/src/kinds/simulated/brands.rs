//! The fares that a flight is sold at.

use contracts::{
    Amount, SupplierCode,
    offer::{Baggage, Condition, Conditions, DEFAULT_CURRENCY, Price},
};

/// How much of a fare is tax, in percent.
const TAX_PERCENT: u64 = 11;

/// A fare, relative to the cheapest of its flight.
struct Brand {
    name: &'static str,
    /// In percent of the cheapest fare.
    percent: u64,
    checked_pieces: u8,
    checked_kg: u16,
    /// The fees for another flight and for the money back, in percent of the fare; `None` if that is not allowed.
    change_percent: Option<u64>,
    refund_percent: Option<u64>,
}

const BRANDS: [Brand; 2] = [
    Brand {
        name: "Lite",
        percent: 100,
        checked_pieces: 0,
        checked_kg: 0,
        change_percent: Some(30),
        refund_percent: None,
    },
    Brand {
        name: "Flex",
        percent: 122,
        checked_pieces: 1,
        checked_kg: 20,
        change_percent: Some(0),
        refund_percent: Some(25),
    },
];

/// The prices of a flight whose cheapest fare for all passengers is `cheapest`, in whole rupiah.
pub(super) fn prices(supplier: &SupplierCode, cheapest: u64, flight: &str) -> Vec<Price> {
    BRANDS.iter().map(|brand| brand.price(supplier, cheapest, flight)).collect()
}

impl Brand {
    fn price(&self, supplier: &SupplierCode, cheapest: u64, flight: &str) -> Price {
        let total = rounded(cheapest * self.percent / 100);
        let tax = total * TAX_PERCENT / (100 + TAX_PERCENT);
        let condition = |percent: Option<u64>| {
            let fee = |percent| rounded(total * percent / 100);
            Condition { allowed: percent.is_some(), penalty: percent.map(|percent| rupiah(fee(percent))) }
        };
        Price {
            base: Some(rupiah(total - tax)),
            tax: Some(rupiah(tax)),
            fare_brand: Some(self.name.to_owned()),
            baggage: Some(Baggage {
                cabin_pieces: Some(1),
                checked_pieces: Some(self.checked_pieces),
                checked_kg: (self.checked_kg > 0).then_some(self.checked_kg),
            }),
            conditions: Some(Conditions {
                change: Some(condition(self.change_percent)),
                refund: Some(condition(self.refund_percent)),
            }),
            offer_ref: Some(format!("{flight}-{}", self.name)),
            ..Price::new(supplier.clone(), rupiah(total), DEFAULT_CURRENCY)
        }
    }
}

/// In whole thousands, as all simulated fares.
fn rounded(units: u64) -> u64 {
    units / 1_000 * 1_000
}

fn rupiah(units: u64) -> Amount {
    Amount::units(units, DEFAULT_CURRENCY).unwrap_or(Amount::ZERO)
}
