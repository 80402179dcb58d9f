//! The spans of calls to a supplier. `docs/tracing.md` lists them.

use std::time::Duration;

use contracts::SupplierCode;
use traces::{Span, SpanKind};

use super::error::AskError;
use crate::{error::SupplierError, metrics::Outcome, offers::CollectedOffers};

/// The span of a call, from sending the request. `queued`: how long it waited for the supplier's limits.
pub(super) fn call(
    above: &Span,
    code: &SupplierCode,
    attempt: u32,
    queued: Duration,
    is_check: bool,
) -> Span {
    let verb = if is_check { "check" } else { "ask" };
    let mut span = above.child(SpanKind::Client, verb);
    span.rename(|| format!("{verb} {code}"));
    span.set_text("flight_search.supplier", code);
    span.set("flight_search.attempt", i64::from(attempt));
    span.set("flight_search.queued_ms", i64::try_from(queued.as_millis()).unwrap_or(i64::MAX));
    span
}

/// Notes the result of a call.
pub(super) fn finish_call(span: &mut Span, result: &Result<CollectedOffers, SupplierError>) {
    match result {
        Ok(offers) => span.set("flight_search.offers", i64::try_from(offers.valid).unwrap_or(i64::MAX)),
        Err(error) => {
            if let SupplierError::Status { status, .. } = error {
                span.set("http.response.status_code", i64::from(*status));
            }
            span.fail(Outcome::from(result).as_str());
        }
    }
}

/// A span without length, for a supplier that was not called.
pub(super) fn skipped(above: &Span, code: &SupplierCode, error: &AskError) {
    let kind = match error {
        AskError::CircuitOpen => "circuit_open",
        AskError::QueueTimeout => "queue_timeout",
        AskError::Supplier(_) | AskError::DeadlineExceeded | AskError::RetryNotPossible => return,
    };
    let mut span = above.child(SpanKind::Internal, "skip");
    span.rename(|| format!("skip {code}"));
    span.set_text("flight_search.supplier", code);
    span.fail(kind);
}
