//! The gateway's process.

use std::{net::Ipv6Addr, process::ExitCode};

use clap::Parser;
use main_service::Config;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    if let Err(error) = service::telemetry::start(&config.common.log, config.common.log_format) {
        eprintln!("main-service: {error}");
        return ExitCode::from(2);
    }
    let listener = match TcpListener::bind((Ipv6Addr::UNSPECIFIED, config.app_port)).await {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(port = config.app_port, %error, "can't listen; set APP_PORT to a free port");
            return ExitCode::FAILURE;
        }
    };
    let shutdown = async {
        if let Err(error) = service::shutdown_signal().await {
            tracing::error!(%error, "can't wait for signals");
        }
    };
    match main_service::run(config, listener, shutdown).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "stopped uncleanly");
            ExitCode::FAILURE
        }
    }
}
