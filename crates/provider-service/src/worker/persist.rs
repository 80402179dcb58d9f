use broker::{Backoff, BrokerError};

/// Does `attempt` until it succeeds or can't: while Redis is away or full, what is to be stored is kept here.
/// Everything stored this way may be stored twice without harm.
pub(super) async fn persist<T, F>(
    what: &'static str,
    mut attempt: impl FnMut() -> F,
) -> Result<T, BrokerError>
where
    F: Future<Output = Result<T, BrokerError>>,
{
    let mut backoff = Backoff::default();
    loop {
        match attempt().await {
            Err(error) if error.is_passing() => {
                if backoff.attempts().is_multiple_of(20) {
                    tracing::warn!(%error, what, "kept until Redis takes it");
                }
                backoff.pause().await;
            }
            done => return done,
        }
    }
}
