//! The gateway's process.

use std::{net::Ipv6Addr, process::ExitCode};

use clap::Parser;
use main_service::Config;
use service::Signals;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    if let Err(error) = service::telemetry::start(&config.common.log, config.common.log_format) {
        eprintln!("main-service: {error}");
        return ExitCode::from(2);
    }
    service::raise_open_files();
    let signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(error) => {
            tracing::error!(%error, "can't listen for signals");
            return ExitCode::FAILURE;
        }
    };
    let listener = match TcpListener::bind((Ipv6Addr::UNSPECIFIED, config.app_port)).await {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(port = config.app_port, %error, "can't listen; set APP_PORT to a free port");
            return ExitCode::FAILURE;
        }
    };
    match main_service::run(config, listener, signals.shutdown()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "stopped uncleanly");
            ExitCode::FAILURE
        }
    }
}
