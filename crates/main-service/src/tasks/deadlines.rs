//! Ends searches past their deadline, so that they end even with no worker alive, and updates their subscribers.

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
    // Redis may have lost the followed searches.
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
    // At once, even if the tail does not read the entries.
    app.loads.queue(ended.into_iter().map(|(id, _)| id).filter(|id| app.hub.feed(*id).is_some()));
    Ok(())
}

/// Closes the feed of a search that ended so long ago that its record has expired, without its subscribers here receiving
/// the end. If the tail is up to date, the end is lost for them, so they must reconnect.
fn close(app: &App, id: SearchId) {
    if app.health.problem().is_none()
        && let Some(feed) = app.hub.feed(id)
    {
        tracing::warn!(search_id = %id, "a followed search has ended and expired before its subscribers received the end");
        feed.close();
    }
}
