//! `flight-search CGK DPS 2027-07-10 -p 2`: a search from a terminal.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`args`] | the command line |
//! | [`run`] | one search from the first byte to the exit code |
//! | [`client`] | the gateway's HTTP API |
//! | [`follow`] | the stream of a search, over as many connections as it takes |
//! | [`story`] | what the events tell |
//! | [`progress`] | a line per supplier, while it lasts |
//! | [`table`] | the offers, in the end |

mod args;
mod client;
mod exit;
mod follow;
mod patience;
mod progress;
mod run;
mod story;
mod table;
mod text;
mod trouble;

use std::process::ExitCode;

use clap::Parser;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    run::run(args::Args::parse()).await.into()
}
