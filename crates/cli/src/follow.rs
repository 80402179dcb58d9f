//! Follows a search to its terminal event, with reconnects.
//!
//! An event's `id` is its sequence number. A reconnect sends the last one as `Last-Event-ID`, after the pause in
//! `retry:`; further pauses are longer. The unnamed event is the terminal one. A stream without it has broken. A stream's
//! last line may be a `retry:` that belongs to no event.

use std::{cell::Cell, error::Error, pin::pin, time::Duration};

use bytes::{Buf, Bytes};
use contracts::{SearchId, event::PARTIAL};
use futures_util::{Stream, StreamExt, stream};
use sse_stream::{Sse, SseByteStream};

use crate::{
    client::{Client, Opened},
    error::{ClientError, root_cause},
    event::End,
    retry::Retry,
    text,
    watch::Watch,
};

/// Connections in a row without an event. With the gateway's `retry: 1000` they take over a minute, longer than a
/// search.
const MAX_FAILURES: usize = 9;
/// The first pause, unless the server sends `retry:`.
const MIN_DELAY: Duration = Duration::from_secs(1);

/// Follows a search to its end. Each answer goes to `watch`, once.
pub(crate) async fn follow(client: &Client, id: SearchId, watch: &mut Watch) -> Result<End, ClientError> {
    let mut follower = Follower::new(watch);
    loop {
        let error = match follower.connect(client, id).await {
            Ok(end) => return Ok(end),
            Err(error) if error.is_transient() => error,
            Err(error) => return Err(error),
        };
        let Some(pause) = follower.retry.next_delay() else { return Err(error) };
        let pause = pause.max(error.retry_after());
        follower.watch.progress.print(&format!("{error}; trying again in {}", text::seconds(pause)));
        tokio::time::sleep(pause).await;
    }
}

struct Follower<'a> {
    last_event_id: Option<String>,
    /// The highest sequence number so far.
    newest: u64,
    retry: Retry,
    watch: &'a mut Watch,
}

impl<'a> Follower<'a> {
    fn new(watch: &'a mut Watch) -> Self {
        Self { last_event_id: None, newest: 0, retry: Retry::new(MAX_FAILURES, MIN_DELAY), watch }
    }

    async fn connect(&mut self, client: &Client, id: SearchId) -> Result<End, ClientError> {
        match client.stream(id, self.last_event_id.as_deref()).await? {
            Opened::Stream(response) => self.read_stream(response.bytes_stream()).await,
            // No terminal event was received, so read all events again.
            Opened::Complete if self.last_event_id.take().is_some() => {
                Err(ClientError::Disconnected("the terminal event is missing".into()))
            }
            Opened::Complete => Err(ClientError::InvalidResponse("the search has no terminal event".into())),
        }
    }

    async fn read_stream<B, E>(&mut self, body: impl Stream<Item = Result<B, E>>) -> Result<End, ClientError>
    where
        B: Buf,
        E: Error + Send + Sync + 'static,
    {
        let is_over = Cell::new(false);
        let body = body.map(|chunk| chunk.map(|mut bytes| bytes.copy_to_bytes(bytes.remaining())));
        // Completes the last line's block, which is no event: an event that was cut off is discarded.
        let blank = stream::once(async {
            is_over.set(true);
            Ok(Bytes::from_static(b"\n\n"))
        });
        let mut events = pin!(SseByteStream::new(body.chain(blank)));
        while let Some(event) = events.next().await {
            let event = event.map_err(|error| ClientError::Disconnected(root_cause(&error)))?;
            let event = if is_over.get() { Sse { retry: event.retry, ..Sse::default() } } else { event };
            if let Some(end) = self.handle(event)? {
                return Ok(end);
            }
        }
        Err(ClientError::Disconnected("the stream ended early".into()))
    }

