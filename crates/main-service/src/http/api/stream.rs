//! `GET /api/flights/search/{id}/stream`: the events of a search as they come.
//!
//! A client that connects late, again, or through another gateway receives the same events as one that was there from
//! the start, beginning after the event it names by `Last-Event-ID`. A client that already has the terminal event gets
//! 204, which stops an `EventSource` for good.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use contracts::{FieldError, SearchId};
use serde::Deserialize;
use sse_server::Coding;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

use super::path::SearchPath;
use crate::http::docs::failures::{failures, malformed_id};
use crate::http::{
    docs::openapi::{PARTIALS_EXAMPLE, StreamEvent, TERMINAL_EXAMPLE},
    problem::Problem,
};
use crate::{app::App, follow, hub::Subscription, searches};

/// How long opening a stream waits for Redis before the stream is opened without it.
const LOAD_TIMEOUT: Duration = Duration::from_millis(1500);

/// The query parameters.
#[derive(Deserialize)]
pub(super) struct Options {
    partials: Option<String>,
    last_event_id: Option<String>,
}

/// The schema of `partials`.
struct Partials;

impl utoipa::ToSchema for Partials {}

impl utoipa::PartialSchema for Partials {
    fn schema() -> RefOr<Schema> {
        let values = ["true", "1", "", "false", "0"];
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(values)).build().into()
    }
}

/// Follows a search
///
/// The response is a stream of Server-Sent Events, for `EventSource` or any other client. By default it has exactly one
/// event with data, the terminal event, and then ends. That event is unnamed (`EventSource.onmessage` receives it), and
/// its data is a `TerminalEvent`. With `partials=true`, an event named `partial` precedes it for each supplier that
/// answers; its data is a `PartialEvent`.
///
/// Each event's id is its sequence number within the search. A client that reconnects with the last id it received, as
/// `Last-Event-ID` like `EventSource` or as `last_event_id`, gets only the events after it, from any gateway. If it
/// already has the terminal event, it gets 204, which stops an `EventSource` for good.
///
/// Comments keep the connection open, and `retry:` says when to reconnect if it breaks.
///
/// The stream is compressed (`Content-Encoding: gzip`) if `Accept-Encoding` names `gzip`. Each event can be read as soon as its bytes have arrived.
#[utoipa::path(
    get,
    path = "/api/flights/search/{id}/stream",
    operation_id = "stream",
    tag = "searches",
    params(
        ("id" = SearchId, Path, description = "The search's id."),
        ("partials" = inline(Option<Partials>), Query, description = "Whether to send each supplier's answer as a partial event."),
        ("last_event_id" = Option<String>, Query, description = "Like the header, for clients that can't set \
            one. An invalid value is ignored.", example = "3"),
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event received.",
            example = "3"),
    ),
    responses(
        (
            status = 200,
            description = "The events. The schema describes each one.",
            content_type = "text/event-stream",
            body = StreamEvent,
            headers(("vary" = String, description = "Contains `accept-encoding`.")),
            examples(
                ("terminal event only" = (value = json!(TERMINAL_EXAMPLE))),
                ("with partials" = (value = json!(PARTIALS_EXAMPLE))),
            ),
        ),
        (status = 204, description = "The client already has the terminal event."),
        StreamFailures,
    ),
)]
pub(super) async fn stream(
    State(app): State<Arc<App>>,
    SearchPath(id): SearchPath,
    query: Result<Query<Options>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Query(options) = query.map_err(|rejection| Problem::Query(rejection.body_text()))?;
    let partials = flag("partials", options.partials.as_deref())?;
    let header = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    // After an invalid value, all events are sent.
    let after =
        header.or(options.last_event_id.as_deref()).and_then(|text| text.trim().parse().ok()).unwrap_or(0);

    let limit = match app.config.max_streams_per_search {
        0 => usize::MAX,
        limit => limit,
    };
    let subscription = app.hub.try_join(id, partials, after, limit).ok_or(Problem::TooManyStreams)?;
    if subscription.feed().needs_loading() {
        load(&app, id, &subscription).await?;
    }
    if subscription.is_at_end() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let coding = Coding::preferred(&headers);
    tracing::debug!(search_id = %id, partials, after, coding = coding.as_str(), "stream opened");
    let (deadline, delivered) = (app.config.common.search_deadline_ms, Arc::clone(&app.metrics.delivered));
    Ok(follow::event_stream(subscription, coding, deadline, delivered).into_response())
}

/// Loads the feed, so that an unknown search gets a 404 instead of a silent stream.
///
/// If Redis does not answer, the stream opens anyway, and its events follow when Redis is back: an `EventSource` gives
/// up for good on any status but 200.
async fn load(app: &App, id: SearchId, subscription: &Subscription) -> Result<(), Problem> {
    match tokio::time::timeout(LOAD_TIMEOUT, searches::load(app, id, subscription.feed())).await {
        Ok(Ok(Some(_))) => Ok(()),
        Ok(Ok(None)) => Err(Problem::UnknownSearch),
        Ok(Err(error)) if !error.is_transient() => Err(error.into()),
        Ok(Err(_)) | Err(_) => {
            tracing::warn!(search_id = %id, "a stream opens without Redis");
            app.loads.queue([id]);
            Ok(())
        }
    }
}

fn flag(name: &str, value: Option<&str>) -> Result<bool, Problem> {
    match value {
        None | Some("false" | "0") => Ok(false),
        Some("true" | "1" | "") => Ok(true),
        Some(_) => Err(Problem::Fields(vec![FieldError::new(name, "must be true or false")])),
    }
}

failures! {
    /// The failures of opening a stream, which works without Redis.
    StreamFailures: [
        malformed_id(),
        Problem::Query("Failed to deserialize query string: duplicate field `partials`".into()),
        Problem::UnknownSearch,
        Problem::TooManyStreams,
        Problem::TooManyFromClient,
        Problem::TooManyConnections,
        Problem::Panicked,
    ];
}
