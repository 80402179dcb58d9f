//! A subscription as an event stream.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, stream};
use sse_server::{EventStream, frame};

use crate::hub::{Next, Subscription};

/// How much longer than a search a stream may live. One that is still open then has missed the end.
const MARGIN: Duration = Duration::from_secs(30);

/// The events of a search that ends by `deadline`.
pub(crate) fn event_stream(subscription: Subscription, deadline: Duration) -> EventStream {
    EventStream::new(move || frames(subscription.clone())).max_age(deadline + MARGIN)
}

/// The events, and where the terminal one is not among them a word to come back for it.
fn frames(subscription: Subscription) -> impl Stream<Item = Bytes> + Send + 'static {
    stream::unfold(Some(subscription), async |subscription| {
        let mut subscription = subscription?;
        match subscription.next().await {
            Next::Event(frame) => Some((frame, Some(subscription))),
            Next::Closed => Some((frame::reconnect_later(), None)),
            Next::End => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use contracts::SearchId;
    use futures_util::{FutureExt, StreamExt};

    use super::*;
    use crate::hub::Hub;

    #[tokio::test]
    async fn a_gateway_that_stops_sends_its_clients_away() {
        let hub = Arc::new(Hub::default());
        let id = SearchId::random();
        let mut frames = Box::pin(frames(hub.join(id, false, 0)));
        assert!(frames.next().now_or_never().is_none(), "nothing yet");
        hub.close();
        let last = frames.next().await.expect("a word to come back");
        assert!(last.starts_with(b"retry: "), "{last:?}");
        assert_eq!(frames.next().await, None);
        assert_eq!(hub.followers(id), 0, "it has left");
    }
}
