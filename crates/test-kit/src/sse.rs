//! Reads Server-Sent Events as the WHATWG specifies, and keeps their text as sent.

use std::time::Duration;

use futures_util::StreamExt;
use reqwest::Response;
use serde_json::Value;

use crate::wait::TIMEOUT;

/// One event with data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its name; empty for an unnamed one.
    pub name: String,
    /// Its id, if it has one.
    pub id: Option<String>,
    /// Its data, as sent.
    pub data: String,
    /// Its lines, as sent, without comments and `retry:`, which may stand before any event.
    pub raw: String,
}

impl Event {
    /// Its data as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or_else(|error| panic!("{error}: {}", self.data))
    }

    /// The id as a sequence number.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.id
            .as_deref()
            .and_then(|id| id.parse().ok())
            .unwrap_or_else(|| panic!("no sequence number: {self:?}"))
    }

    /// Whether it is the terminal one.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        self.name.is_empty()
    }
}

/// An open stream.
#[derive(Debug)]
pub struct EventStream {
    response: Response,
    unread: String,
    /// Comments seen so far.
    pub comments: usize,
    /// The values of the `retry:` lines so far.
    pub retries: Vec<u64>,
}

impl EventStream {
    /// The stream in this response.
    #[must_use]
    pub fn new(response: Response) -> Self {
        Self { response, unread: String::new(), comments: 0, retries: Vec::new() }
    }

    /// The next event; `None` when the stream has ended or the connection is broken.
    pub async fn next(&mut self) -> Option<Event> {
        self.next_within(TIMEOUT).await
    }

    /// The same; panics after `limit`.
    pub async fn next_within(&mut self, limit: Duration) -> Option<Event> {
        let next = tokio::time::timeout(limit, self.read()).await;
        next.unwrap_or_else(|_| panic!("no event within {limit:?}"))
    }

    /// All events up to the stream's end.
    pub async fn all(mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }

    /// The next line with its line break; `None` when the stream has ended.
    pub async fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.unread.find('\n') {
                return Some(self.unread.drain(..=end).collect());
            }
            self.receive().await?;
        }
    }

    async fn read(&mut self) -> Option<Event> {
        loop {
            self.take_lines_between_events();
            if let Some(end) = self.unread.find("\n\n") {
                let block: String = self.unread.drain(..end + 2).collect();
                return Some(parse(block));
            }
            self.receive().await?;
        }
    }

    async fn receive(&mut self) -> Option<()> {
        let chunk = self.response.chunk().await.ok().flatten()?;
        self.unread.push_str(std::str::from_utf8(&chunk).expect("events are UTF-8"));
        Some(())
    }

    /// Comments and `retry:` may stand before any event.
    fn take_lines_between_events(&mut self) {
        while let Some(end) = self.unread.find('\n') {
            match &self.unread[..end] {
                "" => {}
                comment if comment.starts_with(':') => self.comments += 1,
                line => match line.strip_prefix("retry:") {
                    Some(millis) => self.retries.push(millis.trim().parse().expect("retry is a number")),
                    None => return,
                },
            }
            self.unread.drain(..=end);
        }
    }
}

fn parse(block: String) -> Event {
    let mut event = Event { name: String::new(), id: None, data: String::new(), raw: block };
    let mut has_data = false;
    for line in event.raw.lines().filter(|line| !line.is_empty()) {
        match line.split_once(':').map(|(field, value)| (field, value.strip_prefix(' ').unwrap_or(value))) {
            Some(("event", value)) => value.clone_into(&mut event.name),
            Some(("id", value)) => event.id = Some(value.to_owned()),
            Some(("data", value)) => {
                assert!(!has_data, "data is one line: {}", event.raw);
                has_data = true;
                value.clone_into(&mut event.data);
            }
            other => panic!("an unknown line: {other:?}"),
        }
    }
    assert!(has_data, "some clients take a block without data for an event: {event:?}");
    event
}

/// All events of several streams, read concurrently.
pub async fn read_all(streams: Vec<EventStream>) -> Vec<Vec<Event>> {
    let count = streams.len().max(1);
    futures_util::stream::iter(streams).map(EventStream::all).buffered(count).collect().await
}
