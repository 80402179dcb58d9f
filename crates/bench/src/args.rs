use std::path::PathBuf;

use clap::Parser;

/// Measures what flight-search costs, on a Redis of its own.
#[derive(Parser, Clone, Debug)]
#[command(name = "script/bench", version)]
pub(crate) struct Args {
    /// One run of each scenario, with less work in it: about a minute.
    #[arg(long)]
    pub(crate) quick: bool,

    /// Measures how the cost of a search grows with their number, with gateways and with workers.
    #[arg(long)]
    pub(crate) growth: bool,

    /// Only these scenarios.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "NAMES")]
    pub(crate) only: Vec<Scenario>,

    /// How often each scenario is run; the median counts [default: 5, with --quick 1].
    #[arg(long, value_name = "N")]
    pub(crate) runs: Option<usize>,

    /// Redis keeps an append-only file, synced every second.
    #[arg(long)]
    pub(crate) durable: bool,

    /// Where the figures go as JSON.
    #[arg(long, default_value = "target/bench.json", value_name = "FILE")]
    pub(crate) json: PathBuf,
}

/// What is done to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Scenario {
    /// Searches are submitted over 64 connections.
    Submit,
    /// Streams are opened, stay idle, and get a result each at once.
    Streams,
    /// A worker has many searches in hand.
    InHand,
    /// A worker works off many jobs.
    Jobs,
    /// One client submits a search and waits for its end, again and again.
    RoundTrip,
}

/// How much of everything there is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    pub(crate) runs: usize,
    pub(crate) submits: usize,
    pub(crate) streams: usize,
    pub(crate) in_hand: usize,
    pub(crate) jobs: usize,
    pub(crate) round_trips: usize,
}

impl Args {
    /// Streams and searches in hand are as many as the budgets say, however quick it is to be.
    pub(crate) fn sizes(&self) -> Sizes {
        let (runs, share) = if self.quick { (1, 4) } else { (5, 1) };
        Sizes {
            runs: self.runs.unwrap_or(runs).max(1),
            submits: 40_000 / share,
            streams: 10_000,
            in_hand: 10_000,
            jobs: 8_000 / share,
            round_trips: 2_000 / share,
        }
    }

    pub(crate) fn wants(&self, scenario: Scenario) -> bool {
        self.only.is_empty() || self.only.contains(&scenario)
    }
}
