//! Long offers are only in the record. The result log announces them, and gateways with a subscriber read them there.

use std::{collections::HashMap, time::Duration};

use redis::streams::StreamRangeReply;
use serde_json::{Value, json};
use test_kit::{
    System, eventually,
    sse::{Event, read_all},
};

use crate::encoding::stored;

/// The most bytes of offers in an entry of the result log.
const LONGEST_IN_LOG: usize = 2048;
/// So many offers are long even if they are compressed.
const MANY: usize = 200;

/// The entries of a search in the result log. Compressed offers are no text.
async fn announced(system: &System, id: &str) -> Vec<HashMap<String, Vec<u8>>> {
    let log: StreamRangeReply = system.redis.run("XRANGE flight.search.results - +").await;
    let bytes = |value| redis::from_redis_value::<Vec<u8>>(value).unwrap();
    let entries = log.ids.into_iter().map(|entry| {
        entry.map.into_iter().map(|(field, value)| (field, bytes(value))).collect::<HashMap<_, _>>()
    });
    entries.filter(|entry| entry["search_id"] == id.as_bytes()).collect()
}

fn report(code: &str) -> String {
    json!({"code": code, "name": code, "status": "ok", "elapsed_ms": 1, "offers": MANY}).to_string()
}

fn offers(number: usize) -> String {
    let offer = |number| json!({"flight_number": format!("GA{number}"), "price": number});
    Value::from((0..number).map(offer).collect::<Vec<_>>()).to_string()
}

/// Plays a worker: announces a supplier's answer that only the record has.
async fn announce(system: &System, id: &str, seq: &str, code: &str) {
    let entry =
        [("search_id", id), ("seq", seq), ("of", "2"), ("supplier", &report(code)), ("in_record", "9000")];
    system.redis.add("flight.search.results", &entry).await;
}

async fn announce_end(system: &System, id: &str, seq: &str) {
    let entry =
        [("search_id", id), ("status", "completed"), ("results", "[]"), ("seq", seq), ("in_record", "9000")];
    system.redis.add("flight.search.results", &entry).await;
}

async fn store(system: &System, id: &str, fields: &[(&str, &str)]) {
    let mut set = redis::cmd("HSET");
    set.arg(format!("flight.search.record:{id}")).arg(fields);
    set.exec_async(&mut system.redis.connect().await).await.unwrap();
}

