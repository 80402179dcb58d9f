//! Measures what flight-search costs: CPU time per operation, memory per stream, and latencies. CPU times and memory
//! are comparable even on a busy machine; latencies only as a ratio to those of the *floor* (`bin/floor.rs`) in the
//! same run.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`args`] | the options, and the amount of work |
//! | [`scenarios`] | the work to measure |
//! | [`growth`] | how costs grow with open searches, gateways and workers |
//! | [`stage`] | a private Redis and the services |
//! | [`client`] | a minimal client for HTTP/1.1 and Server-Sent Events |
//! | [`report`] | medians, budgets, the table, JSON |
//!
//! [`test_kit`] starts Redis and the processes, and reads what they use.
//!
//! Any error stops it with a panic, because figures after an error are worthless.
#![expect(clippy::expect_used, reason = "a benchmark stops at any error")]

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
    // Dropping the future ends all processes it started.
    tokio::select! {
        () = measure(&args) => ExitCode::SUCCESS,
        _ = terminate.recv() => ExitCode::FAILURE,
        _ = interrupt.recv() => ExitCode::FAILURE,
    }
}

async fn measure(args: &Args) {
    let stage = Stage::build(args).await;
    let (table, json): (String, Value) = if args.growth {
        growth::run(&stage, args).await
    } else {
        let figures = scenarios::run(&stage, args).await;
        (figures.table(), figures.json())
    };
    println!("{table}");
    if let Some(directory) = args.json.parent() {
        fs::create_dir_all(directory).expect("a directory for the figures");
    }
    fs::write(&args.json, format!("{json:#}\n")).expect("the figures can be written");
    eprintln!("the figures are in {}", args.json.display());
}
