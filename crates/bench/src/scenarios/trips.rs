//! A search as travellers make it: a return trip whose offers have flights, prices of several sellers in three currencies,
//! baggage and conditions.

use std::{ops::RangeInclusive, time::Duration};

use contracts::{
    Offer, SearchId, SupplierReport,
    entry::{Fields, ResultEntry, StoredAnswer, StoredEnd, flat_results},
    names::{
        self,
        field::{DETAILS, IN_RECORD, OFFERS, RESULTS, SEQ, STATUS, SUPPLIER},
    },
};
use redis::streams::StreamRangeReply;
use tokio::{task::JoinSet, time::sleep};

use super::{
    shared::{as_f64, each_us},
    streams::open,
};
use crate::{
    report::{Metric, Side},
    stage::{Kind, Stage},
};

/// The search. Its prices are ranked in rupiah; the agencies quote in dollars.
const TRIP: &str =
    r#"{"from":"CGK","to":"DPS","date":"2125-07-10","return_date":"2125-07-17","passengers":2}"#;
/// Four carriers, and two agencies that sell their flights too.
const SUPPLIERS: &str = include_str!("trips.toml");
/// How many itineraries they have.
const ITINERARIES: usize = 24;
/// How many sellers each itinerary has.
const SELLERS: RangeInclusive<usize> = 2..=3;
/// The default of `MAX_CONCURRENCY`.
const CONCURRENCY: usize = 1000;
/// Every how many records one is measured.
const SAMPLE: usize = 20;
/// How long the gateway has to close connections after the last result.
const QUIET: Duration = Duration::from_secs(1);

/// Names and values.
type Pairs = Vec<(String, Vec<u8>)>;

/// An event of a search.
struct Event {
    /// Its entry in the result log, without the search's id.
    entry: Pairs,
    /// What of it is only in the record.
    record: Pairs,
}

pub(super) async fn run(stage: &mut Stage, count: usize) -> Vec<(Metric, Side, f64)> {
    let settings = [
        ("SIMULATED_LATENCY_MS", "0".into()),
        ("SIMULATED_FAILURE_RATE", "0".into()),
        ("EXCHANGE_RATES_FILE", "examples/sample-rates.csv".into()),
    ];
    let kept = std::mem::replace(&mut stage.further, settings.into());
    stage.clear().await;
    let searches = stage.submit_as(TRIP, count, &[]).await;
    let redis_before = stage.redis.server().cpu();
    let mut worker = stage.worker_with_suppliers(CONCURRENCY, SUPPLIERS).await;
    stage.until_jobs_are(0).await;
    let (worker_cpu, redis_after) = (worker.cpu(), stage.redis.server().cpu());
    worker.kill().await;
    stage.further = kept;

    let events = events_of(stage, searches[count / 2]).await;
    let offers = offers(events.last().expect("an end"));
    assert_eq!(offers.len(), ITINERARIES);
    assert!(offers.iter().all(|offer| SELLERS.contains(&offer.suppliers.len())), "{offers:?}");
    let mut figures = vec![
        (Metric::TripWorkerCpu, Side::Product, each_us(worker_cpu, count)),
        (Metric::TripRedisCpu, Side::Product, each_us(redis_after.saturating_sub(redis_before), count)),
        (Metric::TripRecord, Side::Product, mean_record_kib(stage, &searches).await),
        (Metric::TripLog, Side::Product, kib(stage, names::RESULTS_STREAM).await / as_f64(count)),
    ];
    let flat: Vec<Event> = events.iter().map(with_flat_offers).collect();
    for (side, events) in [(Side::Product, events), (Side::Floor, flat)] {
        for (metric, coding) in [(Metric::TripDeliveryCpu, None), (Metric::TripGzipDeliveryCpu, Some("gzip"))]
        {
            figures.push((metric, side, deliver(stage, count, &events, coding).await));
        }
    }
    figures
}

/// The memory of a record, the mean of some.
async fn mean_record_kib(stage: &Stage, searches: &[SearchId]) -> f64 {
    let (mut total, mut count) = (0.0, 0.0);
    for id in searches.iter().step_by(SAMPLE) {
        total += kib(stage, &names::record_key(*id)).await;
        count += 1.0;
    }
    total / count
}

/// The memory that a key takes.
async fn kib(stage: &Stage, key: &str) -> f64 {
    as_f64(stage.ask::<usize>("MEMORY", &["USAGE", key, "SAMPLES", "0"]).await) / 1024.0
}

