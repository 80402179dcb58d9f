//! Reads the result log and passes its entries to the feeds.
//!
//! Long offers are only in the records, and are read there if a feed wants them.
//!
//! After each connection, all open feeds are loaded from their records, which have what was announced meanwhile, even if
//! it was trimmed. The replaced system writes no records, so its ends are only in the log: a new gateway also reads the
//! earlier entries of the log, in the background.

use std::{collections::HashMap, sync::Arc, time::Duration};

use broker::{Backoff, BrokerError, Ended, Entry, EntryId, History, Tail};
use contracts::{
    SearchId,
    entry::{Fields, InRecord, InvalidEntry, ResultEntry, StoredEnd},
    names::{RESULTS_STREAM, field},
};
use futures_util::{StreamExt, stream};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use traces::Span;

use crate::{
    app::App,
    hub::{Applied, Feed},
    spans,
};

/// How long a read waits for entries. It also delays shutdown.
const BLOCK: Duration = Duration::from_secs(1);
/// How many ends of the replaced system are stored concurrently.
const AT_ONCE: usize = 64;

/// The pause between two reads of earlier entries: the log may be long, and Redis has other work.
const HISTORY_PAUSE: Duration = Duration::from_millis(10);

pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) {
    let (connected, position) = oneshot::channel();
    let read_history = async {
        if let Ok(position) = position.await {
            stop.run_until_cancelled(read_history(&app, position)).await;
        }
    };
    tokio::join!(follow(&app, &stop, connected), read_history);
}

/// Stores the ends that the replaced system announced before this gateway started, as far as the log still has them.
async fn read_history(app: &App, to: EntryId) {
    let mut history = History::new(app.broker.clone(), to);
    let mut backoff = Backoff::default();
    loop {
        let batch = async {
            let mut entries = history.read().await?;
            let last = entries.last().map(|entry| entry.id);
            entries.retain(|entry| entry.fields.as_ref().is_some_and(ResultEntry::is_foreign_end));
            dispatch(app, entries, HashMap::new()).await.map(|()| last)
        };
        match batch.await {
            Ok(None) => return,
            Ok(Some(last)) => {
                history.advance(last);
                backoff.reset();
                tokio::time::sleep(HISTORY_PAUSE).await;
            }
            Err(error) if error.is_transient() => backoff.pause().await,
            Err(error) => return tracing::warn!(%error, "earlier entries of the result log can't be read"),
        }
    }
}

async fn follow(app: &App, stop: &CancellationToken, connected: oneshot::Sender<EntryId>) {
    let mut connected = Some(connected);
    let mut tail = Tail::new(app.broker.clone(), RESULTS_STREAM, BLOCK);
    let mut backoff = Backoff::default();
    // A tail only reads, so a cancelled read loses nothing.
    while let Some(batch) = stop.run_until_cancelled(tail.read()).await {
        // Connecting alone does not end an outage: only a read does.
        let is_over = batch.as_ref().is_ok_and(|batch| !batch.connected || backoff.attempts() == 0);
        let result = match batch {
            Ok(batch) if batch.connected => {
                if let Some(connected) = connected.take() {
                    let _ = connected.send(tail.position());
                }
                app.loads.queue(app.hub.followed());
                Ok(())
            }
            Ok(batch) => {
                let Some(passed) = pass_batch(app, stop, &mut tail, batch.entries).await else { return };
                passed
            }
            Err(error) => Err(error),
        };
        if let Err(error) = result {
            app.health.tail_stopped();
            if backoff.should_log() {
                tracing::warn!(%error, "the result tail waits for Redis");
            }
            tail.disconnect();
            stop.run_until_cancelled(backoff.pause()).await;
        } else if is_over {
            if backoff.attempts() > 0 {
                tracing::info!("the result tail reads again");
            }
            backoff.reset();
            app.health.tail_moved();
        }
    }
}

/// Passes a batch to the feeds and advances the tail. After an error the batch is read again; sequence numbers remove
/// duplicates. `None` if the gateway stops meanwhile.
async fn pass_batch(
    app: &App,
    stop: &CancellationToken,
    tail: &mut Tail,
    entries: Vec<Entry>,
) -> Option<Result<(), BrokerError>> {
    let last = entries.last().map(|entry| entry.id);
    // A slow link must not delay a stop.
    let found = match stop.run_until_cancelled(read_records(app, tail, &entries)).await? {
        Ok(found) => found,
        Err(error) => return Some(Err(error)),
    };
    let dispatched = dispatch(app, entries, found).await;
    if let (Ok(()), Some(last)) = (&dispatched, last) {
        tail.advance(last);
    }
    Some(dispatched)
}

/// What records have of events that the log only announces, by the event's entry.
type Found = HashMap<EntryId, (InRecord, Fields)>;

