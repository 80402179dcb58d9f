use std::{sync::Arc, time::Duration};

use axum::extract::{Path, Query, State, rejection::QueryRejection};
use broker::{Broker, BrokerError, Component, EntryId, jobs::MAX_PAGE};
use contracts::operators::{DeadLetter, DeadLetterPage, Replayed};
use serde::Deserialize;
use serde_json::{Value, json};
use service::Lifecycle;
use tokio::sync::oneshot;

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
    let Console { broker, search_time, lifecycle, .. } = &*console;
    let (task_broker, time) = (broker.clone(), *search_time);
    let replay = to_its_end(lifecycle, async move {
        let replayed = replay_one(&task_broker, entry, time).await;
        match &replayed {
            Ok(Replayed { search_id, is_new, .. }) => {
                tracing::info!(%entry, %search_id, is_new, "dead letter replayed");
            }
            Err(problem) => log_failure(entry, problem, "the replay of a dead letter failed"),
        }
        replayed
    });
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
    let broker = console.broker.clone();
    let drop = to_its_end(&console.lifecycle, async move {
        let dropped = match broker.drop_dead_letter(entry).await {
            Ok(true) => Ok(json!({ "entry": entry.to_string() })),
            Ok(false) => Err(gone(entry)),
            Err(error) => Err(error.into()),
        };
        match &dropped {
            Ok(_) => tracing::info!(%entry, "dead letter dropped"),
            Err(problem) => log_failure(entry, problem, "the drop of a dead letter failed"),
        }
        dropped
    });
    ask(&console.broker, "Dropped", drop).await
}

async fn replay_one(broker: &Broker, entry: EntryId, time: Duration) -> Result<Replayed, Problem> {
    // Redis would stop the script halfway.
    let forbidden = broker.forbidden(Component::Replay).await?;
    if !forbidden.is_empty() {
        return Err(Problem::Forbidden(forbidden));
    }
    broker.replay(entry, time).await?.ok_or_else(|| gone(entry))
}

/// Runs `task` to its end, even if nobody waits for the response any more: then only the log has the outcome.
async fn to_its_end<T: Send + 'static>(
    lifecycle: &Lifecycle,
    task: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    let (sender, receiver) = oneshot::channel();
    lifecycle.spawn(async move {
        // Fails if the client has gone.
        let _ = sender.send(task.await);
    });
    // The task sends unless it panics; then nobody knows what was done.
    receiver.await.unwrap_or(Err(Problem::Redis(BrokerError::TimedOut)))
}

fn log_failure(entry: EntryId, problem: &Problem, what: &'static str) {
    let (code, error) = problem.notice();
    tracing::info!(%entry, code, error, "{what}");
}

fn parse(entry: &str) -> Result<EntryId, Problem> {
    path::parse(entry, "entry", path::ENTRY)
}

fn gone(entry: EntryId) -> Problem {
    let message =
        format!("there is no dead letter {entry}: it was replayed or dropped before. Nothing was done");
    Problem::NotFound("no_such_dead_letter", message)
}
