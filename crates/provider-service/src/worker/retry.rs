use broker::{Backoff, BrokerError};

/// Repeats `attempt` until it succeeds or fails for good: a search in progress survives while Redis is away or full.
///
/// Redis may have done what it did not confirm, so `attempt` must be safe to repeat. `operation` is for the log.
pub(super) async fn retry<T, F>(
    operation: &'static str,
    mut attempt: impl FnMut() -> F,
) -> Result<T, BrokerError>
where
    F: Future<Output = Result<T, BrokerError>>,
{
    let mut backoff = Backoff::default();
    loop {
        match attempt().await {
            Err(error) if error.is_transient() => {
                if backoff.should_log() {
                    tracing::warn!(%error, operation, "Redis failed, retrying until it succeeds");
                }
                backoff.pause().await;
            }
            result => return result,
        }
    }
}
