use clap::Args;

use crate::{base_url::BaseUrl, sort::Sort};

/// How the offers of a search are shown.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct ShowArgs {
    /// Number of offers to show; 0 for all
    #[arg(short = 'n', long, default_value_t = 20, value_name = "N")]
    limit: usize,

    /// Which offers come first
    #[arg(long, value_enum, default_value_t)]
    pub(crate) sort: Sort,

    /// Print each event as one line of JSON, as it arrives, instead of a table
    #[arg(long, conflicts_with_all = ["limit", "sort"])]
    pub(crate) json: bool,
}

impl ShowArgs {
    /// Number of offers in the table.
    pub(crate) fn rows(self) -> usize {
        if self.limit == 0 { usize::MAX } else { self.limit }
    }
}

/// Where the gateway is.
#[derive(Args, Clone, Debug)]
pub(crate) struct GatewayArgs {
    /// URL of the gateway
    #[arg(long, env = URL_VARIABLE, default_value = DEFAULT_URL, hide_env_values = true)]
    pub(crate) url: BaseUrl,
}

const URL_VARIABLE: &str = "FLIGHT_SEARCH_URL";
const DEFAULT_URL: &str = "http://localhost:8080";

impl GatewayArgs {
    /// What a further command needs to reach the same gateway: ` --url …`, or nothing.
    pub(crate) fn option(&self) -> String {
        let url = self.url.to_string();
        let is_known = url == DEFAULT_URL || std::env::var_os(URL_VARIABLE).is_some();
        if is_known { String::new() } else { format!(" --url {url}") }
    }
}
