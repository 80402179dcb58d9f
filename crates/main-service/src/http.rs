//! The routes. Handlers know neither Redis commands nor sockets; what goes wrong is a [`Problem`], and one `match`
//! there makes it an answer.

mod airports;
mod body;
mod cancel;
mod client_limit;
mod cors;
mod docs;
mod health;
mod openapi;
mod page;
mod path;
mod problem;
mod refusals;
mod request_id;
mod sharing;
mod status;
mod stream;
mod submit;
mod suppliers;

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderValue, Method, StatusCode, header::X_CONTENT_TYPE_OPTIONS},
    middleware,
    response::{IntoResponse, Response},
    routing,
};
use problem::Problem;
use tower::{ServiceBuilder, util::option_layer};
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, set_header::SetResponseHeaderLayer,
};

pub use cors::AllowedOrigins;
pub(crate) use health::is_asked as is_health;

use crate::app::App;

/// All routes.
pub(crate) fn router(app: Arc<App>) -> Router {
    let mut router = Router::new()
        .route("/api/flights/search", client_limit::limited(&app, routing::post(submit::submit)))
        .route("/api/flights/search/{id}", routing::get(status::status).delete(cancel::cancel))
        .route("/api/airports", routing::get(airports::airports))
        .route("/api/suppliers", routing::get(suppliers::suppliers))
        .route("/health/live", routing::get(health::live))
        .route("/health/ready", routing::get(health::ready))
        .merge(page::router())
        .route("/openapi.json", routing::get(openapi::document))
        .merge(docs::router())
        .layer(CompressionLayer::new())
        // Behind the compression, which so costs an open stream nothing.
        .route("/api/flights/search/{id}/stream", routing::get(stream::stream))
        .fallback(|| async { Problem::NoSuchRoute })
        .method_not_allowed_fallback(other_methods);
    if app.clients.are_limited() && !app.clients.proxies().are_none() {
        router =
            router.layer(middleware::from_fn_with_state(Arc::clone(&app.clients), refusals::limit_forwarded));
    }
    let router = router.layer(middleware::from_fn_with_state(Arc::clone(&app), refusals::count));
    with_manners(router, &app).with_state(app)
}

/// What connections past a limit get: the health, and of everything else a word about the limit.
pub(crate) fn reserve(app: Arc<App>) -> Router {
    let router = Router::new()
        .route("/health/live", routing::get(health::live))
        .route("/health/ready", routing::get(health::ready))
        .method_not_allowed_fallback(other_methods)
        .fallback(refusals::past_the_limit);
    with_manners(router, &app).with_state(app)
}

/// Whatever answers, its answer has an id and may be read where that is allowed.
fn with_manners(router: Router<Arc<App>>, app: &App) -> Router<Arc<App>> {
    let no_sniffing =
        SetResponseHeaderLayer::overriding(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // The outermost first.
    let manners = ServiceBuilder::new()
        .layer(middleware::from_fn(request_id::name))
        .layer(no_sniffing)
        .layer(option_layer(cors::layer(&app.config.cors_allowed_origins)))
        .layer(CatchPanicLayer::custom(|_| Problem::Panicked.into_response()));
    router.layer(manners)
}

/// Any method that a route does not have. The router adds `Allow`, which is all there is to say to OPTIONS.
async fn other_methods(method: Method) -> Response {
    if method == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        Problem::MethodNotAllowed.into_response()
    }
}
