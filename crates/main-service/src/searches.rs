//! Bringing feeds and records together.

use broker::{BrokerError, Concluded, SearchRecord, overdue::Overdue};
use contracts::{EndStatus, SearchId};

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

/// Ends a search whose deadline has passed with what has come by then. Workers do that too, and earlier; this is
/// for when there is none.
pub(crate) async fn expire(app: &App, id: SearchId, record: &SearchRecord) -> Result<(), BrokerError> {
    let overdue = Overdue { id, deadline: record.deadline, seen: record.seq };
    let asked = |record: &SearchRecord| app.condition.asked(&record.suppliers);
    app.broker.expire(overdue, app.config.common.max_results, asked).await.map(drop)
}

/// What became of a search that a client wants no more.
#[derive(Debug)]
pub(crate) enum Cancellation {
    /// It goes on for the clients that share it, this many.
    GoesOn(u64),
    /// Nobody else wanted it.
    Concluded(Concluded),
}

/// Ends a search at its client's wish, if no other client was given it.
pub(crate) async fn cancel(app: &App, id: SearchId) -> Result<Cancellation, BrokerError> {
    let others = app.broker.release(id).await?;
    if others > 0 {
        tracing::info!(search_id = %id, others, "a client has left a shared search");
        return Ok(Cancellation::GoesOn(others));
    }
    let max_results = app.config.common.max_results;
    let concluded = app
        .broker
        .conclude(id, max_results, None, |outcome, _| {
            outcome.ended_as(EndStatus::Cancelled, "cancelled by the client")
        })
        .await?;
    if let Concluded::Now(ended) = &concluded {
        ended.log(id);
    }
    Ok(Cancellation::Concluded(concluded))
}

/// Whether a search should have ended by now.
pub(crate) async fn is_overdue(app: &App, record: &SearchRecord) -> Result<bool, BrokerError> {
    let (None, Some(deadline)) = (&record.end, record.deadline) else { return Ok(false) };
    Ok(deadline < app.broker.overdue_before().await?)
}
