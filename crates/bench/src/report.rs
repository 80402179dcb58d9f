//! The metrics, their budgets, and the report.

use std::{collections::BTreeMap, fmt::Write, process::Command};

use serde_json::{Value, json};

/// A figure of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Metric {
    SubmitGatewayCpu,
    SubmitRedisCpu,
    SubmitP50,
    SubmitP99,
    IdleStream,
    DeliveryGatewayCpu,
    BurstP50,
    BurstP99,
    InProgress,
    InProgressAnswered,
    JobWorkerCpu,
    JobRedisCpu,
    RoundTripP50,
    RoundTripP99,
    TripRecord,
    TripLog,
    TripWorkerCpu,
    TripRedisCpu,
    TripDeliveryCpu,
    TripGzipDeliveryCpu,
    SubmitTracedFew,
    SubmitTracedAll,
    JobTracedFew,
    JobTracedAll,
}

/// The most that a metric may be.
#[derive(Clone, Copy, Debug)]
enum Budget {
    AtMost(f64),
    TimesFloor(f64),
    /// No budget, only for information.
    None,
}

/// Title, unit and budget of each metric, in the order of the table.
#[rustfmt::skip]
const ROWS: [(Metric, &str, &str, Budget); 24] = [
    (Metric::SubmitGatewayCpu, "gateway CPU for a submit (64 connections)", "µs", Budget::AtMost(45.0)),
    (Metric::SubmitRedisCpu, "Redis CPU for a submit", "µs", Budget::AtMost(13.0)),
    (Metric::SubmitP50, "submit over 64 connections at once: p50", "ms", Budget::None),
    (Metric::SubmitP99, "submit over 64 connections at once: p99", "ms", Budget::None),
    (Metric::IdleStream, "memory for an open, idle stream", "KiB", Budget::AtMost(10.5)),
    (Metric::DeliveryGatewayCpu, "gateway CPU for a delivered result, connection's end included", "µs", Budget::TimesFloor(1.0)),
    (Metric::BurstP50, "one result for each stream at once: p50 publish to client", "ms", Budget::None),
    (Metric::BurstP99, "one result for each stream at once: p99 publish to client", "ms", Budget::TimesFloor(1.1)),
    (Metric::InProgress, "memory of a worker with 10,000 searches in progress", "MiB", Budget::AtMost(200.0)),
    (Metric::InProgressAnswered, "the same, after seven of their eight suppliers have answered", "MiB", Budget::AtMost(200.0)),
    (Metric::JobWorkerCpu, "worker CPU for a job, eight suppliers of zero latency", "µs", Budget::AtMost(250.0)),
    (Metric::JobRedisCpu, "Redis CPU for such a job, from its reading to its end", "µs", Budget::None),
    (Metric::RoundTripP50, "submit to terminal event, zero latency, 1 client: p50", "ms", Budget::AtMost(1.5)),
    (Metric::RoundTripP99, "submit to terminal event, zero latency, 1 client: p99", "ms", Budget::None),
    (Metric::TripRecord, "memory in Redis for the record of a return, 24 itineraries of 2 or 3 sellers", "KiB", Budget::AtMost(15.0)),
    (Metric::TripLog, "memory in Redis for its entries in the result log", "KiB", Budget::AtMost(15.0)),
    (Metric::TripWorkerCpu, "worker CPU for such a search", "µs", Budget::None),
    (Metric::TripRedisCpu, "Redis CPU for such a search, from its job's reading to its end", "µs", Budget::None),
    (Metric::TripDeliveryCpu, "gateway CPU for each of its events, delivered (floor: with flat offers only)", "µs", Budget::TimesFloor(1.2)),
    (Metric::TripGzipDeliveryCpu, "the same, to a client that accepts gzip, the only one of its search", "µs", Budget::None),
    (Metric::SubmitTracedFew, "gateway CPU for a submit, 1 % of searches traced (floor: tracing off)", "µs", Budget::None),
    (Metric::SubmitTracedAll, "the same, 100 % traced", "µs", Budget::None),
    (Metric::JobTracedFew, "worker CPU for a job, 1 % of searches traced (floor: tracing off)", "µs", Budget::None),
    (Metric::JobTracedAll, "the same, 100 % traced", "µs", Budget::None),
];

