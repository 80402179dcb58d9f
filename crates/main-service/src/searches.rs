//! Bringing feeds and records together.

use broker::{BrokerError, Ended, SearchRecord};
use contracts::{EndStatus, SearchId, outcome::Outcome};

use crate::{
    app::App,
    hub::{Feed, Snapshot},
};

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
        outcome.with_status(EndStatus::Cancelled, "cancelled by the client")
    };
    let max_results = app.config.common.max_results;
    app.broker.end_with_record(id, max_results, None, cancelled).await.map(Cancellation::Ended)
}
