use std::sync::Arc;

use axum::{Json, extract::State};
use broker::Concluded;
use contracts::{
    SearchId, SearchStatus,
    envelope::{Submitted, Success},
};

use super::{Problem, openapi::CancelFailures, path::SearchPath};
use crate::{app::App, searches};

/// Cancels a search
///
/// It ends as `cancelled`, with what has come so far, for everybody who follows it.
#[utoipa::path(
    delete,
    path = "/api/flights/search/{id}",
    operation_id = "cancel",
    tag = "searches",
    params(("id" = SearchId, Path, description = "The search's id.")),
    responses(
        (
            status = 200,
            description = "It has ended now.",
            body = Success<Submitted>,
            example = json!({
                "success": true,
                "message": "Search cancelled",
                "data": {"search_id": "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11", "status": "cancelled"}
            }),
        ),
        CancelFailures,
    ),
)]
pub(super) async fn cancel(
    State(app): State<Arc<App>>,
    SearchPath(id): SearchPath,
) -> Result<Json<Success<Submitted>>, Problem> {
    match searches::cancel(&app, id).await? {
        Concluded::Now(_) => Ok(Json(Success::new(
            "Search cancelled",
            Submitted { search_id: id, status: SearchStatus::Cancelled },
        ))),
        Concluded::Before => Err(Problem::AlreadyEnded),
        Concluded::Unknown | Concluded::NotOwner => Err(Problem::UnknownSearch),
    }
}
