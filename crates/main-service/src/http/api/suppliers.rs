use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use contracts::{SupplierListing, envelope::Success};

use crate::{
    app::App,
    http::{docs::failures::failures, problem::Problem},
};

/// Lists the suppliers
///
/// The suppliers that a search asks unless it names some; empty while no worker has published them.
#[utoipa::path(
    get,
    path = "/api/suppliers",
    operation_id = "suppliers",
    tag = "places",
    responses(
        (status = 200, description = "The suppliers.", body = Success<Vec<SupplierListing>>),
        ListingFailures,
    ),
)]
pub(super) async fn suppliers(State(app): State<Arc<App>>) -> impl IntoResponse {
    let listing: Vec<SupplierListing> = app.suppliers.all();
    let no_cache = HeaderValue::from_static("no-cache");
    ([(header::CACHE_CONTROL, no_cache)], Json(Success::new("Suppliers", listing)))
}

failures! {
    /// The failures of a listing.
    ListingFailures: [Problem::TooManyFromClient, Problem::TooManyConnections];
}
