use std::time::Duration;

use clap::Parser;
use service::{CommonConfig, parse_millis};

/// Settings of the gateway.
#[derive(Parser, Clone, Debug)]
#[command(name = "main-service", version, about = "The HTTP gateway of flight-search")]
pub struct Config {
    /// Settings it shares with the workers.
    #[command(flatten)]
    pub common: CommonConfig,

    /// The HTTP port, on all interfaces.
    #[arg(long, env = "APP_PORT", default_value_t = 8080, value_name = "PORT")]
    pub app_port: u16,

    /// Waiting jobs past which a POST gets 503; 0 for no limit.
    #[arg(long, env = "MAX_BACKLOG", default_value_t = 10_000, value_name = "N")]
    pub max_backlog: u64,

    /// Milliseconds after which a client that takes nothing, or has vanished, is cut off.
    #[arg(long, env = "PEER_TIMEOUT_MS", default_value = "30000", value_parser = parse_millis, value_name = "MS")]
    pub peer_timeout_ms: Duration,
}