    fn handle(&mut self, event: Sse) -> Result<Option<End>, ClientError> {
        let Sse { event, data, id, retry } = event;
        if let Some(millis) = retry {
            self.retry.set_min_delay(Duration::from_millis(millis));
        }
        let seq = id.as_deref().and_then(|id| id.parse().ok());
        if let Some(id) = id {
            self.last_event_id = (!id.is_empty()).then_some(id);
        }
        let Some(data) = data else { return Ok(None) };
        self.retry.reset();
        match event.as_deref() {
            None | Some("" | "message") => {
                End::parse(data).map(Some).map_err(|error| ClientError::InvalidResponse(error.to_string()))
            }
            Some(PARTIAL) => {
                // Not again, if all events are read again.
                if seq.is_none_or(|seq| seq > self.newest) {
                    self.watch.partial(&data);
                }
                self.newest = self.newest.max(seq.unwrap_or_default());
                Ok(None)
            }
            // Later versions may add events.
            Some(_) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, io};

    use contracts::EndStatus;
    use proptest::prelude::*;

    use super::*;

    const EVENTS: &str = "retry: 250\n:\n\
        event: partial\nid: 1\ndata: {\"supplier\":{\"code\":\"GA\",\"name\":\"Garuda – ガルーダ\",\"status\":\"empty\",\
        \"elapsed_ms\":5},\"results\":[],\"progress\":{\"answered\":1,\"of\":1}}\n\n\
        :\n\
        event: hint\nid: 2\ndata: of a later version\n\n\
        id: 3\ndata: {\"status\":\"completed\",\"results\":[]}\n\n";

    /// Reads these chunks. Returns the end and the follower's state.
    fn read_chunks<E>(chunks: Vec<Result<Vec<u8>, E>>) -> (Result<End, ClientError>, Option<String>, Retry)
    where
        E: Error + Send + Sync + 'static,
    {
        let mut watch = Watch::hidden();
        let mut follower = Follower::new(&mut watch);
        let body = stream::iter(chunks.into_iter().map(|chunk| chunk.map(io::Cursor::new)));
        let end = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(follower.read_stream(body));
        (end, follower.last_event_id, follower.retry)
    }

    fn read(text: &str) -> (Result<End, ClientError>, Option<String>, Retry) {
        read_chunks(vec![Ok::<_, Infallible>(text.into())])
    }

    #[test]
    fn the_unnamed_event_is_the_end_and_the_server_sets_the_pause() {
        let (end, after, mut retry) = read(EVENTS);
        assert_eq!(end.unwrap().status, EndStatus::Completed);
        assert_eq!(after.as_deref(), Some("3"));
        assert_eq!(retry.next_delay(), Some(Duration::from_millis(250)));
    }

    #[test]
    fn an_event_without_its_blank_line_is_incomplete() {
        let cut = EVENTS.trim_end();
        let (end, after, _) = read(cut);
        assert!(end.unwrap_err().is_transient());
        assert_eq!(after.as_deref(), Some("2"));
    }

    #[test]
    fn the_last_line_may_set_the_pause() {
        for before in ["", "retry: 250\n", "retry: 250\n\nevent: hint\ndata: 1\n\n"] {
            let (end, after, mut retry) = read(&format!("{before}:\nretry: 1740\n"));
            assert!(end.unwrap_err().is_transient());
            assert_eq!((after, retry.next_delay()), (None, Some(Duration::from_millis(1740))), "{before}");
        }
        let (end, after, _) = read("retry: 250\nid: 3\ndata: {\"status\":\"completed\",\"results\":[]}\n");
        assert!(end.unwrap_err().is_transient() && after.is_none(), "an event without its blank line");
    }

    #[test]
    fn a_broken_connection_is_a_transient_error() {
        let half = EVENTS[..EVENTS.find("of a later").unwrap()].into();
        let broken = io::Error::from(io::ErrorKind::ConnectionReset);
        let (end, after, _) = read_chunks(vec![Ok(half), Err(broken)]);
        let error = end.unwrap_err();
        assert!(error.is_transient() && error.to_string().contains("connection reset"), "{error}");
        assert_eq!(after.as_deref(), Some("1"));
    }

    #[test]
    fn an_invalid_end_is_not_a_transient_error() {
        let (end, ..) = read("data: {\"status\":\"processing\",\"results\":[]}\n\n");
        assert!(!end.unwrap_err().is_transient());
    }

    proptest! {
        #[test]
        fn chunks_may_end_anywhere(cuts in prop::collection::vec(1..40_usize, 0..60), crlf: bool) {
            let events = if crlf { EVENTS.replace('\n', "\r\n") } else { EVENTS.to_owned() };
            let mut rest = events.as_bytes();
            let mut chunks = Vec::new();
            for cut in cuts {
                let (chunk, left) = rest.split_at(cut.min(rest.len()));
                chunks.push(Ok::<_, Infallible>(chunk.to_vec()));
                rest = left;
            }
            chunks.push(Ok(rest.to_vec()));
            let (end, after, _) = read_chunks(chunks);
            prop_assert_eq!(end.unwrap().status, EndStatus::Completed);
            prop_assert_eq!(after.as_deref(), Some("3"));
        }

        #[test]
        fn no_bytes_make_it_panic(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..20)) {
            let _ = read_chunks(chunks.into_iter().map(Ok::<_, Infallible>).collect());
        }
    }
}
