//! The gateway's process.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr},
    process::ExitCode,
};

use clap::Parser;
use main_service::{Command, Config};
use service::Signals;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    if let Some(Command::Health) = config.command {
        return health(&config).await;
    }
    let log = match service::telemetry::start(&config.common.log, config.common.log_format) {
        Ok(log) => log,
        Err(error) => {
            eprintln!("main-service: {error}");
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
    let listener = match listen(config.app_port).await {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(port = config.app_port, %error, "can't listen; set APP_PORT to a free port");
            return ExitCode::FAILURE;
        }
    };
    match main_service::run(config, log, listener, signals.shutdown()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "stopped uncleanly");
            ExitCode::FAILURE
        }
    }
}

async fn health(config: &Config) -> ExitCode {
    match service::probe::check_live(config.app_port, "APP_PORT").await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("main-service: {error}");
            ExitCode::FAILURE
        }
    }
}

/// All interfaces, of both kinds; those of IPv4 alone on a host without IPv6.
async fn listen(port: u16) -> io::Result<TcpListener> {
    match TcpListener::bind((Ipv6Addr::UNSPECIFIED, port)).await {
        Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
            TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await
        }
        bound => bound,
    }
}
