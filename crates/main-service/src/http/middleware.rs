//! What stands before or around the handlers.

pub(super) mod client_limit;
pub(super) mod cors;
pub(super) mod measure;
pub(super) mod refusals;
pub(super) mod request_id;
