//! How the cost of a search grows with the number of open searches, gateways and workers.
//!
//! In each setting, searches are submitted at the first gateway, and workers process them; the CPU time of each process
//! is divided by the number of searches. The other gateways only read the result log. What the processes use while
//! idle, for example to renew the leases of open searches, is measured before and subtracted.

use std::{collections::BTreeMap, ffi::OsString, fmt::Write, iter, time::Duration};

use contracts::names::RESULTS_STREAM;
use serde_json::{Value, json};
use test_kit::{Gateway, Service};
use tokio::time::{Instant, sleep};

use crate::{
    args::Args,
    client::Client,
    report::{machine, median, round},
    scenarios::{as_f64, each_us, load, open, suppliers},
    stage::{Kind, SEARCH, Stage},
};

/// How many clients submit at once.
const CONNECTIONS: usize = 16;
/// How long idle processes are measured: twice the interval of lease renewals.
const IDLE: Duration = Duration::from_secs(10);
/// The latency of suppliers that don't answer: longer than the benchmark.
const UNANSWERED_MS: u64 = 600_000;
/// The most streams to open, because of the limit of open files.
const MOST_STREAMS: usize = 10_000;

/// The system in which searches are measured.
#[derive(Clone, Copy)]
struct Setting {
    /// Searches in progress at another worker, whose suppliers don't answer, followed at the first gateway.
    open: usize,
    gateways: usize,
    workers: usize,
}

const fn setting(open: usize, gateways: usize, workers: usize) -> Setting {
    Setting { open, gateways, workers }
}

const SETTINGS: [Setting; 9] = [
    setting(1_000, 1, 1),
    setting(100_000, 1, 1),
    setting(0, 1, 1),
    setting(0, 2, 1),
    setting(0, 3, 1),
    setting(0, 4, 1),
    setting(0, 1, 2),
    setting(0, 1, 3),
    setting(0, 1, 4),
];

/// The figures of each setting.
const COLUMNS: [&str; 10] = [
    "first gateway, µs a search",
    "each further gateway, µs a search",
    "Redis, µs a search",
    "workers together, µs a search",
    "all together, µs a search",
    "records, KiB a search",
    "log entries, KiB a search",
    "idle: Redis, ms a second",
    "idle: first gateway, ms a second",
    "idle: a worker, ms a second",
];

/// Measures all settings. Returns the table, and the figures as JSON.
pub(crate) async fn run(stage: &Stage, args: &Args) -> (String, Value) {
    let (runs, count) = if args.quick { (1, 1_000) } else { (3, 10_000) };
    let runs = args.runs.unwrap_or(runs).max(1);
    let mut all = vec![vec![Vec::new(); COLUMNS.len()]; SETTINGS.len()];
    for run in 1..=runs {
        eprintln!("run {run} of {runs}");
        for (setting, figures) in SETTINGS.iter().zip(&mut all) {
            let costs = measure(stage, *setting, count).await;
            figures.iter_mut().zip(costs).for_each(|(figures, cost)| figures.extend(cost));
        }
    }
    (table(&all), as_json(&all))
}

async fn measure(stage: &Stage, setting: Setting, count: usize) -> [Option<f64>; COLUMNS.len()] {
    stage.clear().await;
    let mut gateways = Vec::new();
    for _ in 0..setting.gateways {
        gateways.push(stage.gateway(Kind::Product).await);
    }
    let (holder, _streams) = hold_open(stage, &gateways[0], setting.open).await;
    let mut workers = Vec::new();
    for _ in 0..setting.workers {
        workers.push(stage.worker(1000, 0).await);
    }
    let processes: Vec<_> = iter::once(stage.redis.server())
        .chain(gateways.iter().map(|gateway| &gateway.service))
        .chain(&holder)
        .chain(&workers)
        .collect();
    search(stage, &gateways[0], count / 10, setting.open).await;

    let idle = idle(&processes).await;
    let (before, memory_before, log_before) =
        (cpu(&processes), used_memory(stage).await, log_memory(stage).await);
    let start = Instant::now();
    search(stage, &gateways[0], count, setting.open).await;
    let (after, took) = (cpu(&processes), start.elapsed());
    let log = log_memory(stage).await - log_before;
    let records = used_memory(stage).await - memory_before - log;

    // Searches do not cause what idle processes use.
    let spent: Vec<_> = after
        .iter()
        .zip(&before)
        .zip(&idle)
        .map(|((after, before), rate)| {
            each_us(after.saturating_sub(*before).saturating_sub(took.mul_f64(*rate)), count)
        })
        .collect();
    let further_gateways = &spent[2..=setting.gateways];
    let workers_spent = spent[setting.gateways + 1..].iter().sum();
    for mut gateway in gateways {
        gateway.service.kill().await;
    }
    for mut worker in workers.into_iter().chain(holder) {
        worker.kill().await;
    }
    [
        Some(spent[1]),
        median(further_gateways),
        Some(spent[0]),
        Some(workers_spent),
        Some(spent.iter().sum()),
        Some(records / 1024.0 / as_f64(count)),
        Some(log / 1024.0 / as_f64(count)),
        Some(idle[0] * 1e3),
        Some(idle[1] * 1e3),
        // The worker that has the open searches, if there are any.
        Some(idle[setting.gateways + 1] * 1e3),
    ]
}