/// Reads the events of a batch that only records have, as far as feeds want them.
async fn read_records(app: &App, tail: &mut Tail, entries: &[Entry]) -> Result<Found, BrokerError> {
    let wanted =
        entries.iter().filter_map(|Entry { id, fields }| Some((*id, wanted(app, fields.as_ref()?)?)));
    let (entries, wanted): (Vec<EntryId>, Vec<_>) = wanted.unzip();
    let found = tail.read_records(&wanted).await?;
    let events = wanted.into_iter().map(|(_, event)| event);
    Ok(entries.into_iter().zip(events.zip(found)).collect())
}

/// The event of an entry, if only the record has it and a feed wants it. What is malformed is reported later.
fn wanted(app: &App, fields: &Fields) -> Option<(SearchId, InRecord)> {
    fields.get(field::IN_RECORD)?;
    let id = ResultEntry::search_id(fields).ok()?;
    // First, because most searches are followed elsewhere.
    let feed = app.hub.feed(id)?;
    let event = InRecord::of(fields).ok()??;
    feed.wants(fields.required(field::SEQ).ok()?, event == InRecord::End).then_some((id, event))
}

/// Passes a batch of entries to the feeds, and queues the feeds with a gap to be loaded.
async fn dispatch(app: &App, entries: Vec<Entry>, mut found: Found) -> Result<(), BrokerError> {
    let mut gaps = Vec::new();
    let mut foreign = Vec::new();
    for Entry { id: entry, fields } in entries {
        let Some(fields) = fields else { continue };
        match pass_on(app, entry, fields, found.remove(&entry)) {
            Ok(Passed::Done) => {}
            Ok(Passed::Gap(id)) => gaps.push(id),
            Ok(Passed::ForeignEnd(id, end)) => foreign.push((id, end)),
            Err(error) => tracing::warn!(%entry, %error, "skipped a malformed entry in the result log"),
        }
    }
    let mut stored =
        stream::iter(foreign).map(|(id, end)| store_foreign_end(app, id, end)).buffer_unordered(AT_ONCE);
    while let Some(result) = stored.next().await {
        match result {
            Ok(gap) => gaps.extend(gap),
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => tracing::warn!(%error, "an end announced by another system can't be stored"),
        }
    }
    app.loads.queue(gaps);
    Ok(())
}

/// What to do after passing on an entry.
enum Passed {
    /// Nothing.
    Done,
    /// Load the search's feed: it has missed an event.
    Gap(SearchId),
    /// Store this end of the replaced system.
    ForeignEnd(SearchId, StoredEnd),
}

impl Passed {
    fn after(applied: Applied, id: SearchId) -> Self {
        match applied {
            Applied::Yes => Self::Done,
            Applied::Gap => Self::Gap(id),
        }
    }
}

/// Passes an entry to its search's feed. `found` is what the record has of its event, if only the record has it.
fn pass_on(
    app: &App,
    entry: EntryId,
    fields: Fields,
    found: Option<(InRecord, Fields)>,
) -> Result<Passed, InvalidEntry> {
    let id = ResultEntry::search_id(&fields)?;
    let feed = app.hub.feed(id);
    if feed.is_none() && !ResultEntry::is_foreign_end(&fields) {
        return Ok(Passed::Done);
    }
    let trace = spans::received(app, id, entry, &fields);
    let Some(in_record) = InRecord::of(&fields)? else {
        return Ok(match (feed, ResultEntry::decode(fields)?) {
            (_, ResultEntry::End { seq: None, end }) => Passed::ForeignEnd(id, end),
            (Some(feed), event) => Passed::after(apply(&feed, id, &event, trace), id),
            (None, _) => Passed::Done,
        });
    };
    let Some(feed) = feed else { return Ok(Passed::Done) };
    let read = found.and_then(|(in_record, fields)| in_record.decode(fields));
    let applied = match read {
        Some(event) => apply(&feed, id, &event, trace),
        // The record lacks the event, or a subscriber joined after the records were read.
        None => feed.announced(fields.required(field::SEQ)?, in_record == InRecord::End),
    };
    Ok(Passed::after(applied, id))
}

fn apply(feed: &Feed, id: SearchId, event: &ResultEntry, trace: Option<Arc<Span>>) -> Applied {
    match event {
        ResultEntry::Answer(answer) => feed.apply_answer(id, answer, trace),
        ResultEntry::End { seq, end } => feed.apply_end(id, seq.unwrap_or_default(), end, trace),
    }
}

/// Stores an end that the replaced system announced. Returns the search's id if its feed must be loaded, because the
/// search had ended before, perhaps in another way.
async fn store_foreign_end(app: &App, id: SearchId, end: StoredEnd) -> Result<Option<SearchId>, BrokerError> {
    let ended = app.broker.end_as_announced(id, &end).await?;
    let Some(feed) = app.hub.feed(id) else { return Ok(None) };
    let applied = match ended {
        Ended::Now { seq } => feed.apply_end(id, seq, &end, None),
        Ended::Before | Ended::Gone | Ended::NotOwner => Applied::Gap,
    };
    Ok((applied == Applied::Gap).then_some(id))
}
