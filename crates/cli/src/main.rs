//! `flight-search CGK DPS 2027-07-10 -p 2` searches flights from a terminal.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`args`] | the command line |
//! | [`run`] | submits a search, follows it, prints the result |
//! | [`commands`] | follows, cancels, shows and checks what a search has found |
//! | [`client`] | the gateway's HTTP API |
//! | [`http`] | how requests are made, to gateways and to operators' ports |
//! | [`follow`] | the event stream of a search, with reconnects |
//! | [`retry`] | pauses between attempts |
//! | [`event`] | the events of a search |
//! | [`error`] | errors of the client |
//! | [`watch`] | what happens on the screen while a search runs |
//! | [`progress`] | a line per supplier |
//! | [`so_far`] | the answers of a search that has not ended |
//! | [`short_id`] | short names of offers |
//! | [`sort`] | the order of offers |
//! | [`table`] | the offers as a table |
//! | [`summary`] | what a search has come to |
//! | [`offer_text`] | an offer in full |
//! | [`title`] | the title of a search |
//! | [`output`] | standard output |
//! | [`pages`] | completions and the manual page |
//! | [`exit`] | exit codes |
//! | [`ops`] | `flight-search ops`, for operators |

mod args;
mod base_url;
mod client;
mod commands;
mod error;
mod event;
mod exit;
mod follow;
mod http;
mod offer_text;
mod ops;
mod output;
mod pages;
mod progress;
mod retry;
mod run;
mod short_id;
mod signal;
mod so_far;
mod sort;
mod summary;
mod table;
mod text;
mod title;
mod watch;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Cli { command, search } = Cli::parse();
    let exit = match command {
        None => run::run(search).await,
        Some(Command::Follow(args)) => commands::follow(args).await,
        Some(Command::Cancel(args)) => commands::cancel(args).await,
        Some(Command::Offer(args)) => commands::offer(args).await,
        Some(Command::Check(args)) => commands::check(args).await,
        Some(Command::Ops(args)) => ops::run(args).await,
        Some(Command::Completions { shell }) => pages::completions(shell),
        Some(Command::Man { command }) => pages::man(command.as_deref()),
    };
    exit.into()
}
