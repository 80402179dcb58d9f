//! `flight-search CGK DPS 2027-07-10 -p 2` searches flights from a terminal.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`args`] | the command line |
//! | [`run`] | submits a search, follows it, prints the result |
//! | [`client`] | the gateway's HTTP API |
//! | [`http`] | how requests are made, to gateways and to operators' ports |
//! | [`follow`] | the event stream of a search, with reconnects |
//! | [`retry`] | pauses between attempts |
//! | [`event`] | the events of a search |
//! | [`error`] | errors of the client |
//! | [`progress`] | a line per supplier while the search runs |
//! | [`table`] | the offers as a table |
//! | [`exit`] | exit codes |
//! | [`ops`] | `flight-search ops`, for operators |

mod args;
mod base_url;
mod client;
mod error;
mod event;
mod exit;
mod follow;
mod http;
mod ops;
mod progress;
mod retry;
mod run;
mod table;
mod text;

use std::process::ExitCode;

use clap::Parser;

/// The first argument of the commands for operators. In lower case: `OPS` is an airport.
const OPS: &str = "ops";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let exit = if std::env::args_os().nth(1).is_some_and(|first| first == OPS) {
        ops::run(ops::args::OpsArgs::parse_from(std::env::args_os().skip(1))).await
    } else {
        run::run(args::Args::parse()).await
    };
    exit.into()
}
