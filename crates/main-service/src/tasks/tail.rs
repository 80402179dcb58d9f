//! Reads the result log and tells the feeds.
//!
//! Whenever it has connected, all open feeds are loaded from their records: what was announced meanwhile, and
//! trimmed perhaps, is there. What the replaced system announced is not: it knows no records, and its ends are taken
//! over from the log. So what had been announced before this gateway came is looked through, too, besides the live
//! news and without haste.

use std::{sync::Arc, time::Duration};

use broker::{Backoff, BrokerError, Ended, Entry, EntryId, History, Tail};
use contracts::{
    SearchId,
    entry::{Fields, InvalidEntry, ResultEntry, StoredEnd},
    names::RESULTS_STREAM,
};
use futures_util::{StreamExt, stream};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::{app::App, hub::Heard};

/// How long a read waits for news; also how long stopping may take.
const BLOCK: Duration = Duration::from_secs(1);
/// How many ends of the replaced system are taken over at once.
const AT_ONCE: usize = 64;

/// The pause between two reads of the past: the log may be long, and Redis has other things to do.
const PAST_PAUSE: Duration = Duration::from_millis(10);

pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) {
    let (begun, begins) = oneshot::channel();
    let look_back = async {
        if let Ok(from) = begins.await {
            stop.run_until_cancelled(look_back(&app, from)).await;
        }
    };
    tokio::join!(follow(&app, &stop, begun), look_back);
}

/// Takes over what the replaced system announced up to this entry, so far as the log still has it.
async fn look_back(app: &App, to: EntryId) {
    let mut history = History::new(app.broker.clone(), to);
    let mut backoff = Backoff::default();
    loop {
        let looked = async {
            let mut entries = history.read().await?;
            let last = entries.last().map(|entry| entry.id);
            entries.retain(|entry| entry.fields.as_ref().is_some_and(ResultEntry::is_foreign_end));
            tell(app, entries).await.map(|()| last)
        };
        match looked.await {
            Ok(None) => return,
            Ok(Some(last)) => {
                history.advance(last);
                backoff.reset();
                tokio::time::sleep(PAST_PAUSE).await;
            }
            Err(error) if error.is_transient() => backoff.pause().await,
            Err(error) => return tracing::warn!(%error, "what was announced before can't be read"),
        }
    }
}

async fn follow(app: &App, stop: &CancellationToken, begun: oneshot::Sender<EntryId>) {
    let mut begun = Some(begun);
    let mut tail = Tail::new(app.broker.clone(), RESULTS_STREAM, BLOCK);
    let mut backoff = Backoff::default();
    // The tail only reads: dropping a read that is under way loses nothing.
    while let Some(batch) = stop.run_until_cancelled(tail.read()).await {
        let told = match batch {
            Ok(batch) if batch.connected => {
                if let Some(begun) = begun.take() {
                    let _ = begun.send(tail.position());
                }
                app.loads.want(app.hub.followed());
                Ok(())
            }
            Ok(batch) => {
                let last = batch.entries.last().map(|entry| entry.id);
                // Before the batch is seen to the tail does not move on: after an error it is given again, and
                // the places of its events remove what has been told already.
                tell(app, batch.entries).await.map(|()| last.into_iter().for_each(|last| tail.advance(last)))
            }
            Err(error) => Err(error),
        };
        if let Err(error) = told {
            app.health.tail_stopped();
            if backoff.should_log() {
                tracing::warn!(%error, "the result tail waits for Redis");
            }
            tail.disconnect();
            stop.run_until_cancelled(backoff.pause()).await;
        } else {
            if backoff.attempts() > 0 {
                tracing::info!("the result tail moves again");
            }
            backoff.reset();
            app.health.tail_moved();
        }
    }
}

/// Tells the feeds what a batch of entries says, and has those loaded that have missed something.
async fn tell(app: &App, entries: Vec<Entry>) -> Result<(), BrokerError> {
    let mut gaps = Vec::new();
    let mut foreign = Vec::new();
    for Entry { id: entry, fields } in entries {
        let Some(fields) = fields else { continue };
        match hear(app, fields) {
            Ok(Told::Yes) => {}
            Ok(Told::Gap(id)) => gaps.push(id),
            Ok(Told::Foreign(id, end)) => foreign.push((id, end)),
            Err(error) => tracing::warn!(%entry, %error, "a malformed entry in the result log is passed by"),
        }
    }
    let mut adoptions = stream::iter(foreign).map(|(id, end)| adopt(app, id, end)).buffer_unordered(AT_ONCE);
    while let Some(adopted) = adoptions.next().await {
        match adopted {
            Ok(gap) => gaps.extend(gap),
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => tracing::warn!(%error, "an end announced by another system can't be stored"),
        }
    }
    app.loads.want(gaps);
    Ok(())
}

/// What became of an entry.
enum Told {
    Yes,
    Gap(SearchId),
    Foreign(SearchId, StoredEnd),
}

fn hear(app: &App, fields: Fields) -> Result<Told, InvalidEntry> {
    let id = ResultEntry::search_id(&fields)?;
    let feed = app.hub.feed(id);
    if feed.is_none() && !ResultEntry::is_foreign_end(&fields) {
        return Ok(Told::Yes);
    }
    let heard = match (feed, ResultEntry::decode(fields)?) {
        (_, ResultEntry::End { seq: None, end }) => return Ok(Told::Foreign(id, end)),
        (Some(feed), ResultEntry::End { seq: Some(seq), end }) => feed.hear_end(id, seq, &end),
        (Some(feed), ResultEntry::Answer(answer)) => feed.hear_answer(id, &answer),
        (None, _) => Heard::Yes,
    };
    Ok(if heard == Heard::Gap { Told::Gap(id) } else { Told::Yes })
}

/// Takes over an end that the replaced system announced. Tells if the feed must be loaded, because the search had
/// ended before, perhaps otherwise.
async fn adopt(app: &App, id: SearchId, end: StoredEnd) -> Result<Option<SearchId>, BrokerError> {
    let ended = app.broker.end_as_announced(id, &end).await?;
    let Some(feed) = app.hub.feed(id) else { return Ok(None) };
    let heard = match ended {
        Ended::Now { seq } => feed.hear_end(id, seq, &end),
        Ended::Before | Ended::Gone | Ended::NotOwner => Heard::Gap,
    };
    Ok((heard == Heard::Gap).then_some(id))
}
