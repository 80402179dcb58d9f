//! Ends searches whose deadline has passed, so that they end even with no worker alive, and tells who follows them.

use std::{sync::Arc, time::Duration};

use broker::{BrokerError, Ended, Limits, Overdue, Reaper, SearchRecord};
use contracts::SearchId;
use log_throttle::LogThrottle;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::app::App;

const INTERVAL: Duration = Duration::from_millis(250);

pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) {
    let config = &app.config.common;
    let limits = Limits { longest: config.search_deadline_ms, max_results: config.max_results };
    let mut reaper = Reaper::new(app.broker.clone(), limits);
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let throttle = LogThrottle::new(1);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        // While Redis does not answer, the watch logs it.
        if let Err(error) = round(&app, &mut reaper).await
            && app.health.redis_answers()
            && let Some(suppressed) = throttle.allow()
        {
            tracing::warn!(%error, suppressed, "could not end overdue searches, will try again");
        }
    }
}

async fn round(app: &App, reaper: &mut Reaper) -> Result<(), BrokerError> {
    // Redis may have lost all that it knew of those that are followed here.
    let before = app.broker.overdue_before().await?;
    let followed = app.hub.overdue(before).into_iter().map(|(id, deadline, last_seq)| Overdue {
        id,
        deadline: Some(deadline),
        last_seq,
    });
    let asked = |record: &SearchRecord| app.suppliers.selected(&record.suppliers);
    let ended = reaper.round(followed, asked).await?;
    for (id, ended) in &ended {
        if *ended == Ended::Gone {
            close(app, *id);
        }
    }
    // Told at once, whether or not the tail sees the news.
    app.loads.want(ended.into_iter().map(|(id, _)| id).filter(|id| app.hub.feed(*id).is_some()));
    Ok(())
}

/// A search has ended so long ago that its record has expired, and its followers here have not heard of it. If the tail
/// has nothing more to tell either, they are sent away: nobody knows its end any more.
fn close(app: &App, id: SearchId) {
    if app.health.trouble().is_none()
        && let Some(feed) = app.hub.feed(id)
    {
        tracing::warn!(search_id = %id, "a search that is followed here has ended and expired unheard");
        feed.close();
    }
}
