use std::{path::PathBuf, time::Duration};

use clap::{Parser, Subcommand};
use service::{CommonConfig, parse_millis};
use suppliers::LatencyRange;

use crate::trial::args::TryArgs;

/// The settings of a worker.
#[derive(Parser, Clone, Debug)]
#[command(name = "provider-service", version, about = "The worker of flight-search: asks the suppliers")]
pub struct Config {
    /// What to do instead of working.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Settings shared with the gateway.
    #[command(flatten)]
    pub common: CommonConfig,

    /// The port for metrics and health, on all interfaces; 0 for none.
    #[arg(long, global = true, env = "METRICS_PORT", default_value_t = 9091, value_name = "PORT")]
    pub metrics_port: u16,

    /// Searches in progress at once.
    #[arg(long, env = "MAX_CONCURRENCY", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000), value_name = "N")]
    pub max_concurrency: u32,

    /// Milliseconds after which the job of a silent worker is taken over by another, 250 to 86400000.
    #[arg(long, env = "JOB_LEASE_MS", default_value = "15000", value_parser = parse_lease, value_name = "MS")]
    pub job_lease_ms: Duration,

    /// Milliseconds that the simulated suppliers take: N or MIN-MAX [default: 400-6000, or what the suppliers file
    /// says].
    #[arg(long, env = "SIMULATED_LATENCY_MS", value_name = "N|MIN-MAX")]
    pub simulated_latency_ms: Option<LatencyRange>,

    /// Share of simulated calls that fail, 0 to 1 [default: about 0.02, or what the suppliers file says].
    #[arg(long, env = "SIMULATED_FAILURE_RATE", value_parser = parse_rate, value_name = "RATE")]
    pub simulated_failure_rate: Option<f64>,

    /// Whether the default suppliers have four resellers, which sell the simulated carriers' flights: in other currencies,
    /// and two of them one way only.
    #[arg(
        long,
        env = "SIMULATED_RESELLERS",
        default_value_t = false,
        action = clap::ArgAction::Set,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        value_name = "BOOL"
    )]
    pub simulated_resellers: bool,

    /// The suppliers file, in TOML [default: a set of simulated carriers].
    #[arg(long, global = true, env = "SUPPLIERS_FILE", value_name = "FILE")]
    pub suppliers_file: Option<PathBuf>,

    /// The European Central Bank's daily exchange rates, in its CSV, to compare prices in different currencies. It is
    /// read again when it changes.
    #[arg(long, env = "EXCHANGE_RATES_FILE", value_name = "FILE")]
    pub exchange_rates_file: Option<PathBuf>,
}

/// What the program does instead of working.
#[derive(Subcommand, Clone, Debug)]
pub enum Command {
    /// Ask the worker that runs on `METRICS_PORT` of this host whether it is alive: exit code 0 if so, else 1. Without a
    /// `METRICS_PORT`, check whether any process in this container has a connection.
    Health,
    /// Check the suppliers file and the exchange rates, as a worker does when it starts, and list the suppliers. Exit
    /// code 0 if they are valid, else 1.
    Check,
    /// Ask one supplier once, without Redis, and print what was sent, what came, and how each offer was read. Secrets are
    /// hidden. Exit code 0 if the supplier answered, else 1.
    Try(Box<TryArgs>),
}

/// With a shorter lease, a busy worker could lose its jobs.
const MIN_LEASE: Duration = Duration::from_millis(250);

/// Not a valid lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number of milliseconds from 250 to 86400000 (a day)")]
struct InvalidLease;

fn parse_lease(text: &str) -> Result<Duration, InvalidLease> {
    parse_millis(text).ok().filter(|lease| *lease >= MIN_LEASE).ok_or(InvalidLease)
}

/// Not a valid rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a number from 0 to 1")]
struct InvalidRate;

fn parse_rate(text: &str) -> Result<f64, InvalidRate> {
    text.parse().ok().filter(|rate| (0.0..=1.0).contains(rate)).ok_or(InvalidRate)
}
