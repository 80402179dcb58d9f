//! Bringing feeds and records together.

use broker::{BrokerError, Concluded, Ending, SearchRecord};
use contracts::{
    EndStatus, EpochMillis, SearchId, SupplierReport, SupplierStatus,
    entry::JsonLine,
    outcome::{Details, Outcome},
};

use futures_util::{StreamExt, stream};

use crate::{
    app::App,
    hub::{Feed, Snapshot},
};

/// How many records are read at once.
const LOADED_AT_ONCE: usize = 64;
/// How many milliseconds a worker may be behind the deadline before a gateway steps in.
const LEEWAY_MS: u64 = 500;

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
pub(crate) async fn expire(app: &App, id: SearchId) -> Result<(), BrokerError> {
    let concluded = app
        .broker
        .conclude(id, app.config.common.max_results, None, |outcome, record| {
            with_silent_suppliers(app, outcome, record).because("deadline")
        })
        .await?;
    match concluded {
        Concluded::Now(ended) => log_end(id, &ended.outcome),
        Concluded::Before => {}
        Concluded::Unknown => forget(app, id).await?,
    }
    Ok(())
}

/// The suppliers that were to be asked and have not answered are told as such.
fn with_silent_suppliers(app: &App, mut outcome: Outcome, record: &SearchRecord) -> Outcome {
    let elapsed_ms = outcome.details.elapsed_ms;
    for listing in app.condition.asked(&record.suppliers) {
        if !outcome.details.suppliers.iter().any(|report| report.code == listing.code) {
            let (code, name) = (listing.code, listing.name);
            outcome.details.suppliers.push(SupplierReport {
                code,
                name,
                status: SupplierStatus::Timeout,
                elapsed_ms,
                offers: 0,
            });
        }
    }
    outcome
}

/// Ends a search that somebody follows here although Redis has lost its record.
async fn forget(app: &App, id: SearchId) -> Result<(), BrokerError> {
    let seen = app.hub.feed(id).map_or(0, |feed| feed.known());
    let details = Details {
        total: 0,
        suppliers: Vec::new(),
        first_answer_ms: None,
        elapsed_ms: 0,
        reason: Some("its record was lost".into()),
    };
    let ending = Ending {
        status: EndStatus::Failed,
        results: JsonLine::empty_array(),
        details: JsonLine::of(&details).ok(),
        made_of: None,
        seen,
    };
    app.broker.finish(id, &ending, None).await?;
    tracing::warn!(search_id = %id, "search ended: its record was lost");
    Ok(())
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
        log_end(id, &ended.outcome);
    }
    Ok(Cancellation::Concluded(concluded))
}

fn log_end(id: SearchId, outcome: &Outcome) {
    tracing::info!(
        search_id = %id,
        status = %outcome.status,
        offers = outcome.details.total,
        elapsed_ms = outcome.details.elapsed_ms,
        reason = outcome.details.reason,
        "search ended"
    );
}

/// Searches whose deadline was before this should have ended by now.
pub(crate) fn overdue_before() -> EpochMillis {
    EpochMillis(EpochMillis::now().0.saturating_sub(LEEWAY_MS))
}

/// Whether a search should have ended by now.
pub(crate) fn is_overdue(record: &SearchRecord) -> bool {
    record.end.is_none() && record.deadline.is_some_and(|deadline| deadline < overdue_before())
}
