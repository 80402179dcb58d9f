//! The routes. Handlers know neither Redis commands nor sockets. An error is a [`Problem`], and one `match` there turns it
//! into a response.

mod api;
mod body;
mod docs;
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
pub(crate) use problem::Problem;
use tower::{ServiceBuilder, util::option_layer};
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, set_header::SetResponseHeaderLayer,
};

use crate::app::App;
use middleware::{client_limit, cors, measure, refusals, request_id};

/// All routes.
pub(crate) fn router(app: Arc<App>) -> Router {
    let (api, mut document) = api::router(client_limit::limiter(&app)).split_for_parts();
    let (streams, of_streams) = api::streams().split_for_parts();
    document.merge(of_streams);
    let measured = Arc::clone(&app.metrics.compression);
    let compression = ServiceBuilder::new()
        .map_response(move |response: Response<_>| measure::count_compressed(response, &measured))
        .layer(CompressionLayer::new())
        .map_response(measure::note_size);
    let mut router = api
        .merge(page::router())
        .merge(docs::router(document))
        .layer(compression)
        // Streams compress their events once for all clients, and take no memory for it.
        .merge(streams)
        .fallback(|| async { Problem::NoSuchRoute })
        .method_not_allowed_fallback(other_methods);
    if !app.config.trusted_proxies.networks().is_empty() {
        router = router.layer(from_fn_with_state(Arc::clone(&app), refusals::limit_forwarded));
    }
    let router = router.layer(from_fn_with_state(Arc::clone(&app), refusals::count));
    with_common_layers(router, &app).with_state(app)
}

/// The routes for connections past a limit: health probes, and a refusal for everything else.
pub(crate) fn overflow_router(app: Arc<App>) -> Router {
    let router = api::health().method_not_allowed_fallback(other_methods).fallback(refusals::past_the_limit);
    with_common_layers(router, &app).with_state(app)
}

/// Adds what every response has: an id, safe headers, CORS, and a 500 for a panic.
fn with_common_layers(router: Router<Arc<App>>, app: &Arc<App>) -> Router<Arc<App>> {
    let no_sniffing =
        SetResponseHeaderLayer::overriding(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // The outermost first.
    let layers = ServiceBuilder::new()
        .layer(from_fn(request_id::set_request_id))
        .layer(from_fn_with_state(Arc::clone(app), measure::requests))
        .layer(no_sniffing)
        .layer(option_layer(cors::layer(&app.config.cors_allowed_origins)))
        .layer(CatchPanicLayer::custom(|_| Problem::Panicked.into_response()));
    router.layer(layers)
}

/// Any other method. The router adds `Allow`, which is the whole response to OPTIONS.
async fn other_methods(method: Method) -> Response {
    if method == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        Problem::MethodNotAllowed.into_response()
    }
}
