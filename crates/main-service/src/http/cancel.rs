use std::sync::Arc;

use axum::{Json, extract::State};
use broker::Concluded;
use contracts::{
    SearchStatus,
    envelope::{Submitted, Success},
};

use super::{Problem, path::SearchPath};
use crate::{app::App, searches};

/// Cancels a search that has not ended.
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
        Concluded::Unknown => Err(Problem::UnknownSearch),
    }
}
