//! Money: exact decimal amounts, currencies, and exchange rates.

mod amount;
mod currency;
mod rates;

pub(crate) use amount::MAX_LEN as MAX_AMOUNT_LEN;
pub use amount::{Amount, InvalidAmount, MAX_AMOUNT, MAX_DECIMALS};
pub use currency::{Currency, InvalidCurrency};
pub use rates::{ExchangeRates, InvalidRates};