/// The events of a search, in their order.
async fn events_of(stage: &Stage, id: SearchId) -> Vec<Event> {
    let log: StreamRangeReply = stage.ask("XRANGE", &[names::RESULTS_STREAM, "-", "+"]).await;
    let text = id.to_string();
    let of_search = |name: &str, value: &[u8]| name == names::field::SEARCH_ID && value == text.as_bytes();
    let mut events = Vec::new();
    for entry in log.ids {
        let value = |value| redis::from_redis_value(value).expect("bytes");
        let mut entry: Pairs = entry.map.into_iter().map(|(name, bytes)| (name, value(bytes))).collect();
        if !entry.iter().any(|(name, value)| of_search(name, value)) {
            continue;
        }
        entry.retain(|(name, _)| name != names::field::SEARCH_ID);
        let mut record = Pairs::new();
        let value = |name: &str| entry.iter().find(|(field, _)| field == name).map(|(_, value)| value);
        if value(IN_RECORD).is_some() {
            let names = match value(SUPPLIER) {
                Some(report) => {
                    let report: SupplierReport = serde_json::from_slice(report).expect("a report");
                    vec![format!("{}{}", names::record::ANSWER_PREFIX, report.code), SEQ.to_owned()]
                }
                None => [STATUS, SEQ, RESULTS, DETAILS].map(str::to_owned).to_vec(),
            };
            for name in names {
                let value = stage.ask("HGET", &[&names::record_key(id), &name]).await;
                record.push((name, value));
            }
        }
        events.push(Event { entry, record });
    }
    events
}

fn fields(pairs: &Pairs) -> Fields {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect()
}

/// The offers of an event.
fn offers(Event { entry, record }: &Event) -> Vec<Offer> {
    let event = match record.first() {
        None => ResultEntry::decode(fields(entry)),
        Some((name, value)) if name.starts_with(names::record::ANSWER_PREFIX) => {
            StoredAnswer::decode_stored(name, value).map(ResultEntry::Answer)
        }
        Some(_) => StoredEnd::decode(&mut fields(record)).map(|end| ResultEntry::End { seq: None, end }),
    };
    let offers = match event.expect("an event") {
        ResultEntry::Answer(answer) => answer.offers,
        ResultEntry::End { end, .. } => end.results,
    };
    offers.parse().expect("offers")
}

/// The event as it was when offers had only flat fields, as JSON in the result log.
fn with_flat_offers(event: &Event) -> Event {
    let is_end = event.entry.iter().any(|(name, _)| name == RESULTS);
    let name = if is_end { RESULTS } else { OFFERS };
    let flat = flat_results(&offers(event), true).as_str().as_bytes().to_vec();
    let others =
        event.entry.iter().filter(|(name, _)| ![RESULTS, OFFERS, IN_RECORD].contains(&name.as_str()));
    Event { entry: others.cloned().chain([(name.to_owned(), flat)]).collect(), record: Pairs::new() }
}

/// The gateway's CPU time, in microseconds, for each event, if `count` searches have these, each with a stream in this
/// content coding.
async fn deliver(stage: &Stage, count: usize, events: &[Event], coding: Option<&str>) -> f64 {
    stage.clear().await;
    let searches = stage.submit(count, &[]).await;
    let mut gateway = stage.gateway(Kind::Product).await;
    let streams = open(&gateway, &searches, "?partials=true", coding).await;
    sleep(QUIET).await;
    let before = gateway.service.cpu();
    let mut clients = JoinSet::new();
    for mut client in streams {
        clients.spawn(async move { client.close().await });
    }
    for Event { entry, record } in events {
        let mut adds = redis::pipe();
        for id in &searches {
            if !record.is_empty() {
                adds.cmd("HSET").arg(names::record_key(*id)).arg(record).ignore();
            }
            let add = adds.cmd("XADD").arg(names::RESULTS_STREAM).arg("*").arg(names::field::SEARCH_ID);
            add.arg(id.to_string()).arg(entry).ignore();
        }
        adds.exec_async(&mut stage.connection.clone()).await.expect("Redis accepts the entries");
    }
    clients.join_all().await;
    sleep(QUIET).await;
    let spent = gateway.service.cpu().saturating_sub(before);
    gateway.service.kill().await;
    each_us(spent, count * events.len())
}
