use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, Uri},
};
use contracts::{
    Offer, PriceCheck, SearchId, SearchStatus,
    check::CheckRequest,
    envelope::{CheckSubmitted, Success},
    offer::OfferId,
};

use super::{
    accept::{Accepted, Wanted, accept},
    offer::read_offer,
    path::OfferPath,
    submission::{SubmissionHeaders, within},
};
use crate::http::docs::failures::{failures, malformed_id, unavailable};
use crate::http::{
    body::{MAX_BODY, read_json},
    problem::Problem,
};
use crate::{app::App, spans};

/// Checks a price
///
/// Asks one seller of an offer for its price now. Responds with the check's id at once. The check is a search of its own:
/// its stream, its state and its cancellation have the same addresses, and it ends in one terminal event. Its `check` says
/// whether the price is the `same`, has `changed`, or is `gone`, and `results` has the offer as it is now. If the seller can't
/// be asked, the status is `failed` and the outcome `unknown`. A price that is made of two bookings is not checked: search
/// for one way, and check that price.
///
/// With an `Idempotency-Key`, a POST can be repeated safely while the search can be read: the same key and check within 24
/// hours get the same response. Checks are never shared otherwise.
#[utoipa::path(
    post,
    path = "/api/flights/search/{id}/offers/{offer_id}/check",
    operation_id = "check",
    tag = "searches",
    params(
        ("id" = SearchId, Path, description = "The search's id."),
        ("offer_id" = OfferId, Path, description = "The offer's id."),
        SubmissionHeaders,
    ),
    request_body = CheckRequest,
    responses(
        (
            status = 200,
            description = "The check was accepted.",
            body = Success<CheckSubmitted>,
            example = json!({
                "success": true,
                "message": "Price check submitted",
                "data": {"check_id": "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11", "status": "processing"}
            }),
        ),
        CheckFailures,
    ),
)]
pub(super) async fn check(
    State(app): State<Arc<App>>,
    OfferPath(search, offer): OfferPath,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Success<CheckSubmitted>>, Problem> {
    let name = "POST /api/flights/search/{id}/offers/{offer_id}/check";
    let span = spans::submission(&app.tracer, &headers, name, uri.path());
    within(span, async |span| {
        let request = CheckRequest::from_json(&read_json(&headers, body).await?)?;
        let wanted = wanted(&app, &request, search, offer).await?;
        let Accepted { id: check_id, warnings } = accept(&app, &headers, wanted, span).await?;
        let data = CheckSubmitted { check_id, status: SearchStatus::Processing, warnings };
        Ok(Json(Success::new("Price check submitted", data)))
    })
    .await
}

/// The price check that is asked for, of an offer that the search has.
async fn wanted(
    app: &App,
    request: &CheckRequest,
    search: SearchId,
    offer: OfferId,
) -> Result<Wanted, Problem> {
    let (record, found) = read_offer(app, search, offer).await?;
    // What the replaced system found has no ids, so a record with this offer has a query.
    let query = record.query.map(Box::new).ok_or(Problem::UnknownOffer)?;
    let mut found: Offer = serde_json::from_str(found.get()).map_err(|_| Problem::UnknownOffer)?;
    if let Some(seller) = found.suppliers.first().cloned() {
        // Workers of versions before 0.2 write no prices.
        found.ensure_priced(&seller);
    }
    let not_sold =
        || if request.is_for_two_bookings(&found) { Problem::TwoBookings } else { Problem::NotSold };
    let price = request.price(&found).ok_or_else(not_sold)?;
    let check = Box::new(PriceCheck::new(search, offer, price));
    Ok(Wanted::Check { query, check, fingerprint: request.fingerprint(search, offer) })
}

failures! {
    /// The failures of a price check's submission.
    CheckFailures: [
        malformed_id(),
        Problem::Body("the body is not valid JSON: EOF while parsing a value at line 1 column 0".into()),
        Problem::BodyTooLarge { limit: MAX_BODY },
        Problem::ContentType,
        Problem::BodyTooSlow,
        Problem::UnknownSearch,
        Problem::UnknownOffer,
        Problem::NotSold,
        Problem::TwoBookings,
        Problem::KeyReused,
        Problem::RateLimited(30),
        Problem::TooManyFromClient,
        Problem::Backlog,
        Problem::StorageFull,
        Problem::TooManyConnections,
        unavailable(),
        Problem::NotReady("Redis has no replica, which ACCEPT_DURABILITY=replica needs".into()),
        Problem::Panicked,
    ];
}
