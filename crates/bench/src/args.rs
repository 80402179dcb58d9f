use std::path::PathBuf;

use broker::Durability;
use clap::Parser;

/// Measures what flight-search costs, on a private Redis.
#[derive(Parser, Clone, Debug)]
#[command(name = "script/bench", version)]
pub(crate) struct Args {
    /// Three runs of each scenario: about a minute.
    #[arg(long)]
    pub(crate) quick: bool,

    /// Measures how the cost of a search grows with the number of open searches, gateways and workers.
    #[arg(long)]
    pub(crate) growth: bool,

    /// Run only these scenarios.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "NAMES")]
    pub(crate) only: Vec<Scenario>,

    /// Runs of each scenario; in-progress runs every third time. The table has the medians [default: 9, or 3 with --quick; with --growth 3, or 1 with --quick].
    #[arg(long, value_name = "N")]
    pub(crate) runs: Option<usize>,

    /// Give Redis an append-only file.
    #[arg(long)]
    pub(crate) durable: bool,

    /// When Redis syncs it: everysec or always.
    #[arg(long, default_value = "everysec", value_name = "WHEN")]
    pub(crate) appendfsync: String,

    /// The gateway's `ACCEPT_DURABILITY`: memory or disk. Disk needs --durable and Redis 7.2 (set `REDIS_SERVER` to its path).
    #[arg(long, default_value_t = Durability::Memory, value_name = "WHERE")]
    pub(crate) accept: Durability,

    /// File for the figures as JSON.
    #[arg(long, default_value = "target/bench.json", value_name = "FILE")]
    pub(crate) json: PathBuf,
}

/// A kind of work to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Scenario {
    /// Submit searches over 64 connections.
    Submit,
    /// Open streams, leave them idle, then deliver a result to each at once.
    Streams,
    /// Keep many searches in progress at one worker.
    InProgress,
    /// Let a worker process many jobs.
    Jobs,
    /// Submit a search and wait for its end, one after another.
    RoundTrip,
    /// Let a worker process return trips, then deliver their events.
    Trips,
    /// Submits and jobs with tracing off, on for 1 % and for all searches. Only if it is named.
    Traces,
}

/// The amount of work per run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    pub(crate) runs: usize,
    pub(crate) submits: usize,
    pub(crate) streams: usize,
    pub(crate) in_progress: usize,
    pub(crate) jobs: usize,
    pub(crate) round_trips: usize,
    pub(crate) trips: usize,
}

impl Args {
    /// As much work as the budgets name, otherwise enough for the 10 ms resolution of the kernel's CPU times.
    pub(crate) fn sizes(&self) -> Sizes {
        Sizes {
            runs: self.runs.unwrap_or(if self.quick { 3 } else { 9 }).max(1),
            // With `disk` each submit waits for a sync, so a tenth of them takes as long.
            submits: if self.accept == Durability::Memory { 40_000 } else { 4_000 },
            streams: 10_000,
            in_progress: 10_000,
            jobs: 8_000,
            round_trips: 2_000,
            trips: 2_000,
        }
    }

    pub(crate) fn wants(&self, scenario: Scenario) -> bool {
        let by_default = self.only.is_empty() && scenario != Scenario::Traces;
        by_default || self.only.contains(&scenario)
    }
}
