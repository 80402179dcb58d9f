use std::time::Duration;

use broker::Durability;
use clap::{Parser, Subcommand};
use service::{CommonConfig, parse_millis};

use crate::{allowed_origins::AllowedOrigins, trusted_proxies::TrustedProxies};

/// Settings of the gateway.
#[derive(Parser, Clone, Debug)]
#[command(name = "main-service", version, about = "The HTTP gateway of flight-search")]
pub struct Config {
    /// A command to run instead of serving.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Settings shared with the workers.
    #[command(flatten)]
    pub common: CommonConfig,

    /// The HTTP port, on all interfaces.
    #[arg(long, global = true, env = "APP_PORT", default_value_t = 8080, value_name = "PORT")]
    pub app_port: u16,

    /// The port for metrics and health, on all interfaces; 0 for none.
    #[arg(long, env = "METRICS_PORT", default_value_t = 9090, value_name = "PORT")]
    pub metrics_port: u16,

    /// When a search counts as accepted: once Redis has it in `memory`, on `disk` (it survives a crash of Redis' host;
    /// needs Redis 7.2) or on a `replica` (it survives the loss of Redis' host).
    #[arg(long, env = "ACCEPT_DURABILITY", default_value_t = Durability::Memory, value_name = "WHERE")]
    pub accept_durability: Durability,

    /// Waiting jobs beyond which a POST gets 503; 0 for no limit.
    #[arg(long, env = "MAX_BACKLOG", default_value_t = 10_000, value_name = "N")]
    pub max_backlog: u64,

    /// Seconds during which an equal POST shares an earlier search, unless that one failed or was cancelled; 0 for never.
    #[arg(long, env = "COALESCE_SECS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=86_400), value_name = "SECONDS")]
    pub coalesce_secs: u64,

    /// Origins whose pages may use the API from a browser, separated by commas; `*` for any.
    #[arg(long, env = "CORS_ALLOWED_ORIGINS", default_value = "", value_name = "ORIGINS")]
    pub cors_allowed_origins: AllowedOrigins,

    /// Most connections at once, streams included; further ones get 503. 0 for as many as open files allow.
    #[arg(long, env = "MAX_CONNECTIONS", default_value_t = 0, value_name = "N")]
    pub max_connections: usize,

    /// Most connections of one client; further ones get 429. 0 for no limit [default: half of `MAX_CONNECTIONS`, at least
    /// 100]. A client is an IPv4 address or a /64 IPv6 network; behind `TRUSTED_PROXIES` its concurrent requests and
    /// streams count.
    #[arg(long, env = "MAX_CONNECTIONS_PER_CLIENT", value_name = "N")]
    pub max_connections_per_client: Option<usize>,

    /// Most streams of one search at once; further ones get 429. 0 for no limit.
    #[arg(long, env = "MAX_STREAMS_PER_SEARCH", default_value_t = 0, value_name = "N")]
    pub max_streams_per_search: usize,

    /// Most searches that one client may submit in a minute; further ones get 429. 0 for no limit. A client is an IPv4
    /// address or a /64 IPv6 network.
    #[arg(long, env = "RATE_LIMIT_PER_MINUTE", default_value_t = 0, value_name = "N")]
    pub rate_limit_per_minute: u32,

    /// Proxies whose `X-Forwarded-For` is trusted: addresses or networks, separated by commas.
    #[arg(long, env = "TRUSTED_PROXIES", default_value = "", value_name = "NETWORKS")]
    pub trusted_proxies: TrustedProxies,

    /// Milliseconds after which a client that has vanished or does not read is disconnected.
    #[arg(long, env = "PEER_TIMEOUT_MS", default_value = "30000", value_parser = parse_millis, value_name = "MS")]
    pub peer_timeout_ms: Duration,
}

/// A command to run instead of serving.
#[derive(Subcommand, Clone, Copy, Debug)]
pub enum Command {
    /// Ask the gateway that runs on `APP_PORT` of this host whether it is alive: exit code 0 if so, else 1.
    Health,
}

impl Config {
    /// Waiting jobs past which a POST gets 503.
    pub(crate) fn most_waiting(&self) -> u64 {
        if self.max_backlog == 0 { u64::MAX } else { self.max_backlog }
    }
}
