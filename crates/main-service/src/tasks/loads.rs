//! Loads feeds from their records, for all who notice that one has to be: the tail after it has connected and where
//! news are missing, the watch, the deadlines, streams that were opened without Redis.
//!
//! Records may be large, and the way to Redis thin. So this takes its time beside those tasks, which tell meanwhile how
//! Redis is; and a record that can't be read now is tried again without others waiting for it.

use std::{sync::Arc, time::Duration};

use broker::Backoff;
use contracts::SearchId;
use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio_util::sync::CancellationToken;

use crate::{app::App, searches};

/// How many records are read at once.
const AT_ONCE: usize = 64;
/// How often it is looked whether Redis answers, while it does not.
const LOOK: Duration = Duration::from_millis(100);

pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) {
    stop.run_until_cancelled(load_on_and_on(&app)).await;
}

async fn load_on_and_on(app: &App) {
    let mut loading = FuturesUnordered::new();
    // Those that failed, each waiting for its next attempt.
    let mut resting = FuturesUnordered::new();
    // Those whose rest is over.
    let mut again = Vec::new();
    loop {
        while loading.len() < AT_ONCE
            && let Some((id, backoff)) = again.pop().or_else(|| Some((app.loads.next()?, Backoff::default())))
        {
            loading.push(load(app, id, backoff));
        }
        tokio::select! {
            Some(failed) = loading.next() => resting.extend(failed.map(rest)),
            Some(rested) = resting.next() => again.push(rested),
            () = app.loads.more() => {}
        }
    }
}

/// Loads a feed, if it is still followed. Gives it back if that is to be tried again.
async fn load(app: &App, id: SearchId, backoff: Backoff) -> Option<(SearchId, Backoff)> {
    // That Redis is away counts against no record.
    while !app.health.redis_answers() {
        tokio::time::sleep(LOOK).await;
    }
    let feed = app.hub.feed(id)?;
    match searches::load(app, id, &feed).await {
        Ok(_) => None,
        Err(error) if error.is_transient() => {
            if backoff.attempts() == 0 {
                tracing::debug!(search_id = %id, %error, "a followed search's record is read again later");
            }
            Some((id, backoff))
        }
        Err(error) => {
            tracing::error!(search_id = %id, %error, "the record of a followed search can't be read");
            None
        }
    }
}

async fn rest((id, mut backoff): (SearchId, Backoff)) -> (SearchId, Backoff) {
    backoff.pause().await;
    (id, backoff)
}
