//! Ends followed searches whose deadline has passed, so that they end even with no worker alive.

use std::{sync::Arc, time::Duration};

use contracts::{EpochMillis, SearchId};
use futures_util::{StreamExt, stream};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::{app::App, searches};

const INTERVAL: Duration = Duration::from_millis(250);
/// How far a worker may be behind the deadline before a gateway steps in.
const LEEWAY: Duration = Duration::from_millis(500);
/// How many searches are ended at once.
const AT_ONCE: usize = 64;

pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        let now =
            EpochMillis(EpochMillis::now().0.saturating_sub(LEEWAY.as_millis().try_into().unwrap_or(0)));
        let overdue = app.hub.overdue(now);
        if !overdue.is_empty() {
            stream::iter(overdue).for_each_concurrent(AT_ONCE, |id| expire(&app, id)).await;
        }
    }
}

async fn expire(app: &App, id: SearchId) {
    let ended = async {
        searches::expire(app, id).await?;
        // Told at once, whether or not the tail sees the news.
        searches::load_all(app, vec![id]).await
    };
    if let Err(error) = ended.await {
        tracing::warn!(search_id = %id, %error, "an overdue search could not be ended; trying again");
    }
}
