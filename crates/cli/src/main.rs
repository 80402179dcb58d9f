//! `flight-search CGK DPS 2027-07-10 -p 2` searches flights from a terminal.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`args`] | the command line |
//! | [`run`] | submits a search, follows it, prints the result |
//! | [`client`] | the gateway's HTTP API |
//! | [`follow`] | the event stream of a search, with reconnects |
//! | [`retry`] | pauses between attempts |
//! | [`event`] | the events of a search |
//! | [`error`] | errors of the client |
//! | [`progress`] | a line per supplier while the search runs |
//! | [`table`] | the offers as a table |
//! | [`exit`] | exit codes |

mod args;
mod base_url;
mod client;
mod error;
mod event;
mod exit;
mod follow;
mod progress;
mod retry;
mod run;
mod table;
mod text;

use std::process::ExitCode;

use clap::Parser;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    run::run(args::Args::parse()).await.into()
}
