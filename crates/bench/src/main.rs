//! Measures what flight-search costs: CPU per operation and memory per stream, which hold on a busy machine, and
//! latencies beside those of the *floor* (`bin/floor.rs`) in the same run, which do so as a ratio.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`args`] | what is to be measured, and how much of it |
//! | [`scenarios`] | what is done to measure |
//! | [`growth`] | the same for growth: records, gateways, workers |
//! | [`stage`] | a private Redis and the services |
//! | [`client`] | the load's side of HTTP/1.1 and Server-Sent Events |
//! | [`report`] | medians, budgets, the table, JSON |
//!
//! Redis, the processes and what they use come from [`test_kit`].
//!
//! Whatever goes wrong stops it with a panic: figures of something that went wrong are worth nothing.
#![expect(clippy::expect_used, reason = "a benchmark that can't go on says why and stops")]

mod args;
mod client;
mod growth;
mod report;
mod scenarios;
mod stage;

use std::{fs, process::ExitCode};

use args::Args;
use clap::Parser;
use serde_json::Value;
use stage::Stage;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let mut terminate = signal(SignalKind::terminate()).expect("signals can be caught");
    let mut interrupt = signal(SignalKind::interrupt()).expect("signals can be caught");
    // What was started is ended where the future is dropped.
    tokio::select! {
        () = measure(&args) => ExitCode::SUCCESS,
        _ = terminate.recv() => ExitCode::FAILURE,
        _ = interrupt.recv() => ExitCode::FAILURE,
    }
}

async fn measure(args: &Args) {
    let mut stage = Stage::build(args).await;
    let (table, json): (String, Value) = if args.growth {
        growth::run(&stage, args).await
    } else {
        let figures = scenarios::run(&mut stage, args).await;
        (figures.table(), figures.json())
    };
    println!("{table}");
    if let Some(directory) = args.json.parent() {
        fs::create_dir_all(directory).expect("a directory for the figures");
    }
    fs::write(&args.json, format!("{json:#}\n")).expect("the figures can be written");
    eprintln!("the figures are in {}", args.json.display());
}
