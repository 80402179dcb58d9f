//! What can go wrong with a supplier.

pub mod response;
