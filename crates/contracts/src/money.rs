//! Money: currencies.

mod currency;

pub use currency::{Currency, InvalidCurrency};
