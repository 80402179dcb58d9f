//! Bringing feeds and records together.

use broker::{BrokerError, Concluded, SearchRecord, overdue::Overdue};
use contracts::{EndStatus, SearchId};
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

/// Ends a search whose deadline has passed with what has come by then. Workers do that too, and earlier; this is
/// for when there is none.
pub(crate) async fn expire(app: &App, id: SearchId, record: &SearchRecord) -> Result<(), BrokerError> {
    let overdue = Overdue { id, deadline: record.deadline, seen: record.seq };
    let asked = |record: &SearchRecord| app.condition.asked(&record.suppliers);
    app.broker.expire(overdue, app.config.common.max_results, asked).await.map(drop)
}

/// Ends a search at its client's wish.
pub(crate) async fn cancel(app: &App, id: SearchId) -> Result<Concluded, BrokerError> {
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
    Ok(concluded)
}

/// Whether a search should have ended by now.
pub(crate) async fn is_overdue(app: &App, record: &SearchRecord) -> Result<bool, BrokerError> {
    let (None, Some(deadline)) = (&record.end, record.deadline) else { return Ok(false) };
    Ok(deadline < app.broker.overdue_before().await?)
}
