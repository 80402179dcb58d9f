use std::sync::Arc;

use axum::{Json, extract::State};
use broker::Ended;
use contracts::{
    SearchId, SearchStatus,
    envelope::{Submitted, Success},
};

use super::path::SearchPath;
use crate::http::docs::failures::{failures, malformed_id, unavailable};
use crate::http::problem::Problem;
use crate::{
    app::App,
    searches::{self, Cancellation},
};

/// Cancels a search
///
/// It ends as `cancelled` with the offers so far, and everyone who follows it receives that event. Its `suppliers` has
/// those that had answered, and the others as `timeout` with the `reason` that the search was cancelled, as far as workers
/// have announced them.
///
/// If the gateway shares searches (`COALESCE_SECS`), a search shared by several clients continues until the last of them
/// cancels it; the others get the status `processing`. So cancel a search only once.
#[utoipa::path(
    delete,
    path = "/api/flights/search/{id}",
    operation_id = "cancel",
    tag = "searches",
    params(("id" = SearchId, Path, description = "The search's id.")),
    responses(
        (
            status = 200,
            description = "The search has ended, or continues for other clients.",
            body = Success<Submitted>,
            examples(
                ("cancelled" = (value = json!({
                    "success": true,
                    "message": "Search cancelled",
                    "data": {"search_id": "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11", "status": "cancelled"}
                }))),
                ("shared" = (value = json!({
                    "success": true,
                    "message": "The search goes on without you: 2 other clients still follow it",
                    "data": {"search_id": "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11", "status": "processing"}
                }))),
            ),
        ),
        CancelFailures,
    ),
)]
pub(super) async fn cancel(
    State(app): State<Arc<App>>,
    SearchPath(id): SearchPath,
) -> Result<Json<Success<Submitted>>, Problem> {
    let (message, status) = match app.broker.with_idle_timeout(searches::cancel(&app, id)).await? {
        Cancellation::GoesOn(others) => (goes_on(others), SearchStatus::Processing),
        Cancellation::Ended(Ended::Now { .. }) => ("Search cancelled".to_owned(), SearchStatus::Cancelled),
        Cancellation::Ended(Ended::Before) => return Err(Problem::AlreadyEnded),
        Cancellation::Ended(Ended::Gone | Ended::NotOwner) => return Err(Problem::UnknownSearch),
    };
    Ok(Json(Success::new(message, Submitted { search_id: id, status, warnings: Vec::new() })))
}

fn goes_on(others: u64) -> String {
    let still = if others == 1 {
        "1 other client still follows".into()
    } else {
        format!("{others} other clients still follow")
    };
    format!("The search goes on without you: {still} it")
}

failures! {
    /// The failures of a cancellation.
    CancelFailures: [
        malformed_id(),
        Problem::UnknownSearch,
        Problem::AlreadyEnded,
        Problem::TooManyFromClient,
        unavailable(),
        Problem::TooManyConnections,
        Problem::Panicked,
    ];
}
