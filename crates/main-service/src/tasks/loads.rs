//! Loads feeds from their records. The tail queues them after it connects and when events are missing, as do the watch,
//! the deadlines task, and streams that open without Redis.
//!
//! Records may be large and the link to Redis slow, so loading must not delay those tasks. A record that can't be read is
//! retried without delaying the others.

use std::{sync::Arc, time::Duration};

use broker::Backoff;
use contracts::SearchId;
use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio_util::sync::CancellationToken;

use crate::{app::App, searches};

/// How many records are read concurrently.
const AT_ONCE: usize = 64;
/// How often to check whether Redis answers, while it does not.
const POLL: Duration = Duration::from_millis(100);

pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) {
    stop.run_until_cancelled(load_all(&app)).await;
}

async fn load_all(app: &App) {
    let mut loading = FuturesUnordered::new();
    // Failed loads, each waiting for its next attempt.
    let mut waiting = FuturesUnordered::new();
    // Loads to retry now.
    let mut again = Vec::new();
    loop {
        while loading.len() < AT_ONCE
            && let Some((id, backoff)) = again.pop().or_else(|| Some((app.loads.next()?, Backoff::default())))
        {
            loading.push(load(app, id, backoff));
        }
        tokio::select! {
            Some(failed) = loading.next() => waiting.extend(failed.map(pause)),
            Some(load) = waiting.next() => again.push(load),
            () = app.loads.added() => {}
        }
    }
}

/// Loads a feed if it is still followed. Returns it if the load is to be retried.
async fn load(app: &App, id: SearchId, backoff: Backoff) -> Option<(SearchId, Backoff)> {
    // An outage of Redis does not count as a failure of the record.
    while !app.health.redis_answers() {
        tokio::time::sleep(POLL).await;
    }
    let feed = app.hub.feed(id)?;
    match searches::load(app, id, &feed).await {
        Ok(_) => None,
        Err(error) if error.is_transient() => {
            if backoff.attempts() == 0 {
                tracing::debug!(search_id = %id, %error, "could not read the record of a followed search, will try again");
            }
            Some((id, backoff))
        }
        Err(error) => {
            tracing::error!(search_id = %id, %error, "the record of a followed search can't be read");
            None
        }
    }
}

async fn pause((id, mut backoff): (SearchId, Backoff)) -> (SearchId, Backoff) {
    backoff.pause().await;
    (id, backoff)
}
