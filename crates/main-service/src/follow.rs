//! What goes over the wire to one subscriber: its events, and between them what keeps the connection alive.

use std::{convert::Infallible, time::Duration};

use bytes::Bytes;
use rand::RngExt;
use tokio::time::{Instant, timeout_at};
use tokio_stream::Stream;

use crate::hub::{Next, Subscription};

/// A comment after this long without an event: proxies close what is silent for 60 s.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How much longer than a search a stream may live. One that is still open then has missed the end.
const MARGIN: Duration = Duration::from_secs(30);
/// When a client comes back after a connection broke, in milliseconds.
const RETRY_MS: u64 = 1000;
/// The same for clients that the gateway sends away: spread, so that they don't come back all at once.
const SCATTERED_RETRY_MS: std::ops::RangeInclusive<u64> = 500..=3000;

/// The frames for one subscriber: `retry:` at once, so that the headers leave; then its events with comments
/// between them; at last, unless the terminal event was among them, a `retry:` of its own.
pub(crate) fn frames(
    subscription: Subscription,
    deadline: Duration,
) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + 'static {
    let follower = Follower { subscription, state: State::Opening, dies: Instant::now() + deadline + MARGIN };
    futures_util::stream::unfold(follower, |mut follower| async {
        follower.next().await.map(|frame| (Ok(frame), follower))
    })
}

struct Follower {
    subscription: Subscription,
    state: State,
    dies: Instant,
}

enum State {
    Opening,
    Following,
    Over,
}

impl Follower {
    async fn next(&mut self) -> Option<Bytes> {
        match self.state {
            State::Over => return None,
            State::Opening => {
                self.state = State::Following;
                return Some(retry(RETRY_MS));
            }
            State::Following => {}
        }
        let until = (Instant::now() + HEARTBEAT).min(self.dies);
        match timeout_at(until, self.subscription.next()).await {
            Ok(Next::Event(frame)) => Some(frame),
            Ok(Next::End) => None,
            Err(_) if until < self.dies => Some(Bytes::from_static(b":\n\n")),
            Ok(Next::Closed) | Err(_) => {
                self.state = State::Over;
                Some(retry(rand::rng().random_range(SCATTERED_RETRY_MS)))
            }
        }
    }
}

fn retry(millis: u64) -> Bytes {
    format!("retry: {millis}\n\n").into()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use contracts::SearchId;
    use futures_util::StreamExt;

    use super::*;
    use crate::hub::Hub;

    const DEADLINE: Duration = Duration::from_mins(1);

    fn text(frame: Option<Result<Bytes, Infallible>>) -> String {
        let Ok(frame) = frame.expect("the stream goes on");
        String::from_utf8(frame.to_vec()).expect("frames are text")
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_stream_beats_every_fifteen_seconds_and_dies_of_age() {
        let hub = Arc::new(Hub::default());
        let mut frames = std::pin::pin!(frames(hub.join(SearchId::random(), false, 0), DEADLINE));
        assert_eq!(text(frames.next().await), "retry: 1000\n\n");
        let opened = Instant::now();
        for beat in 1..=5 {
            assert_eq!(text(frames.next().await), ":\n\n");
            assert_eq!(opened.elapsed().as_secs(), 15 * beat);
        }
        let farewell = text(frames.next().await);
        assert!(farewell.starts_with("retry: "), "{farewell}");
        assert_eq!(opened.elapsed().as_secs(), 90, "the deadline and a margin");
        assert!(frames.next().await.is_none());
    }

    #[tokio::test]
    async fn a_gateway_that_stops_sends_its_clients_away_for_a_while() {
        let hub = Arc::new(Hub::default());
        let mut frames = std::pin::pin!(frames(hub.join(SearchId::random(), false, 0), DEADLINE));
        assert_eq!(text(frames.next().await), "retry: 1000\n\n");
        hub.close();
        let farewell = text(frames.next().await);
        let millis = farewell.trim().strip_prefix("retry: ").and_then(|millis| millis.parse().ok());
        assert!(millis.is_some_and(|millis| SCATTERED_RETRY_MS.contains(&millis)), "{farewell}");
        assert!(frames.next().await.is_none());
    }
}
