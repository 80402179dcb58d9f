use std::sync::Arc;

use axum::extract::{Path, Query, State, rejection::QueryRejection};
use broker::{Component, EntryId, jobs::MAX_PAGE};
use contracts::operators::{DeadLetter, DeadLetterPage, Replayed};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    path,
    problem::{Answer, Problem, ask},
    state::Console,
};

/// The query of [`list`].
#[derive(Deserialize)]
pub(crate) struct ListQuery {
    /// The entry to continue after, towards older ones.
    before: Option<String>,
    /// The most dead letters, up to 100.
    limit: Option<String>,
}

/// `GET /api/dead-letters`.
pub(crate) async fn list(
    State(console): State<Arc<Console>>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Answer<DeadLetterPage> {
    let Query(query) = query.map_err(|error| Problem::Invalid(error.body_text()))?;
    let before = query.before.map(|entry| parse(&entry)).transpose()?;
    let limit = query.limit.map(|limit| path::parse(&limit, "limit", "20")).transpose()?;
    let read = async { Ok(console.broker.dead_letters(before, limit.unwrap_or(MAX_PAGE)).await?) };
    ask(&console.broker, "Dead letters", read).await
}

/// `GET /api/dead-letters/{entry}`.
pub(crate) async fn show(
    State(console): State<Arc<Console>>,
    Path(entry): Path<String>,
) -> Answer<DeadLetter> {
    let entry = parse(&entry)?;
    let read = async { console.broker.dead_letter(entry).await?.ok_or_else(|| gone(entry)) };
    ask(&console.broker, "Dead letter", read).await
}

/// `POST /api/dead-letters/{entry}/replay`.
pub(crate) async fn replay(
    State(console): State<Arc<Console>>,
    Path(entry): Path<String>,
) -> Answer<Replayed> {
    let entry = parse(&entry)?;
    let broker = &console.broker;
    let replay = async {
        // Redis would stop the script halfway.
        let forbidden = broker.forbidden(Component::Replay).await?;
        if !forbidden.is_empty() {
            return Err(Problem::Forbidden(forbidden));
        }
        let replayed = broker.replay(entry, console.search_time).await?.ok_or_else(|| gone(entry))?;
        tracing::info!(%entry, search_id = %replayed.search_id, is_new = replayed.is_new, "dead letter replayed");
        Ok(replayed)
    };
    let mut answer = ask(broker, "", replay).await?;
    answer.message = if answer.data.is_new {
        "Its search had ended, so this is a new search".into()
    } else {
        "Its search has not ended: it was delivered again".into()
    };
    Ok(answer)
}

/// `DELETE /api/dead-letters/{entry}`.
pub(crate) async fn drop(State(console): State<Arc<Console>>, Path(entry): Path<String>) -> Answer<Value> {
    let entry = parse(&entry)?;
    let drop = async {
        if !console.broker.drop_dead_letter(entry).await? {
            return Err(gone(entry));
        }
        tracing::info!(%entry, "dead letter dropped");
        Ok(json!({ "entry": entry.to_string() }))
    };
    ask(&console.broker, "Dropped", drop).await
}

fn parse(entry: &str) -> Result<EntryId, Problem> {
    path::parse(entry, "entry", path::ENTRY)
}

fn gone(entry: EntryId) -> Problem {
    let message =
        format!("there is no dead letter {entry}: it was replayed or dropped before. Nothing was done");
    Problem::NotFound("no_such_dead_letter", message)
}
