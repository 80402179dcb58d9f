//! A subscription as an event stream.

use std::{sync::Arc, time::Duration};

use futures_util::{Stream, stream};
use sse_server::{Coding, EventStream, Frame, frame};

use crate::{
    hub::{Next, Subscription},
    metrics::Delivered,
};

/// How much longer than its search a stream may stay open. A stream that is still open then has missed the end.
const MARGIN: Duration = Duration::from_secs(30);

/// The events of a search that ends by `deadline`, in this coding.
pub(crate) fn event_stream(
    subscription: Subscription,
    coding: Coding,
    deadline: Duration,
    delivered: Arc<Delivered>,
) -> EventStream {
    EventStream::new(move || frames(subscription.clone(), coding, Arc::clone(&delivered)))
        .coding(coding)
        .max_age(deadline + MARGIN)
}

/// The events. If the stream ends without the terminal event, its last frame asks the client to reconnect.
fn frames(
    subscription: Subscription,
    coding: Coding,
    delivered: Arc<Delivered>,
) -> impl Stream<Item = Frame> + Send + 'static {
    stream::unfold(Some((subscription, coding, delivered)), async |state| {
        let (mut subscription, coding, delivered) = state?;
        match subscription.next().await {
            Next::Event(frame) => {
                delivered.count(&frame, coding);
                Some((frame, Some((subscription, coding, delivered))))
            }
            Next::Closed => Some((frame::reconnect_later().into(), None)),
            Next::End => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use contracts::SearchId;
    use futures_util::{FutureExt, StreamExt};

    use super::*;
    use crate::hub::Hub;

    #[tokio::test]
    async fn a_stopping_gateway_asks_its_clients_to_reconnect() {
        let hub = Arc::new(Hub::default());
        let id = SearchId::random();
        let mut frames = Box::pin(frames(hub.join(id, false, 0), Coding::Identity, Arc::default()));
        assert!(frames.next().now_or_never().is_none(), "nothing yet");
        hub.close();
        let last = frames.next().await.expect("a frame that asks to reconnect");
        assert!(last.plain().starts_with(b"retry: "), "{last:?}");
        assert_eq!(frames.next().await, None);
        assert_eq!(hub.subscribers(id), 0, "it has left");
    }
}
