use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use contracts::{SupplierListing, envelope::Success};

use crate::app::App;

/// The suppliers that a search asks unless it names some itself; none while no worker runs.
pub(super) async fn suppliers(State(app): State<Arc<App>>) -> impl IntoResponse {
    let listing: Vec<SupplierListing> = app.condition.suppliers();
    let no_cache = HeaderValue::from_static("no-cache");
    ([(header::CACHE_CONTROL, no_cache)], Json(Success::new("Suppliers", listing)))
}
