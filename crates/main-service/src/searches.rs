//! Loads feeds from records, and cancels searches.

use broker::{BrokerError, Ended, SearchRecord};
use contracts::{EndStatus, SearchId, outcome::Outcome};

use crate::{
    app::App,
    hub::{Feed, LoadedRecord},
    spans,
};

/// Loads a feed from its search's record, and returns the record, without answers that the feed has or does not want;
/// `None` if there is none.
pub(crate) async fn load(app: &App, id: SearchId, feed: &Feed) -> Result<Option<SearchRecord>, BrokerError> {
    let need = feed.need();
    let record = app.broker.read_after(id, need.after()).await?;
    match &record {
        Some(record) => feed.load(id, need, &loaded(app, record)),
        None => feed.lost(),
    }
    Ok(record)
}

fn loaded(app: &App, record: &SearchRecord) -> LoadedRecord {
    LoadedRecord {
        seq: record.seq,
        answers: record.answers.iter().map(|(_, answer)| answer.clone()).collect(),
        end: record.end.clone().map(|end| (record.seq, end)),
        deadline: record.deadline,
        trace: spans::of_record(app, record.trace.as_ref()),
    }
}

/// The result of a cancellation.
#[derive(Debug)]
pub(crate) enum Cancellation {
    /// The search continues for this many other clients.
    GoesOn(u64),
    /// No other client shares it.
    Ended(Ended),
}

/// Cancels a search for one client, and ends it if no other client shares it.
pub(crate) async fn cancel(app: &App, id: SearchId) -> Result<Cancellation, BrokerError> {
    let others = app.broker.release(id).await?;
    if others > 0 {
        tracing::info!(search_id = %id, others, "a client has left a shared search");
        return Ok(Cancellation::GoesOn(others));
    }
    let cancelled = |outcome: Outcome, record: &SearchRecord| {
        let asked = app.suppliers.selected(&record.suppliers);
        outcome
            .with_status(EndStatus::Cancelled, "cancelled by the client")
            .with_unanswered(asked, Some("the search was cancelled"))
    };
    let max_results = app.config.common.max_results;
    app.broker.end_with_record(id, max_results, None, cancelled).await.map(Cancellation::Ended)
}
