//! The command line: a search, or a command about one.
//!
//! | module | content |
//! | --- | --- |
//! | `search` | the arguments of a search |
//! | `commands` | the arguments of commands about a search |
//! | `place` | an airport or a city, by code or by name |
//! | `day` | a day, by date or from today on |
//! | `field` | what the fields of a request are called on the command line |
//! | `leg` | one flight of a trip to several cities |
//! | `shared` | arguments of several commands |

mod commands;
mod day;
mod field;
mod leg;
mod place;
mod search;
mod shared;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

use crate::{exit, ops::args::OpsArgs};
pub(crate) use commands::{CancelArgs, CheckArgs, FollowArgs, OfferArgs};
pub(crate) use search::SearchArgs;
pub(crate) use shared::{GatewayArgs, ShowArgs};

/// How to call it. Clap's own would not say what `--slice` replaces.
const USAGE: &str = "flight-search [OPTIONS] <FROM> <TO> <DATE>
       flight-search [OPTIONS] --slice <FROM:TO:DATE>...
       flight-search <COMMAND>";

/// Search flights. Asks all suppliers at once, shows each answer as it arrives, and prints the offers
#[derive(Parser, Clone, Debug)]
#[command(
    name = "flight-search",
    version,
    override_usage = USAGE,
    after_help = exit::HELP,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    #[command(flatten)]
    pub(crate) search: SearchArgs,
}

/// In lower case: `OPS` is an airport, and Man a town in Ivory Coast.
#[derive(Subcommand, Clone, Debug)]
pub(crate) enum Command {
    Follow(FollowArgs),
    Cancel(CancelArgs),
    Offer(OfferArgs),
    Check(CheckArgs),
    Ops(OpsArgs),
    /// Print a script that completes this program's commands and options in a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print a manual page
    Man {
        /// The command that it is about [default: the program]
        #[arg(value_parser = ["follow", "cancel", "offer", "check", "ops"])]
        command: Option<String>,
    },
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, error::ErrorKind};

    use super::*;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(line.split_whitespace())
    }

    #[test]
    fn the_commands_are_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn commands_are_in_lower_case_and_places_in_any() {
        assert!(matches!(parse("flight-search man").unwrap().command, Some(Command::Man { command: None })));
        let id = "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11";
        let follow = parse(&format!("flight-search follow {id} --json")).unwrap().command;
        assert!(matches!(
            follow,
            Some(Command::Follow(FollowArgs { show: ShowArgs { json: true, .. }, .. }))
        ));
        assert!(matches!(parse("flight-search ops status").unwrap().command, Some(Command::Ops(_))));
        for search in ["flight-search OPS CGK 2027-07-10", "flight-search Man CGK 2027-07-10"] {
            let args = parse(search).unwrap();
            assert!(args.command.is_none() && args.search.search().is_ok(), "{search}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        for (line, missing) in [
            ("flight-search", "<FROM>"),
            ("flight-search CGK DPS", "<DATE>"),
            ("flight-search follow", "<ID>"),
            ("flight-search offer 7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11", "<OFFER>"),
        ] {
            let error = parse(line).unwrap_err();
            assert_eq!((error.kind(), error.exit_code()), (ErrorKind::MissingRequiredArgument, 2), "{line}");
            assert!(error.to_string().contains(missing), "{line}: {error}");
        }
        assert_eq!(parse("flight-search follow 12").unwrap_err().kind(), ErrorKind::ValueValidation);
    }
}
