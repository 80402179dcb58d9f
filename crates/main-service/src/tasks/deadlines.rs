//! Ends followed searches whose deadline has passed, so that they end even with no worker alive.

use std::{sync::Arc, time::Duration};

use broker::BrokerError;
use contracts::SearchId;
use futures_util::{StreamExt, stream};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::{app::App, searches};

const INTERVAL: Duration = Duration::from_millis(250);
/// How many searches are ended at once.
const AT_ONCE: usize = 64;

pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        if app.condition.redis_answers() {
            expire_all(&app, app.hub.overdue(searches::overdue_before())).await;
        }
    }
}

async fn expire_all(app: &App, overdue: Vec<SearchId>) {
    let attempts = stream::iter(overdue).map(|id| expire(app, id)).buffer_unordered(AT_ONCE);
    let failures: Vec<_> = attempts.filter_map(async |ended| ended.err()).collect().await;
    // One line for all: while Redis is in trouble there may be thousands of them.
    if let Some(error) = failures.first() {
        tracing::warn!(searches = failures.len(), %error, "overdue searches could not be ended; trying again");
    }
}

async fn expire(app: &App, id: SearchId) -> Result<(), BrokerError> {
    searches::expire(app, id).await?;
    // Told at once, whether or not the tail sees the news.
    searches::load_all(app, vec![id]).await
}
