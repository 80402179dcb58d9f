//! How the cost of a search grows: with the searches that Redis knows, with gateways, with workers.
//!
//! In each setting searches are submitted at the first gateway and worked off by the workers; the CPU time of all
//! is divided by their number. The other gateways only read the result log. At last all are left idle for a while.

use std::{fmt::Write, time::Duration};

use contracts::names::{CONSUMER_GROUP, REQUESTED_STREAM, RESULTS_STREAM};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    args::Args,
    process::Process,
    report::{machine, median, round},
    scenarios::{as_f64, each_us, load, suppliers},
    stage::{Gateway, Kind, SEARCH, Stage},
};

/// How many clients submit at once.
const CONNECTIONS: usize = 16;
/// How long nothing is done, to see what that costs.
const IDLE: Duration = Duration::from_secs(4);
/// How many jobs are set aside at once.
const BATCH: &str = "1000";

/// What there is beside the searches that are measured.
#[derive(Clone, Copy)]
struct Setting {
    /// Searches in the hands of a worker that does nothing: records, and pending jobs.
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

/// What is told of each setting.
const COLUMNS: [&str; 9] = [
    "first gateway, µs a search",
    "each further gateway, µs a search",
    "Redis, µs a search",
    "workers together, µs a search",
    "all together, µs a search",
    "records, KiB a search",
    "news, KiB a search",
    "idle: Redis, ms a second",
    "idle: a gateway, ms a second",
];

/// Measures it and tells it, for people and for programs.
pub(crate) async fn run(stage: &Stage, args: &Args) -> (String, Value) {
    let (runs, count) = if args.quick { (1, 1_000) } else { (5, 10_000) };
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
    set_aside(stage, setting.open).await;
    let mut gateways = Vec::new();
    for _ in 0..setting.gateways {
        gateways.push(stage.gateway(Kind::Product).await);
    }
    let mut workers = Vec::new();
    for _ in 0..setting.workers {
        workers.push(stage.worker(1000, 0).await);
    }
    let cpu = || -> Vec<Duration> {
        let workers = workers.iter().map(Process::cpu).sum();
        let gateways = gateways.iter().map(|gateway| gateway.process.cpu());
        [stage.redis.cpu(), workers].into_iter().chain(gateways).collect()
    };
    search(stage, &gateways[0], count / 10, setting.open).await;
    let (before, memory_before, news_before) = (cpu(), used_memory(stage).await, news_memory(stage).await);
    search(stage, &gateways[0], count, setting.open).await;
    let busy = cpu();
    let news = news_memory(stage).await - news_before;
    let records = used_memory(stage).await - memory_before - news;
    sleep(IDLE).await;
    let idle = cpu();
    let spent: Vec<_> = busy
        .iter()
        .zip(&before)
        .map(|(after, before)| each_us(after.saturating_sub(*before), count))
        .collect();
    let idle: Vec<_> = idle
        .iter()
        .zip(&busy)
        .map(|(after, before)| after.saturating_sub(*before).as_secs_f64() * 1e3 / IDLE.as_secs_f64())
        .collect();
    for gateway in gateways {
        gateway.process.stop().await;
    }
    for worker in workers {
        worker.stop().await;
    }
    [
        Some(spent[2]),
        median(&spent[3..]),
        Some(spent[0]),
        Some(spent[1]),
        Some(spent.iter().sum()),
        Some(records / 1024.0 / as_f64(count)),
        Some(news / 1024.0 / as_f64(count)),
        Some(idle[0]),
        median(&idle[2..]),
    ]
}

/// Bytes that Redis has in use.
async fn used_memory(stage: &Stage) -> f64 {
    let info: String = stage.ask("INFO", &["memory"]).await;
    let used =
        info.lines().find_map(|line| line.strip_prefix("used_memory:")).expect("a line that is always there");
    used.trim().parse().expect("a number")
}

/// How many of them hold the result log.
async fn news_memory(stage: &Stage) -> f64 {
    let used: Option<f64> = stage.ask("MEMORY", &["USAGE", RESULTS_STREAM, "SAMPLES", "0"]).await;
    used.unwrap_or(0.0)
}

/// Submits searches that ask eight suppliers, and waits for their end.
async fn search(stage: &Stage, gateway: &Gateway, count: usize, open: usize) {
    let codes: Vec<_> = suppliers().iter().map(|code| format!("{:?}", code.as_str())).collect();
    let body = SEARCH.replace('}', &format!(r#","suppliers":[{}]}}"#, codes.join(",")));
    load(gateway.addr, CONNECTIONS, count, &body).await;
    stage.until_jobs_are(open).await;
}

/// Submits searches and has a worker take them that does no work.
async fn set_aside(stage: &Stage, count: usize) {
    stage.ask::<()>("XGROUP", &["CREATE", REQUESTED_STREAM, CONSUMER_GROUP, "0", "MKSTREAM"]).await;
    stage.submit(count, &suppliers()).await;
    let read = ["GROUP", CONSUMER_GROUP, "idler", "COUNT", BATCH, "STREAMS", REQUESTED_STREAM, ">"];
    while stage.ask::<redis::Value>("XREADGROUP", &read).await != redis::Value::Nil {}
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
