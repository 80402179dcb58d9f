//! What operators see and do, on the port of [`operators`], which is never public: an API in JSON, and a page that uses
//! it.
//!
//! | path | response |
//! | --- | --- |
//! | `/` | the page |
//! | `GET /api/status` | problems, Redis, the queue by age, how many workers and gateways |
//! | `GET /api/workers` | the workers, and what each has in progress |
//! | `GET /api/suppliers` | the suppliers, and their state at each worker |
//! | `GET /api/searches` | recent searches |
//! | `GET /api/searches/{id}` | what happened to one |
//! | `GET /api/dead-letters` | jobs that were given up; `?before=<entry>&limit=<n>` for more |
//! | `GET /api/dead-letters/{entry}` | one of them |
//! | `POST /api/dead-letters/{entry}/replay` | queues it again |
//! | `DELETE /api/dead-letters/{entry}` | drops it |
//! | `GET /log`, `PUT /log` | the log filter of this process |
//!
//! Every read is bounded in entries, and in bytes except for those of whole jobs (see docs/operating.md). Reads go over
//! the connection for large requests, in a queue of their own: an operator who looks delays no search.
//! There is no login, so requests that change something are refused when another site's page may have made them.

mod dead_letters;
mod log;
mod page;
mod path;
mod problem;
mod same_site;
mod searches;
mod state;
mod status;
mod workers;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue, header},
    middleware,
    routing::{delete, get, post},
};
use tower_http::set_header::SetResponseHeaderLayer;

use problem::Problem;
pub use state::Console;

/// The largest body of a request, in bytes. That of `PUT /log` is the only one.
const MAX_BODY: usize = 8 * 1024;

/// The routes, to be merged into those of the operators' port.
pub fn router(console: Console) -> Router {
    let api = Router::new()
        .route("/api/status", get(status::get))
        .route("/api/workers", get(workers::list))
        .route("/api/suppliers", get(workers::suppliers))
        .route("/api/searches", get(searches::list))
        .route("/api/searches/{id}", get(searches::history))
        .route("/api/dead-letters", get(dead_letters::list))
        .route("/api/dead-letters/{entry}", get(dead_letters::show).merge(delete(dead_letters::drop)))
        .route("/api/dead-letters/{entry}/replay", post(dead_letters::replay))
        .route("/log", get(log::get).put(log::put))
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed)
        .layer(middleware::from_fn(same_site::only))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(fixed_header(header::CACHE_CONTROL, "no-store"))
        .layer(fixed_header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed_header(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"));
    api.with_state(Arc::new(console)).merge(page::router())
}

fn fixed_header(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}
