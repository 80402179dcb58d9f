//! The worker's process.

use std::process::ExitCode;

use clap::Parser;
use provider_service::{Command, Config, probe};
use service::Signals;

#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    if let Some(Command::Health) = config.command {
        return health(&config).await;
    }
    let log = match service::telemetry::start(&config.common.log, config.common.log_format) {
        Ok(log) => log,
        Err(error) => {
            eprintln!("provider-service: {error}");
            return ExitCode::from(2);
        }
    };
    service::raise_open_files();
    let signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(error) => {
            tracing::error!(%error, "can't listen for signals");
            return ExitCode::FAILURE;
        }
    };
    match provider_service::run(config, log, signals.shutdown()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "stopped uncleanly");
            ExitCode::FAILURE
        }
    }
}

async fn health(config: &Config) -> ExitCode {
    let alive = match config.metrics_port {
        0 => probe::check_connected().map_err(|error| error.to_string()),
        port => service::probe::check_live(port, "METRICS_PORT").await.map_err(|error| error.to_string()),
    };
    match alive {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("provider-service: {error}");
            ExitCode::FAILURE
        }
    }
}
