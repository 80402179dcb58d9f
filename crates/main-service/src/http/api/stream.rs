//! `GET /api/flights/search/{id}/stream`: the events of a search as they come.
//!
//! Whoever comes late, again, or through another gateway hears the same story as one who was there from the start,
//! from behind the event it names by `Last-Event-ID`. One that has had the terminal event gets 204, which ends an
//! `EventSource` for good.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use contracts::{FieldError, SearchId};
use serde::Deserialize;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

use super::path::SearchPath;
use crate::http::failures::{failures, malformed_id};
use crate::http::{
    Problem,
    docs::openapi::{PARTIALS_EXAMPLE, StreamEvent, TERMINAL_EXAMPLE},
};
use crate::{app::App, follow, hub::Subscription, searches};

/// How long opening a stream waits for Redis before the stream is opened without it.
const PATIENCE: Duration = Duration::from_millis(1500);

/// What a client may ask for in the query.
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
/// The answer is a stream of Server-Sent Events, for `EventSource` or any other reader of such. Without options it has
/// exactly one event with data, the terminal one, and then ends. It is unnamed (`EventSource.onmessage` gets it), and
/// its data is a `TerminalEvent`. With `partials=true` an event named `partial` comes before it for each supplier as
/// it answers, its data a `PartialEvent`.
///
/// Each event's id is its place in the search's story. A reader that comes back with the last id it saw, by
/// `Last-Event-ID` as `EventSource` does or by `last_event_id`, gets only what came after it, from any gateway. One
/// that has had the terminal event gets 204, which ends an `EventSource` for good.
///
/// Comments keep the connection open, and `retry:` says when to come back if it breaks.
#[utoipa::path(
    get,
    path = "/api/flights/search/{id}/stream",
    operation_id = "stream",
    tag = "searches",
    params(
        ("id" = SearchId, Path, description = "The search's id."),
        ("partials" = inline(Option<Partials>), Query, description = "Whether to tell each supplier's answer, too."),
        ("last_event_id" = Option<String>, Query, description = "As the header, for readers that can't set one. \
            What is no place in the story counts as none.", example = "3"),
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was seen.",
            example = "3"),
    ),
    responses(
        (
            status = 200,
            description = "The events follow. The schema is of each of them.",
            content_type = "text/event-stream",
            body = StreamEvent,
            examples(
                ("terminal event only" = (value = json!(TERMINAL_EXAMPLE))),
                ("with partials" = (value = json!(PARTIALS_EXAMPLE))),
            ),
        ),
        (status = 204, description = "The terminal event has been seen already."),
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
    // A value that is no place in the story can't be continued from: the whole story is told.
    let after =
        header.or(options.last_event_id.as_deref()).and_then(|text| text.trim().parse().ok()).unwrap_or(0);

    let limit = app.config.max_streams_per_search;
    if limit > 0 && app.hub.followers(id) >= limit {
        return Err(Problem::TooManyStreams);
    }
    let subscription = app.hub.join(id, partials, after);
    if subscription.feed().needs_loading() {
        load(&app, id, &subscription).await?;
    }
    if subscription.is_at_end() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    tracing::debug!(search_id = %id, partials, after, "stream opened");
    Ok(follow::event_stream(subscription, app.config.common.search_deadline_ms).into_response())
}

/// Loads the feed, so that an unknown search is told by 404 and not by silence.
///
/// If Redis can't be asked now, the stream opens all the same and is told its story when Redis is back: an
/// `EventSource` that sees any status but 200 gives up for good.
async fn load(app: &App, id: SearchId, subscription: &Subscription) -> Result<(), Problem> {
    match tokio::time::timeout(PATIENCE, searches::load(app, id, subscription.feed())).await {
        Ok(Ok(Some(_))) => Ok(()),
        Ok(Ok(None)) => Err(Problem::UnknownSearch),
        Ok(Err(error)) if !error.is_transient() => Err(error.into()),
        Ok(Err(_)) | Err(_) => {
            tracing::warn!(search_id = %id, "a stream opens without Redis");
            app.loads.want([id]);
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
    /// Of opening a stream: it opens without Redis, too.
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
