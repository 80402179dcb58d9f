//! Logs refused clients: the first refusal at once, then a summary every ten seconds while refusals continue.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::app::App;

/// The pause after a line.
const PAUSE: Duration = Duration::from_secs(10);

pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) {
    while let Some(by_code) = stop.run_until_cancelled(app.refusals.summary()).await {
        tracing::warn!(by_code, "clients were refused");
        stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
    }
}
