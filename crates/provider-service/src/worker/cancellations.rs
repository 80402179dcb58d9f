//! Stops work on searches that were cancelled. Should word of one get lost, the work is for nothing but does no
//! harm: no answer is stored after the end.

use std::{sync::Arc, time::Duration};

use broker::{Backoff, Tail};
use contracts::{entry::News, names::CANCELLED_STREAM};
use tokio_util::sync::CancellationToken;

use super::{Context, in_hand::Stop};

const BLOCK: Duration = Duration::from_secs(5);

pub(super) async fn run(context: Arc<Context>, stop: CancellationToken) {
    let mut tail = Tail::new(context.broker.clone(), CANCELLED_STREAM, BLOCK);
    let mut backoff = Backoff::default();
    // The tail only reads: dropping a read that is under way loses nothing.
    while let Some(batch) = stop.run_until_cancelled(tail.read()).await {
        let Ok(batch) = batch else {
            // The consumer tells of Redis being away.
            stop.run_until_cancelled(backoff.pause()).await;
            continue;
        };
        backoff.reset();
        for entry in batch.entries {
            match entry.fields.as_ref().map(News::search_id) {
                Some(Ok(search)) => context.in_hand.stop_search(search, Stop::Cancelled),
                Some(Err(error)) => {
                    tracing::warn!(entry = %entry.id, %error, "a malformed cancellation is passed by");
                }
                None => {}
            }
            tail.advance(entry.id);
        }
    }
}
