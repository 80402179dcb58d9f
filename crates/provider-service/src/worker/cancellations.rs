//! Stops jobs whose search a client has cancelled.
//!
//! Missing a cancellation is harmless: the worker asks suppliers for nothing, and Redis refuses their answers.

use std::{sync::Arc, time::Duration};

use broker::{Backoff, Tail};
use contracts::{entry::ResultEntry, names::CANCELLED_STREAM};
use tokio_util::sync::CancellationToken;

use super::{context::Context, in_progress::StopReason};

const BLOCK: Duration = Duration::from_secs(5);

pub(super) async fn run(context: Arc<Context>, stop: CancellationToken) {
    let mut tail = Tail::new(context.broker.clone(), CANCELLED_STREAM, BLOCK);
    let mut backoff = Backoff::default();
    // A read has no side effects, so it may be dropped.
    while let Some(batch) = stop.run_until_cancelled(tail.read()).await {
        let Ok(batch) = batch else {
            // The consumer logs that Redis is away.
            stop.run_until_cancelled(backoff.pause()).await;
            continue;
        };
        backoff.reset();
        for entry in batch.entries {
            match entry.fields.as_ref().map(ResultEntry::search_id) {
                Some(Ok(search)) => context.in_progress.stop_search(search, StopReason::Cancelled),
                Some(Err(error)) => {
                    tracing::warn!(entry = %entry.id, %error, "ignored a malformed cancellation");
                }
                None => {}
            }
            tail.advance(entry.id);
        }
    }
}
