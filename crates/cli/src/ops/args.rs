use clap::{Args, Subcommand};
use contracts::SearchId;

use crate::{base_url::BaseUrl, exit};

/// Look after a running system: workers, suppliers, searches, dead letters, the log
#[derive(Args, Clone, Debug)]
#[command(after_help = exit::OPS_HELP)]
pub(crate) struct OpsArgs {
    #[command(subcommand)]
    pub(crate) command: OpsCommand,

    /// Print the data as one line of JSON instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// URL of the operators' port (`METRICS_PORT`) of any gateway or worker
    #[arg(
        long,
        visible_alias = "url",
        global = true,
        env = "FLIGHT_SEARCH_OPERATORS_URL",
        default_value = "http://localhost:9090",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub(crate) operators_url: BaseUrl,
}

#[derive(Subcommand, Clone, Debug)]
pub(crate) enum OpsCommand {
    /// Problems, Redis, the queue, how many workers and gateways
    Status,
    /// The workers and what each has in progress
    Workers,
    /// The suppliers, and their state at each worker
    Suppliers,
    /// Recent searches, or what happened to one
    Searches {
        /// The search's id
        id: Option<SearchId>,
    },
    /// Jobs that were given up
    #[command(subcommand)]
    Dead(DeadCommand),
    /// The log filter of the process at this URL: shows it, or changes it until that process ends
    Log {
        /// The new filter, such as info,broker=debug
        filter: Option<String>,
    },
}

#[derive(Subcommand, Clone, Debug)]
pub(crate) enum DeadCommand {
    /// List them, newest first
    List {
        /// Continue after this entry, towards older ones
        #[arg(long, value_parser = parse_entry, value_name = "ENTRY")]
        before: Option<String>,
        /// The most entries, 1 to 100
        #[arg(short = 'n', long, default_value_t = 20, value_parser = clap::value_parser!(u8).range(1..=100), value_name = "N")]
        limit: u8,
    },
    /// Show one with all its fields
    Show {
        /// Its entry id
        #[arg(value_parser = parse_entry)]
        entry: String,
    },
    /// Queue it again: as a new search if its search has ended, otherwise as a new delivery of the same search
    Replay {
        /// Its entry id
        #[arg(value_parser = parse_entry)]
        entry: String,
    },
    /// Delete it for good
    Drop {
        /// Its entry id
        #[arg(value_parser = parse_entry)]
        entry: String,
    },
}

/// The text is not the id of a stream entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an entry id like 1735689600000-0")]
struct InvalidEntry;

fn parse_entry(text: &str) -> Result<String, InvalidEntry> {
    let is_number = |part: &str| part.parse::<u64>().is_ok();
    match text.split_once('-') {
        Some((millis, sequence)) if is_number(millis) && is_number(sequence) => Ok(text.to_owned()),
        _ => Err(InvalidEntry),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::{Cli, Command};

    fn parse(line: &str) -> Result<OpsArgs, clap::Error> {
        let cli = Cli::try_parse_from(["flight-search"].into_iter().chain(line.split(' ')))?;
        let Some(Command::Ops(args)) = cli.command else { panic!("{line}") };
        Ok(args)
    }

    #[test]
    fn invalid_arguments_are_rejected() {
        for line in [
            "ops",
            "ops dead",
            "ops dead show",
            "ops dead drop 12",
            "ops dead replay 1-x",
            "ops searches 12",
            "ops dead list -n 0",
            "ops status --operators-url localhost:9090",
        ] {
            assert_eq!(parse(line).unwrap_err().exit_code(), 2, "{line}");
        }
        assert!(parse("ops dead drop 1-0 --json").unwrap().json);
    }

    #[test]
    fn options_may_stand_before_and_after_the_command() {
        for line in [
            "ops --url http://other:9090 dead list",
            "ops dead --operators-url http://other:9090 list",
            "ops dead list --url http://other:9090",
        ] {
            assert_eq!(parse(line).unwrap().operators_url.to_string(), "http://other:9090", "{line}");
        }
    }
}