/// Starts a worker with this many searches in progress, whose suppliers don't answer, and opens up to [`MOST_STREAMS`]
/// of their streams.
async fn hold_open(stage: &Stage, gateway: &Gateway, count: usize) -> (Option<Service>, Vec<Client>) {
    if count == 0 {
        return (None, Vec::new());
    }
    let holder = stage.worker(count, UNANSWERED_MS).await;
    let searches = stage.submit(count, &suppliers()).await;
    stage.until_in_progress(count as u64).await;
    let followed = count.min(MOST_STREAMS);
    (Some(holder), open(gateway, &searches[..followed], "", None).await)
}

fn cpu(processes: &[&Service]) -> Vec<Duration> {
    processes.iter().map(|process| process.cpu()).collect()
}

/// The CPU time that each process uses while idle, in seconds per second.
async fn idle(processes: &[&Service]) -> Vec<f64> {
    let threads = || -> Vec<_> { processes.iter().map(|process| process.cpu_of_threads()).collect() };
    let (before, start) = (threads(), Instant::now());
    sleep(IDLE).await;
    let (after, took) = (threads(), start.elapsed());
    let spent = |(after, before): (&BTreeMap<OsString, u64>, &BTreeMap<OsString, u64>)| {
        let each = after.iter().map(|(thread, now)| now.saturating_sub(*before.get(thread).unwrap_or(&0)));
        Duration::from_nanos(each.sum()).as_secs_f64() / took.as_secs_f64()
    };
    after.iter().zip(&before).map(spent).collect()
}

/// The bytes that Redis uses.
async fn used_memory(stage: &Stage) -> f64 {
    let info: String = stage.ask("INFO", &["memory"]).await;
    let used = info.lines().find_map(|line| line.strip_prefix("used_memory:")).expect("INFO has used_memory");
    used.trim().parse().expect("a number")
}

/// The bytes that Redis uses for the result log.
async fn log_memory(stage: &Stage) -> f64 {
    let used: Option<f64> = stage.ask("MEMORY", &["USAGE", RESULTS_STREAM, "SAMPLES", "0"]).await;
    used.unwrap_or(0.0)
}

/// Submits searches that ask eight suppliers, and waits until their jobs are done.
async fn search(stage: &Stage, gateway: &Gateway, count: usize, open: usize) {
    let codes: Vec<_> = suppliers().iter().map(|code| format!("{:?}", code.as_str())).collect();
    let body = SEARCH.replace('}', &format!(r#","suppliers":[{}]}}"#, codes.join(",")));
    load(gateway.port, CONNECTIONS, count, &body).await;
    stage.until_jobs_are(open).await;
}

fn table(all: &[Vec<Vec<f64>>]) -> String {
    let mut table = format!("| open searches | gateways | workers | {} |\n", COLUMNS.join(" | "));
    table += &"| --- ".repeat(COLUMNS.len() + 3);
    table += "|\n";
    for (setting, figures) in SETTINGS.iter().zip(all) {
        let Setting { open, gateways, workers } = setting;
        // Writing to a String can't fail.
        let _ = write!(table, "| {open} | {gateways} | {workers} |");
        for figures in figures {
            let _ = write!(table, " {} |", median(figures).map_or("–".into(), round));
        }
        table.push('\n');
    }
    table
}

fn as_json(all: &[Vec<Vec<f64>>]) -> Value {
    let settings = SETTINGS.iter().zip(all).map(|(Setting { open, gateways, workers }, figures)| {
        let figures = COLUMNS.iter().zip(figures);
        let figures = figures.map(|(name, runs)| json!({ "title": name, "median": median(runs), "runs": runs }));
        json!({ "open": open, "gateways": gateways, "workers": workers, "figures": figures.collect::<Vec<_>>() })
    });
    json!({ "machine": machine(), "settings": settings.collect::<Vec<_>>() })
}
