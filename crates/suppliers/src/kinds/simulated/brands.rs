//! The fares that a flight is sold at.

use contracts::{
    Amount, Currency, SupplierCode,
    offer::{Baggage, Condition, Conditions, DEFAULT_CURRENCY, Price},
};
use rust_decimal::Decimal;

use super::seed::Seed;

/// How much of a fare is tax, in percent.
const TAX_PERCENT: u64 = 11;
/// A flight has up to this many seats left in a fare. Suppliers tell fewer than ten only.
const MAX_SEATS_LEFT: u32 = 24;
const MOST_TOLD: u16 = 9;

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

/// Who quotes prices, and in which currency.
#[derive(Clone, Debug)]
pub(super) struct Quote {
    pub(super) supplier: SupplierCode,
    pub(super) currency: Currency,
    /// What a unit of `currency` is worth.
    pub(super) rupiah_per_unit: u64,
}

impl Quote {
    /// Prices in rupiah.
    pub(super) fn in_rupiah(supplier: SupplierCode) -> Self {
        Self { supplier, currency: DEFAULT_CURRENCY, rupiah_per_unit: 1 }
    }

    /// The prices of a flight whose cheapest fare for all passengers is `cheapest`, in whole rupiah.
    pub(super) fn prices(&self, cheapest: u64, flight: &str) -> Vec<Price> {
        BRANDS.iter().map(|brand| brand.price(self, cheapest, flight)).collect()
    }

    /// Where it sells: a host that does not exist (RFC 2606).
    fn host(&self) -> String {
        format!("{}.example", self.supplier.as_str().to_ascii_lowercase().replace('_', "-"))
    }

    /// An amount in the currency, rounded to its decimals.
    fn amount(&self, rupiah: u64) -> Amount {
        let units = Decimal::from(rupiah) / Decimal::from(self.rupiah_per_unit);
        Amount::new(units, self.currency).unwrap_or(Amount::ZERO)
    }
}

impl Brand {
    fn price(&self, quote: &Quote, cheapest: u64, flight: &str) -> Price {
        let in_rupiah = rounded(cheapest * self.percent / 100);
        let (total, tax) =
            (quote.amount(in_rupiah), quote.amount(in_rupiah * TAX_PERCENT / (100 + TAX_PERCENT)));
        let fee = |percent| quote.amount(rounded(in_rupiah * percent / 100));
        let offer_ref = format!("{flight}-{}", self.name);
        let condition =
            |percent: Option<u64>| Condition { allowed: percent.is_some(), penalty: percent.map(fee) };
        Price {
            base: Amount::new(total.decimal() - tax.decimal(), quote.currency).ok(),
            tax: Some(tax),
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
            seats_left: self.seats_left(quote, flight),
            deep_link: Some(format!("https://{}/book/{offer_ref}", quote.host())),
            offer_ref: Some(offer_ref),
            ..Price::new(quote.supplier.clone(), total, quote.currency)
        }
    }

    /// How many seats are left; always the same for a flight.
    fn seats_left(&self, quote: &Quote, flight: &str) -> Option<u16> {
        let texts = [quote.supplier.as_str(), flight, self.name];
        let left = 1 + Seed::of(&texts.map(str::as_bytes)).below(MAX_SEATS_LEFT);
        u16::try_from(left).ok().filter(|left| *left <= MOST_TOLD)
    }
}

/// In whole thousands, as all simulated fares.
fn rounded(units: u64) -> u64 {
    units / 1_000 * 1_000
}