async fn store_answer(system: &System, id: &str, seq: &str, code: &str) {
    let answer = format!("{seq}\n2\n{}\n{}", report(code), offers(MANY));
    store(system, id, &[(&format!("supplier:{code}"), &answer), ("seq", seq)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_clients_get_offers_that_only_the_record_has() {
    let system = System::builder()
        .gateways(2)
        .set("SIMULATED_RESELLERS", "true")
        .set("SIMULATED_FAILURE_RATE", "0")
        .set("SIMULATED_LATENCY_MS", "50-300")
        .start()
        .await;
    stored(&system, true).await;
    let [first, second] = system.clients().try_into().expect("two gateways");
    let search = json!({"from": "CGK", "to": "DPS", "date": "2125-07-10", "return_date": "2125-07-17", "passengers": 2});
    let (_, accepted) = first.post(&search).await;
    let id = accepted["data"]["search_id"].as_str().expect("an id").to_owned();
    let streams = vec![first.follow_partials(&id).await, second.follow_partials(&id).await];
    let quiet = second.follow(&id).await;
    let early = read_all(streams).await;
    assert_eq!(early[0], early[1], "byte for byte on both gateways");
    assert_eq!(quiet.all().await, early[0][early[0].len() - 1..]);
    assert_eq!(first.follow_partials(&id).await.all().await, early[0], "late");

    let entries = announced(&system, &id).await;
    assert_eq!(entries.len(), early[0].len());
    for entry in &entries {
        assert_ne!(entry.contains_key("offers"), entry.contains_key("in_record"), "{entry:?}");
        assert!(entry.get("offers").is_none_or(|offers| offers.len() <= LONGEST_IN_LOG), "{entry:?}");
        let length = |text: &Vec<u8>| std::str::from_utf8(text).unwrap().parse::<usize>().unwrap();
        assert!(entry.get("in_record").is_none_or(|bytes| length(bytes) > LONGEST_IN_LOG), "{entry:?}");
    }
    assert!(entries.last().is_some_and(|end| end.contains_key("in_record")), "the end is long");
    assert!(entries.iter().any(|entry| entry.contains_key("offers")), "short answers are in the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_has_all_offers_if_it_is_kept_for_longer_than_records() {
    let system = System::builder()
        .set("RECORD_TTL_SECS", "30")
        .set("SEARCH_DEADLINE_MS", "20000")
        .set("SIMULATED_RESELLERS", "true")
        .set("SIMULATED_FAILURE_RATE", "0")
        .set("SIMULATED_LATENCY_MS", "1")
        .start()
        .await;
    let entries = announced(&system, &stored(&system, true).await).await;
    assert!(entries.iter().all(|entry| entry.contains_key("offers")), "{entries:?}");
    let longest = entries.iter().map(|entry| entry["offers"].len()).max();
    assert!(longest > Some(LONGEST_IN_LOG), "{longest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_announced_event_that_the_record_lacks_is_sent_once_it_is_there() {
    let system = System::builder().workers(0).start().await;
    let client = system.client();
    let id = client.submit().await;
    let mut stream = client.follow_partials(&id).await;
    // Redis has lost what these announce.
    announce(&system, &id, "1", "AA").await;
    announce_end(&system, &id, "2").await;
    store_answer(&system, &id, "1", "BB").await;
    announce(&system, &id, "1", "BB").await;
    let first = stream.next().await.expect("an answer");
    assert_eq!((first.seq(), first.json()["supplier"]["code"].as_str()), (1, Some("BB")));
    assert_eq!(first.json()["results"].as_array().map(Vec::len), Some(MANY));

    // Another event has taken its place.
    store_answer(&system, &id, "2", "AA").await;
    announce(&system, &id, "7", "AA").await;
    assert_eq!(stream.next().await.expect("another").seq(), 2);

    let results = offers(MANY);
    let end =
        [("status", "failed"), ("seq", "3"), ("results", results.as_str()), ("details", r#"{"total":200}"#)];
    store(&system, &id, &end).await;
    announce_end(&system, &id, "3").await;
    let last = stream.next().await.expect("the end");
    assert_eq!((last.seq(), last.json()["status"].as_str()), (3, Some("failed")), "as the record has it");
    assert_eq!(last.json()["results"].as_array().map(Vec::len), Some(MANY));
    assert!(stream.next().await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_malformed_is_logged_and_delays_no_other_event() {
    let system = System::builder().workers(0).start().await;
    let client = system.client();
    let [id, other] = [client.submit().await, client.submit().await];
    let (mut stream, _other) = (client.follow_partials(&id).await, client.follow_partials(&other).await);
    // The other's record is no hash any more.
    let mut set = redis::cmd("SET");
    set.arg(format!("flight.search.record:{other}")).arg("overwritten");
    set.exec_async(&mut system.redis.connect().await).await.unwrap();
    announce(&system, &other, "1", "AA").await;
    announce_end(&system, &other, "2").await;
    announce(&system, &id, "no number", "AA").await;
    store(&system, &id, &[("supplier:AA", "no answer")]).await;
    announce(&system, &id, "1", "AA").await;
    store_answer(&system, &id, "1", "BB").await;
    announce(&system, &id, "1", "BB").await;
    assert_eq!(stream.next().await.expect("an answer").json()["supplier"]["code"], "BB");
    for line in [
        "skipped a malformed entry in the result log",
        "a record's answer is malformed",
        "the record of a followed search can't be read",
    ] {
        let log = || system.gateways[0].service.log();
        eventually(line, async || log().contains(line).then_some(())).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_if_connections_are_cut_between_announcement_and_reading() {
    let system = System::builder()
        .set("SIMULATED_RESELLERS", "true")
        .set("SIMULATED_FAILURE_RATE", "0")
        .set("SIMULATED_LATENCY_MS", "100-2000")
        .start()
        .await;
    stored(&system, true).await;
    let client = system.client();
    let mut streams = Vec::new();
    for _ in 0..20 {
        let id = client.submit().await;
        streams.push(client.follow_partials(&id).await);
    }
    // Connections are cut in the middle of whatever they carry.
    let cut = async {
        let mut pace = tokio::time::interval(Duration::from_millis(50));
        for _ in 0..20 {
            pace.tick().await;
            system.redis.run::<usize>("CLIENT KILL TYPE normal").await;
        }
    };
    let ((), all) = tokio::join!(cut, read_all(streams));
    for events in &all {
        let seqs: Vec<_> = events.iter().map(Event::seq).collect();
        assert_eq!(seqs, (1..=events.len() as u64).collect::<Vec<_>>());
        assert!(events.last().is_some_and(Event::is_terminal));
    }
}
