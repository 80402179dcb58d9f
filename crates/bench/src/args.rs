use std::path::PathBuf;

use broker::Durability;
use clap::Parser;

/// Measures what flight-search costs, on a Redis of its own.
#[derive(Parser, Clone, Debug)]
#[command(name = "script/bench", version)]
pub(crate) struct Args {
    /// Three runs of each scenario: about a minute.
    #[arg(long)]
    pub(crate) quick: bool,

    /// Measures how the cost of a search grows with their number, with gateways and with workers.
    #[arg(long)]
    pub(crate) growth: bool,

    /// Only these scenarios.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "NAMES")]
    pub(crate) only: Vec<Scenario>,

    /// How often each scenario is run; in-progress only every third time. The median counts [default: 9, with --quick 3; of growth 3 and 1].
    #[arg(long, value_name = "N")]
    pub(crate) runs: Option<usize>,

    /// Redis keeps an append-only file, synced every second.
    #[arg(long)]
    pub(crate) durable: bool,

    /// When its append-only file is synced: everysec or always.
    #[arg(long, default_value = "everysec", value_name = "WHEN")]
    pub(crate) appendfsync: String,

    /// What accepted searches survive: memory, or disk, which needs --durable and a Redis 7.2 (by `REDIS_SERVER`).
    #[arg(long, default_value_t = Durability::Memory, value_name = "WHERE")]
    pub(crate) accept: Durability,

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
    /// A worker has many searches in progress.
    InProgress,
    /// A worker works off many jobs.
    Jobs,
    /// One client submits a search and waits for its end, again and again.
    RoundTrip,
    /// Submits and jobs with tracing off, on for 1 % and for all searches. Only if it is named.
    Traces,
}

/// How much of everything there is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    pub(crate) runs: usize,
    pub(crate) submits: usize,
    pub(crate) streams: usize,
    pub(crate) in_progress: usize,
    pub(crate) jobs: usize,
    pub(crate) round_trips: usize,
}

impl Args {
    /// As much work as the budgets name, and enough of everything else for the kernel's clock of 10 ms.
    pub(crate) fn sizes(&self) -> Sizes {
        Sizes {
            runs: self.runs.unwrap_or(if self.quick { 3 } else { 9 }).max(1),
            // Where each waits for a disk, a tenth takes as long.
            submits: if self.accept == Durability::Memory { 40_000 } else { 4_000 },
            streams: 10_000,
            in_progress: 10_000,
            jobs: 8_000,
            round_trips: 2_000,
        }
    }

    pub(crate) fn wants(&self, scenario: Scenario) -> bool {
        let by_default = self.only.is_empty() && scenario != Scenario::Traces;
        by_default || self.only.contains(&scenario)
    }
}
