//! Stops jobs whose search a client has cancelled.
//!
//! The stream of cancellations is short, and Redis may lose some. So after each connection, the worker also looks which of
//! its searches are cancelled. A missed cancellation only wastes calls to suppliers: Redis refuses their answers.

use std::{sync::Arc, time::Duration};

use broker::{Backoff, BrokerError, Tail};
use contracts::{entry::ResultEntry, names::CANCELLED_STREAM};
use tokio_util::sync::CancellationToken;

use super::{context::Context, in_progress::StopReason, retry::retry};

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
        if batch.connected {
            // Now that the tail has its position, no later cancellation is missed.
            let missed = retry("look for cancelled searches", || stop_cancelled(&context));
            if let Some(Err(error)) = stop.run_until_cancelled(missed).await {
                tracing::debug!(%error, "could not look for cancelled searches");
            }
        }
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

/// Stops the jobs whose search's record says that it was cancelled.
async fn stop_cancelled(context: &Context) -> Result<(), BrokerError> {
    for search in context.broker.cancelled(&context.in_progress.searches()).await? {
        context.in_progress.stop_search(search, StopReason::Cancelled);
    }
    Ok(())
}
