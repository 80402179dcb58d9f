//! The kinds of suppliers.

pub mod duffel;
pub mod http;
pub mod simulated;
