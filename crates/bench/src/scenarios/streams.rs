use std::time::Duration;

use contracts::{SearchId, names};
use futures_util::{StreamExt, stream};
use test_kit::Gateway;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

use super::shared::{as_f64, each_us};
use crate::{
    client::Client,
    report::{Metric, percentile},
    stage::{Kind, Stage},
};

/// How many streams are opened at once.
const OPENED_AT_ONCE: usize = 128;
/// How long streams are idle before their memory is measured, and how long the gateway has to close connections after
/// the last result.
const QUIET: Duration = Duration::from_secs(1);
/// The field `results` of an end in the result log: two offers.
const RESULTS: &str = r#"[{"flight_number":"GA402","price":2860000,"currency":"IDR","carrier":"Garuda Indonesia","origin":"CGK","destination":"DPS","departure":"2025-07-10T06:05:00+07:00","arrival":"2025-07-10T08:55:00+08:00","duration_minutes":110,"stops":0,"suppliers":["GA"]},{"flight_number":"JT34","price":1930000,"currency":"IDR","carrier":"Lion Air","origin":"CGK","destination":"DPS","departure":"2025-07-10T09:20:00+07:00","arrival":"2025-07-10T12:15:00+08:00","duration_minutes":115,"stops":0,"suppliers":["JT"]}]"#;
/// The field `details` of that end.
const DETAILS: &str = r#"{"total":2,"suppliers":[{"code":"GA","name":"Garuda Indonesia","status":"ok","elapsed_ms":1102},{"code":"JT","name":"Lion Air","status":"ok","elapsed_ms":1480}],"first_answer_ms":1106,"elapsed_ms":1484}"#;

pub(super) async fn run(stage: &Stage, kind: Kind, count: usize) -> Vec<(Metric, f64)> {
    stage.clear().await;
    let searches = stage.submit(count, &[]).await;
    let mut gateway = stage.gateway(kind).await;

    let memory_before = gateway.service.memory_kib();
    let streams = open(&gateway, &searches, "", None).await;
    sleep(QUIET).await;
    let memory = gateway.service.memory_kib().saturating_sub(memory_before);

    let before = gateway.service.cpu();
    let took = deliver(stage, &searches, streams).await;
    sleep(QUIET).await;
    let spent = gateway.service.cpu().saturating_sub(before);
    gateway.service.kill().await;
    vec![
        (Metric::IdleStream, f64::from(u32::try_from(memory).expect("KiB")) / as_f64(count)),
        (Metric::DeliveryGatewayCpu, each_us(spent, count)),
        (Metric::BurstP50, percentile(&took, 50).expect("a stream")),
        (Metric::BurstP99, percentile(&took, 99).expect("a stream")),
    ]
}

/// Opens a stream for each search, each on its own connection, with these parameters and content coding.
pub(crate) async fn open(
    gateway: &Gateway,
    searches: &[SearchId],
    parameters: &str,
    coding: Option<&str>,
) -> Vec<Client> {
    let streams = stream::iter(searches).map(|id| async {
        let mut client = Client::connect(gateway.port).await;
        client.follow(*id, parameters, coding).await;
        client
    });
    streams.buffered(OPENED_AT_ONCE).collect().await
}

/// Publishes all results at once and waits until the streams end. Returns how many milliseconds after the start of
/// publishing each client received its result.
async fn deliver(stage: &Stage, searches: &[SearchId], streams: Vec<Client>) -> Vec<f64> {
    let mut clients = JoinSet::new();
    for mut client in streams {
        clients.spawn(async move { client.end().await });
    }
    let mut entries = redis::pipe();
    for id in searches {
        let id = id.to_string();
        let fields = [
            ("search_id", id.as_str()),
            ("status", "completed"),
            ("results", RESULTS),
            ("seq", "1"),
            ("details", DETAILS),
        ];
        entries.xadd(names::RESULTS_STREAM, "*", &fields).ignore();
    }
    let start = Instant::now();
    entries.exec_async(&mut stage.connection.clone()).await.expect("Redis accepts the entries");
    clients.join_all().await.into_iter().map(|at| (at - start).as_secs_f64() * 1e3).collect()
}
