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
    http::{Problem, failures::failures},
};

/// Lists the suppliers
///
/// Those that a search asks unless it names some itself; none while no worker runs.
#[utoipa::path(
    get,
    path = "/api/suppliers",
    operation_id = "suppliers",
    tag = "places",
    responses(
        (status = 200, description = "These are asked.", body = Success<Vec<SupplierListing>>),
        ListingFailures,
    ),
)]
pub(super) async fn suppliers(State(app): State<Arc<App>>) -> impl IntoResponse {
    let listing: Vec<SupplierListing> = app.suppliers.all();
    let no_cache = HeaderValue::from_static("no-cache");
    ([(header::CACHE_CONTROL, no_cache)], Json(Success::new("Suppliers", listing)))
}

failures! {
    /// Of asking for what can always be told.
    ListingFailures: [Problem::TooManyFromClient, Problem::TooManyConnections];
}
