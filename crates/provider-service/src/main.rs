//! The worker's process.

use std::process::ExitCode;

use clap::Parser;
use provider_service::Config;

#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    if let Err(error) = service::telemetry::start(&config.common.log, config.common.log_format) {
        eprintln!("provider-service: {error}");
        return ExitCode::from(2);
    }
    let shutdown = async {
        if let Err(error) = service::shutdown_signal().await {
            tracing::error!(%error, "can't wait for signals");
        }
    };
    match provider_service::run(config, shutdown).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "stopped uncleanly");
            ExitCode::FAILURE
        }
    }
}
