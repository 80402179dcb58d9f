use clap::Parser;
use service::CommonConfig;

use crate::AllowedOrigins;

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

    /// Seconds for which a POST equal to an earlier one gets that one's search, unless it has failed or was
    /// cancelled; 0 for never.
    #[arg(long, env = "COALESCE_SECS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=86_400), value_name = "SECONDS")]
    pub coalesce_secs: u64,

    /// Origins whose pages may use the API from a browser, separated by commas; `*` for any.
    #[arg(long, env = "CORS_ALLOWED_ORIGINS", default_value = "", value_name = "ORIGINS")]
    pub cors_allowed_origins: AllowedOrigins,
}
