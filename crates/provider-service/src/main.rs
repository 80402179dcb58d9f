//! The worker's process.

use std::{error::Error, io::Write, process::ExitCode};

use clap::Parser;
use provider_service::{
    Command, Config, probe,
    trial::{self, TryArgs},
};
use service::Signals;

#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    match &config.command {
        Some(Command::Health) => return health(&config).await,
        Some(Command::Check) => return check(&config),
        Some(Command::Try(args)) => return try_supplier(&config, args).await,
        None => {}
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

fn check(config: &Config) -> ExitCode {
    match trial::check(config) {
        Ok(text) => print(&text, true),
        Err(error) => failed(&error),
    }
}

async fn try_supplier(config: &Config, args: &TryArgs) -> ExitCode {
    match trial::try_supplier(config, args).await {
        Ok(tried) => print(&tried.text, tried.answered),
        Err(error) => failed(&error),
    }
}

/// Prints a text, if there still is somebody who reads it.
fn print(text: &str, succeeded: bool) -> ExitCode {
    let _ = std::io::stdout().write_all(text.as_bytes());
    if succeeded { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn failed(error: &dyn Error) -> ExitCode {
    eprintln!("provider-service: {error}");
    ExitCode::FAILURE
}
