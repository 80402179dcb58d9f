//! What can go wrong with a supplier, from one field of an offer up to a whole call.
//!
//! | module | what failed |
//! | --- | --- |
//! | [`response`] | reading a supplier's response |
//! | [`offer`] | checking one offer |
//! | [`supplier`] | one call to a supplier |
//! | [`mod@cause`] | formats any of them for the log |
//!
//! These errors are logged, so none of them contains a URL, a header or a secret.

mod cause;
mod offer;
mod response;
mod supplier;

pub(crate) use cause::cause;
pub(crate) use offer::{Mismatch, RejectedOffer};
pub(crate) use response::{FieldProblem, ResponseError};
pub(crate) use supplier::{Retry, SupplierError};
