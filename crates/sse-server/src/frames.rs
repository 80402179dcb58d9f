use std::{task::Poll, time::Duration};

use bytes::Bytes;
use futures_util::{FutureExt, Stream, StreamExt, stream, stream::BoxStream};
use tokio::time::{Instant, timeout_at};

use crate::{Coding, Frame, encoder::Encoder, frame, gzip::Trailer, heartbeat};

/// After which pause a client reconnects when its connection is lost.
const RETRY: Duration = Duration::from_secs(1);

/// The frames for one subscriber: a `retry:` at once, so that the response head is sent; its events, with heartbeats
/// between them; and, if the stream ends before its events do, a `retry:` that spreads reconnections over time. All are
/// encoded in the stream's coding.
pub(crate) struct Frames {
    source: BoxStream<'static, Frame>,
    encoder: Encoder,
    state: State,
    heartbeat: Duration,
    expires: Option<Instant>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Opening,
    Following,
    /// The next frame asks the subscriber to reconnect later.
    Leaving,
    Over,
}

impl Frames {
    pub(crate) fn new(
        source: BoxStream<'static, Frame>,
        coding: Coding,
        heartbeat: Duration,
        max_age: Option<Duration>,
    ) -> Self {
        let expires = max_age.map(|age| Instant::now() + age);
        Self { source, encoder: Encoder::new(coding), state: State::Opening, heartbeat, expires }
    }

    /// Waits for the next frame, which is not empty. Can be dropped and called again: no frame is lost.
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        match self.state {
            State::Following => {}
            State::Opening => {
                self.state = State::Following;
                return Some(self.encoder.first(frame::retry(RETRY)));
            }
            State::Leaving => return Some(self.leave()),
            State::Over => return None,
        }
        let beat = Instant::now() + self.heartbeat;
        let until = self.expires.map_or(beat, |expires| expires.min(beat));
        match timeout_at(until, next_event(&mut self.source)).await {
            Ok(event) => self.event(event),
            Err(_) if self.expires == Some(until) => Some(self.leave()),
            Err(_) => Some(self.heartbeat()),
        }
    }

    /// A comment, which clients skip.
    pub(crate) fn heartbeat(&mut self) -> Bytes {
        self.encoder.short(Bytes::from_static(heartbeat::FRAME))
    }

    /// What follows the last frame, if the coding has something there.
    pub(crate) fn trailer(&self) -> Option<Trailer> {
        self.encoder.trailer()
    }

    /// The next frame if it is there already, or the end.
    pub(crate) fn next_ready(&mut self) -> Poll<Option<Bytes>> {
        let ready = if self.state == State::Following {
            next_event(&mut self.source).now_or_never().map(|event| self.event(event))
        } else {
            self.next().now_or_never()
        };
        ready.map_or(Poll::Pending, Poll::Ready)
    }

    /// Ends the stream before its events do.
    pub(crate) fn end_early(&mut self) {
        if self.state != State::Over {
            self.state = State::Leaving;
        }
    }

    /// Whether the subscriber waits for events.
    pub(crate) fn is_following(&self) -> bool {
        self.state == State::Following
    }

    /// The same as a stream, to the trailer.
    pub(crate) fn into_stream(self) -> impl Stream<Item = Bytes> + Send + 'static {
        stream::unfold(Some(self), async |frames| {
            let mut frames = frames?;
            match frames.next().await {
                Some(frame) => Some((frame, Some(frames))),
                None => Some((frames.trailer()?.to_vec().into(), None)),
            }
        })
    }

    fn leave(&mut self) -> Bytes {
        self.state = State::Over;
        self.encoder.short(frame::reconnect_later())
    }

    fn event(&mut self, event: Option<Frame>) -> Option<Bytes> {
        if event.is_none() {
            self.state = State::Over;
        }
        event.map(|event| self.encoder.shared(event))
    }
}

/// The next event with something in it: an empty chunk would end the response.
async fn next_event(source: &mut BoxStream<'static, Frame>) -> Option<Frame> {
    loop {
        let event = source.next().await?;
        if !event.plain().is_empty() {
            return Some(event);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEARTBEAT: Duration = Duration::from_secs(15);

    fn frames(source: impl Stream<Item = &'static str> + Send + 'static, max_age: Option<u64>) -> Frames {
        let source = source.map(Frame::from).boxed();
        Frames::new(source, Coding::Identity, HEARTBEAT, max_age.map(Duration::from_secs))
    }

    fn text(frame: Option<Bytes>) -> String {
        String::from_utf8(frame.expect("the stream goes on").to_vec()).expect("frames are text")
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_stream_has_heartbeats_until_it_is_too_old() {
        let mut frames = frames(stream::pending(), Some(90));
        assert_eq!(text(frames.next().await), "retry: 1000\n");
        let opened = Instant::now();
        for beat in 1..=5 {
            assert_eq!(text(frames.next().await), ":\n");
            assert_eq!(opened.elapsed().as_secs(), 15 * beat);
        }
        assert!(text(frames.next().await).starts_with("retry: "));
        assert_eq!(opened.elapsed().as_secs(), 90);
        assert_eq!(frames.next().await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn events_end_with_their_source_and_empty_ones_are_skipped() {
        let mut frames = frames(stream::iter(["data: 1\n\n", "", "data: 2\n\n"]), None);
        assert_eq!(text(frames.next().await), "retry: 1000\n");
        assert_eq!(text(frames.next().await), "data: 1\n\n");
        assert_eq!(frames.next_ready(), Poll::Ready(Some("data: 2\n\n".into())));
        assert_eq!(frames.next_ready(), Poll::Ready(None));
        assert_eq!(frames.next().await, None);
    }

    #[tokio::test]
    async fn one_that_ends_early_sends_its_client_away_for_a_while() {
        let mut frames = frames(stream::pending(), None);
        frames.next().await;
        assert_eq!(frames.next_ready(), Poll::Pending);
        frames.end_early();
        assert!(text(frames.next().await).starts_with("retry: "));
        frames.end_early();
        assert_eq!(frames.next().await, None);
    }
}