/// Every figure of every run.
#[derive(Default)]
pub(crate) struct Figures(BTreeMap<Metric, [Vec<f64>; 2]>);

/// Which gateway a figure is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Product,
    Floor,
}

impl Figures {
    /// Adds a run's figure.
    pub(crate) fn add(&mut self, metric: Metric, side: Side, value: f64) {
        self.0.entry(metric).or_default()[side as usize].push(value);
    }

    fn median(&self, metric: Metric, side: Side) -> Option<f64> {
        median(&self.0.get(&metric)?[side as usize])
    }

    /// A metric's budget as a number.
    fn limit(&self, metric: Metric, budget: Budget) -> Option<f64> {
        match budget {
            Budget::AtMost(limit) => Some(limit),
            Budget::TimesFloor(times) => Some(self.median(metric, Side::Floor)? * times),
            Budget::None => None,
        }
    }

    /// The table as Markdown.
    pub(crate) fn table(&self) -> String {
        let mut table =
            "| work | measured | floor | ratio | budget | |\n| --- | --- | --- | --- | --- | --- |\n"
                .to_owned();
        for (metric, title, unit, budget) in ROWS {
            let Some(value) = self.median(metric, Side::Product) else { continue };
            let floor = self.median(metric, Side::Floor);
            let with_unit =
                |value: Option<f64>| value.map_or("–".into(), |value| format!("{} {unit}", round(value)));
            let ratio = floor.map_or("–".into(), |floor| format!("{:.2}", value / floor));
            let (allowed, verdict) = match (budget, self.limit(metric, budget)) {
                (Budget::TimesFloor(times), Some(limit)) => {
                    (format!("{times:.1} × floor"), verdict(value, limit))
                }
                (_, Some(limit)) => (format!("{limit} {unit}"), verdict(value, limit)),
                (_, None) => ("–".into(), ""),
            };
            // Writing to a String can't fail.
            let _ = writeln!(
                table,
                "| {title} | {} | {} | {ratio} | {allowed} | {verdict} |",
                with_unit(Some(value)),
                with_unit(floor)
            );
        }
        table
    }

    /// Everything, for programs.
    pub(crate) fn json(&self) -> Value {
        let rows = ROWS.into_iter().filter_map(|(metric, title, unit, budget)| {
            let value = self.median(metric, Side::Product)?;
            let [runs, floor_runs] = self.0.get(&metric)?;
            let limit = self.limit(metric, budget);
            Some(json!({
                "metric": format!("{metric:?}"), "title": title, "unit": unit, "median": value, "runs": runs,
                "floor": median(floor_runs), "floor_runs": floor_runs, "budget": limit,
                "met": limit.map(|limit| value <= limit),
            }))
        });
        json!({ "machine": machine(), "rows": rows.collect::<Vec<_>>() })
    }
}

fn verdict(value: f64, limit: f64) -> &'static str {
    if value <= limit { "met" } else { "**missed**" }
}

/// Rounds to three digits; such figures are no more precise.
pub(crate) fn round(value: f64) -> String {
    match value {
        100.0.. => format!("{value:.0}"),
        10.0..100.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// The median.
pub(crate) fn median(values: &[f64]) -> Option<f64> {
    percentile(values, 50)
}

/// The value that `percent` of the values do not exceed.
pub(crate) fn percentile(values: &[f64], percent: usize) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    sorted.get(last * percent / 100).copied()
}

/// The machine and the versions that the figures were measured with.
pub(crate) fn machine() -> Value {
    let line = |file: &str, name: &str| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
        line.split_once(':').map(|(_, value)| value.trim().to_owned())
    };
    let output_of = |program: &str, argument: &str| {
        let output = Command::new(program).arg(argument).output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).lines().next()?.trim().to_owned())
    };
    json!({
        "cpu": line("/proc/cpuinfo", "model name"), "memory": line("/proc/meminfo", "MemTotal"),
        "cores": std::thread::available_parallelism().map(usize::from).unwrap_or_default(),
        "kernel": output_of("uname", "-r"), "redis": output_of("redis-server", "--version"), "rust": output_of("rustc", "--version"),
    })
}
