//! The routes. Handlers know neither Redis commands nor sockets; what goes wrong is a [`Problem`], and one `match`
//! there makes it an answer.

mod api;
mod body;
mod docs;
mod failures;
mod middleware;
mod page;
mod problem;

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderValue, Method, StatusCode, header::X_CONTENT_TYPE_OPTIONS},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use problem::Problem;
use tower::{ServiceBuilder, util::option_layer};
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, set_header::SetResponseHeaderLayer,
};

pub use middleware::cors::AllowedOrigins;

use crate::app::App;
use middleware::{client_limit, cors, refusals, request_id};

/// All routes.
pub(crate) fn router(app: Arc<App>) -> Router {
    let limited = |submit| client_limit::limited(&app, submit);
    let (api, mut document) = api::router(limited).split_for_parts();
    let (streams, of_streams) = api::streams().split_for_parts();
    document.merge(of_streams);
    let mut router = api
        .merge(page::router())
        .merge(docs::router(document))
        .layer(CompressionLayer::new())
        // Behind the compression, which so costs an open stream nothing.
        .merge(streams)
        .fallback(|| async { Problem::NoSuchRoute })
        .method_not_allowed_fallback(other_methods);
    if !app.config.trusted_proxies.networks().is_empty() {
        router = router.layer(from_fn_with_state(Arc::clone(&app), refusals::limit_forwarded));
    }
    let router = router.layer(from_fn_with_state(Arc::clone(&app), refusals::count));
    with_manners(router, &app).with_state(app)
}

/// What connections past a limit get: the health, and of everything else a word about the limit.
pub(crate) fn overflow_router(app: Arc<App>) -> Router {
    let router = api::health().method_not_allowed_fallback(other_methods).fallback(refusals::past_the_limit);
    with_manners(router, &app).with_state(app)
}

/// Whatever answers, its answer has an id and may be read where that is allowed.
fn with_manners(router: Router<Arc<App>>, app: &App) -> Router<Arc<App>> {
    let no_sniffing =
        SetResponseHeaderLayer::overriding(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // The outermost first.
    let manners = ServiceBuilder::new()
        .layer(from_fn(request_id::name))
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
