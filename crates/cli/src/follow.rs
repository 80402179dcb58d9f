//! Following a search: one story over as many connections as it takes.
//!
//! Each event has its place in the story as its `id`. After a broken connection the next one asks for what comes
//! behind the last event by `Last-Event-ID`, after the pause the server names by `retry:` and longer ones if that
//! does not help. The unnamed event is the end; a stream that stops before it has broken.

use std::{error::Error, pin::pin, time::Duration};

use bytes::Buf;
use contracts::{SearchId, event::PARTIAL};
use futures_util::{Stream, StreamExt};
use sse_stream::{Sse, SseByteStream};

use crate::{
    client::{Client, Opened},
    patience::Patience,
    progress::Progress,
    story::{End, Partial},
    text,
    trouble::{Trouble, root_cause},
};

/// How many connections in a row may fail without an event. With the server's pause of 1 s that is over a minute,
/// longer than a search takes.
const TRIES: u32 = 9;
/// The pause before the server has named one.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Follows a search to its end and tells `progress` of every answer on the way.
pub(crate) async fn follow(client: &Client, id: SearchId, progress: &mut Progress) -> Result<End, Trouble> {
    let mut follower = Follower { after: None, patience: Patience::new(TRIES, FIRST_PAUSE), progress };
    loop {
        let trouble = match follower.listen_once(client, id).await {
            Ok(end) => return Ok(end),
            Err(trouble) if trouble.is_passing() => trouble,
            Err(trouble) => return Err(trouble),
        };
        let Some(pause) = follower.patience.after_failure() else { return Err(trouble) };
        let pause = pause.max(trouble.retry_after());
        follower.progress.notice(&format!("{trouble}; trying again in {}", text::seconds(pause)));
        tokio::time::sleep(pause).await;
    }
}

struct Follower<'a> {
    after: Option<String>,
    patience: Patience,
    progress: &'a mut Progress,
}

