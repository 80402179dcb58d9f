//! Bringing feeds and records together.

use broker::{BrokerError, Ended, SearchRecord};
use contracts::{EndStatus, SearchId, outcome::Outcome};
use futures_util::{StreamExt, stream};

use crate::{
    app::App,
    hub::{Feed, Snapshot},
};

/// How many records are read at once.
const LOADED_AT_ONCE: usize = 64;

/// Loads a feed from its search's record, which is returned: `None` if there is none.
pub(crate) async fn load(app: &App, id: SearchId, feed: &Feed) -> Result<Option<SearchRecord>, BrokerError> {
    let need = feed.need();
    let record = app.broker.read(id).await?;
    match &record {
        Some(record) => feed.load(id, need, &snapshot(record)),
        None => feed.lost(),
    }
    Ok(record)
}

/// Loads the feeds of these searches, so far as they are still followed. A record that can't be read at all holds
/// up nobody else's.
pub(crate) async fn load_all(app: &App, ids: Vec<SearchId>) -> Result<(), BrokerError> {
    let loads = stream::iter(ids).map(|id| async move {
        let Some(feed) = app.hub.feed(id) else { return Ok(()) };
        match load(app, id, &feed).await {
            Err(error) if !error.is_passing() => {
                tracing::error!(search_id = %id, %error, "the record of a followed search can't be read");
                Ok(())
            }
            loaded => loaded.map(drop),
        }
    });
    loads.buffer_unordered(LOADED_AT_ONCE).fold(Ok(()), async |all, one| all.and(one)).await
}

fn snapshot(record: &SearchRecord) -> Snapshot {
    Snapshot {
        answers: record.answers.iter().map(|(_, answer)| answer.clone()).collect(),
        end: record.end.clone().map(|end| (record.seq, end)),
        deadline: record.deadline,
    }
}

/// What became of a search that a client wants no more.
#[derive(Debug)]
pub(crate) enum Cancellation {
    /// It goes on for the clients that share it, this many.
    GoesOn(u64),
    /// Nobody else wanted it.
    Ended(Ended),
}

/// Ends a search at its client's wish, if no other client was given it.
pub(crate) async fn cancel(app: &App, id: SearchId) -> Result<Cancellation, BrokerError> {
    let others = app.broker.release(id).await?;
    if others > 0 {
        tracing::info!(search_id = %id, others, "a client has left a shared search");
        return Ok(Cancellation::GoesOn(others));
    }
    let cancelled = |outcome: Outcome, _: &SearchRecord| {
        outcome.ended_as(EndStatus::Cancelled, "cancelled by the client")
    };
    let max_results = app.config.common.max_results;
    app.broker.end_with_record(id, max_results, None, cancelled).await.map(Cancellation::Ended)
}
