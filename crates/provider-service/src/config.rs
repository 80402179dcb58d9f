use std::{path::PathBuf, time::Duration};

use clap::Parser;
use service::{CommonConfig, parse_millis};
use suppliers::LatencyRange;

/// Settings of a worker.
#[derive(Parser, Clone, Debug)]
#[command(name = "provider-service", version, about = "The worker of flight-search: asks the suppliers")]
pub struct Config {
    /// Settings it shares with the gateways.
    #[command(flatten)]
    pub common: CommonConfig,

    /// Searches in hand at once.
    #[arg(long, env = "MAX_CONCURRENCY", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000), value_name = "N")]
    pub max_concurrency: u32,

    /// Milliseconds after which an untouched job is taken over by another worker.
    #[arg(long, env = "JOB_LEASE_MS", default_value = "15000", value_parser = parse_lease, value_name = "MS")]
    pub job_lease_ms: Duration,

    /// What the simulated suppliers take, in milliseconds: N or MIN-MAX [default: 400-6000, or what the suppliers
    /// file says].
    #[arg(long, env = "SIMULATED_LATENCY_MS", value_name = "N|MIN-MAX")]
    pub simulated_latency_ms: Option<LatencyRange>,

    /// Share of simulated calls that fail, 0 to 1 [default: what the suppliers file says, about
    /// 0.02 without one].
    #[arg(long, env = "SIMULATED_FAILURE_RATE", value_parser = parse_rate, value_name = "RATE")]
    pub simulated_failure_rate: Option<f64>,

    /// A TOML file that says which suppliers are asked; without it a set of simulated carriers.
    #[arg(long, env = "SUPPLIERS_FILE", value_name = "FILE")]
    pub suppliers_file: Option<PathBuf>,
}

/// The shortest lease: in less, a worker that is only busy would be taken for dead.
const SHORTEST_LEASE: Duration = Duration::from_millis(250);

/// A lease that would be over before it could be renewed, or no number at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number of milliseconds from 250 to 86400000 (a day)")]
struct InvalidLease;

fn parse_lease(text: &str) -> Result<Duration, InvalidLease> {
    parse_millis(text).ok().filter(|lease| *lease >= SHORTEST_LEASE).ok_or(InvalidLease)
}

/// A text that is no rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a number from 0 to 1")]
struct InvalidRate;

fn parse_rate(text: &str) -> Result<f64, InvalidRate> {
    text.parse().ok().filter(|rate| (0.0..=1.0).contains(rate)).ok_or(InvalidRate)
}