impl Follower<'_> {
    async fn listen_once(&mut self, client: &Client, id: SearchId) -> Result<End, Trouble> {
        match client.stream(id, self.after.as_deref()).await? {
            Opened::Stream(response) => self.listen(response.bytes_stream()).await,
            // It thinks that the end has been told, and it has not: only the whole story can have it.
            Opened::NothingLeft if self.after.take().is_some() => {
                Err(Trouble::Broken("the last event is missing".into()))
            }
            Opened::NothingLeft => Err(Trouble::NotUnderstood("the search has no last event".into())),
        }
    }

    async fn listen<B, E>(&mut self, body: impl Stream<Item = Result<B, E>>) -> Result<End, Trouble>
    where
        B: Buf,
        E: Error + Send + Sync + 'static,
    {
        let mut blocks = pin!(SseByteStream::new(body));
        while let Some(block) = blocks.next().await {
            let block = block.map_err(|error| Trouble::Broken(root_cause(&error)))?;
            if let Some(end) = self.hear(block)? {
                return Ok(end);
            }
        }
        Err(Trouble::Broken("the stream ended early".into()))
    }

    fn hear(&mut self, block: Sse) -> Result<Option<End>, Trouble> {
        let Sse { event, data, id, retry } = block;
        if let Some(millis) = retry {
            self.patience.asked_for(Duration::from_millis(millis));
        }
        if let Some(id) = id {
            self.after = (!id.is_empty()).then_some(id);
        }
        let Some(data) = data else { return Ok(None) };
        self.patience.restore();
        match event.as_deref() {
            None | Some("" | "message") => {
                End::read(data).map(Some).map_err(|error| Trouble::NotUnderstood(error.to_string()))
            }
            Some(PARTIAL) => {
                // One that can't be read costs a line of the progress, not the search.
                if let Ok(partial) = serde_json::from_str::<Partial>(&data) {
                    self.progress.answered(&partial);
                }
                Ok(None)
            }
            // Events of later versions.
            Some(_) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, io};

    use contracts::EndStatus;
    use futures_util::stream;
    use indicatif::ProgressDrawTarget;
    use proptest::prelude::*;

    use super::*;

    const STORY: &str = "retry: 250\n\n\
        event: partial\nid: 1\ndata: {\"supplier\":{\"code\":\"GA\",\"name\":\"Garuda – ガルーダ\",\"status\":\"empty\",\
        \"elapsed_ms\":5},\"results\":[],\"progress\":{\"answered\":1,\"of\":1}}\n\n\
        :\n\n\
        event: hint\nid: 2\ndata: of a later version\n\n\
        id: 3\ndata: {\"status\":\"completed\",\"results\":[]}\n\n";

    /// Listens to these chunks; tells the end and from where the next connection would go on.
    fn listen<E>(chunks: Vec<Result<Vec<u8>, E>>) -> (Result<End, Trouble>, Option<String>, Patience)
    where
        E: Error + Send + Sync + 'static,
    {
        let mut progress = Progress::new(ProgressDrawTarget::hidden(), String::new(), &[]);
        let patience = Patience::new(TRIES, FIRST_PAUSE);
        let mut follower = Follower { after: None, patience, progress: &mut progress };
        let body = stream::iter(chunks.into_iter().map(|chunk| chunk.map(io::Cursor::new)));
        let end =
            tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(follower.listen(body));
        (end, follower.after, follower.patience)
    }

    fn whole(text: &str) -> (Result<End, Trouble>, Option<String>, Patience) {
        listen(vec![Ok::<_, Infallible>(text.into())])
    }

    #[test]
    fn the_unnamed_event_is_the_end_and_the_server_names_the_pause() {
        let (end, after, mut patience) = whole(STORY);
        assert_eq!(end.unwrap().status, EndStatus::Completed);
        assert_eq!(after.as_deref(), Some("3"));
        assert_eq!(patience.after_failure(), Some(Duration::from_millis(250)));
    }

    #[test]
    fn an_event_without_its_blank_line_has_not_been_told() {
        let cut = STORY.trim_end();
        let (end, after, _) = whole(cut);
        assert!(end.unwrap_err().is_passing());
        assert_eq!(after.as_deref(), Some("2"));
    }

    #[test]
    fn a_broken_connection_is_a_passing_trouble() {
        let half = STORY[..STORY.find("of a later").unwrap()].into();
        let broken = io::Error::from(io::ErrorKind::ConnectionReset);
        let (end, after, _) = listen(vec![Ok(half), Err(broken)]);
        let trouble = end.unwrap_err();
        assert!(trouble.is_passing() && trouble.to_string().contains("connection reset"), "{trouble}");
        assert_eq!(after.as_deref(), Some("1"));
    }

    #[test]
    fn an_end_that_can_not_be_read_is_no_passing_trouble() {
        let (end, ..) = whole("data: {\"status\":\"processing\",\"results\":[]}\n\n");
        assert!(!end.unwrap_err().is_passing());
    }

    proptest! {
        #[test]
        fn chunks_may_end_anywhere(cuts in prop::collection::vec(1..40_usize, 0..60), crlf: bool) {
            let story = if crlf { STORY.replace('\n', "\r\n") } else { STORY.to_owned() };
            let mut rest = story.as_bytes();
            let mut chunks = Vec::new();
            for cut in cuts {
                let (chunk, left) = rest.split_at(cut.min(rest.len()));
                chunks.push(Ok::<_, Infallible>(chunk.to_vec()));
                rest = left;
            }
            chunks.push(Ok(rest.to_vec()));
            let (end, after, _) = listen(chunks);
            prop_assert_eq!(end.unwrap().status, EndStatus::Completed);
            prop_assert_eq!(after.as_deref(), Some("3"));
        }

        #[test]
        fn no_bytes_make_it_panic(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..20)) {
            let _ = listen(chunks.into_iter().map(Ok::<_, Infallible>).collect());
        }
    }
}
