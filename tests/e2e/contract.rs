//! The wire contract: exactly what a client sends and receives.

use std::collections::HashSet;

use reqwest::{Method, StatusCode};
use serde_json::Value;
use test_kit::{System, client::example, sse::read_all};

/// The keys of a JSON object, in the order of the text.
fn keys(json: &str) -> Vec<String> {
    let mut depth = 0;
    let mut keys = Vec::new();
    let mut rest = json;
    while let Some(at) = rest.find(['{', '}', '[', ']', '"']) {
        let (found, after) = (rest.as_bytes()[at], &rest[at + 1..]);
        rest = after;
        match found {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {
                // No key or value here contains an escaped quote.
                let end = after.find('"').unwrap();
                rest = &after[end + 1..];
                if depth == 1 && rest.starts_with(':') {
                    keys.push(after[..end].to_owned());
                }
            }
        }
    }
    keys
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_example_is_answered_as_documented() {
    let system = System::start().await;
    let client = system.client();
    let response = client.request(Method::POST, "/api/flights/search").json(&example()).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let text = response.text().await.unwrap();
    assert_eq!(keys(&text), ["success", "message", "data"]);
    let body: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(body["success"], true);
    assert_eq!(body["message"], "Search request submitted");
    assert_eq!(body["data"]["status"], "processing");
    let id = body["data"]["search_id"].as_str().unwrap();
    assert_eq!(uuid::Uuid::parse_str(id).unwrap().get_version_num(), 4);

    let mut stream = client.follow(id).await;
    let event = stream.next().await.unwrap();
    assert_eq!(stream.next().await, None, "exactly one event, and then the stream ends");
    assert_eq!(stream.retries, [1000]);
    assert_eq!(event.name, "", "unnamed, so that EventSource.onmessage gets it");
    let first: Vec<_> = event.raw.trim_end().lines().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(first, ["id", "data"]);
    assert_eq!(keys(&event.data)[..3], ["search_id", "status", "results"]);
    let result = event.json();
    assert_eq!(result["search_id"], id);
    assert_eq!(result["status"], "completed");
    let offers = result["results"].as_array().unwrap();
    assert!(!offers.is_empty());
    for offer in offers {
        assert!(offer["flight_number"].is_string() && offer["price"].is_u64(), "{offer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_has_the_headers_that_proxies_need() {
    let system = System::start().await;
    let client = system.client();
    let id = client.submit().await;
    let response = client.open(&id, "", None).await;
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/event-stream");
    assert_eq!(header("cache-control"), "no-cache, no-transform");
    assert_eq!(header("x-accel-buffering"), "no");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_client_of_a_search_gets_the_same_result() {
    let system = System::builder().set("SIMULATED_LATENCY_MS", "300").start().await;
    let client = system.client();
    let id = client.submit().await;
    let mut streams = Vec::new();
    for _ in 0..20 {
        streams.push(client.follow(&id).await);
    }
    let followed = read_all(streams).await;
    assert_eq!(followed[0].len(), 1);
    assert!(followed.iter().all(|events| *events == followed[0]), "all clients get the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn offers_are_plausible_flights_and_the_same_each_time() {
    let system = System::start().await;
    let client = system.client();
    let result = client.result(&client.submit().await).await.json();
    let offers: Vec<contracts::Offer> = serde_json::from_value(result["results"].clone()).unwrap();
    assert!(offers.is_sorted_by_key(|offer| offer.price), "sorted by price");
    for offer in &offers {
        assert_eq!((offer.origin.as_str(), offer.destination.as_str()), ("CGK", "DPS"));
        assert!(offer.departure.to_string().starts_with("2025-07-1"), "{offer:?}");
        assert!(
            offer.departure.to_string().ends_with("+07:00") && offer.arrival.to_string().ends_with("+08:00")
        );
        let minutes =
            offer.departure.timestamp().until(offer.arrival.timestamp()).unwrap().get_seconds() / 60;
        assert_eq!(minutes, i64::from(offer.duration_minutes), "{offer:?}");
        assert!((80..=900).contains(&offer.duration_minutes), "{offer:?}");
        assert!(offer.flight_number.len() >= 3 && !offer.carrier.is_empty());
        assert_eq!(offer.currency, contracts::Currency::IDR);
    }
    let again = client.result(&client.submit().await).await.json();
    assert_eq!(without_times(again), without_times(result), "the same search gives the same offers");
}

/// The offers of an end without what depends on when they were fetched.
fn without_times(mut end: Value) -> Value {
    let mut offers = end["results"].take();
    for price in
        offers.as_array_mut().unwrap().iter_mut().flat_map(|offer| offer["prices"].as_array_mut().unwrap())
    {
        let price = price.as_object_mut().unwrap();
        assert!(price.remove("fetched_at").is_some() && price.remove("expires_at").is_some());
    }
    offers
}

/// The offers of version 0.1 for the documented example, one a line, as it wrote them.
const FLAT_OFFERS: &str = include_str!("contract/flat_offers.jsonl");

#[tokio::test(flavor = "multi_thread")]
async fn each_offer_starts_with_the_flat_fields_of_version_0_1_byte_for_byte() {
    let system =
        System::builder().set("SIMULATED_FAILURE_RATE", "0").set("SIMULATED_LATENCY_MS", "0").start().await;
    let client = system.client();
    let end = client.result(&client.submit().await).await;
    let mut rest = end.data.split_once(r#""results":["#).unwrap().1;
    for recorded in FLAT_OFFERS.lines() {
        let flat = recorded.strip_suffix('}').unwrap();
        let more = rest.strip_prefix(flat).unwrap_or_else(|| panic!("{rest:.400}\ninstead of\n{flat}"));
        assert!(more.starts_with(r#","cabin":"#), "{more:.100}");
        rest = next_offer(more);
    }
    assert!(rest.starts_with(r#""total":28,"#), "no further offer: {rest:.100}");
}

/// What follows an offer's end, without the comma. `text` is in the offer; no text in it has a brace.
fn next_offer(text: &str) -> &str {
    let mut depth = 1;
    let end = text.find(|char| {
        depth += match char {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        depth == 0
    });
    text[end.unwrap() + 1..].trim_start_matches([',', ']'])
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_has_the_same_id_in_each_event_and_from_each_seller() {
    let system = System::builder().set("SIMULATED_LATENCY_MS", "50-200").start().await;
    let client = system.client();
    let id = client.submit().await;
    let events = client.follow_partials(&id).await.all().await;
    let (end, partials) = events.split_last().unwrap();
    let ids = |event: &test_kit::Event| -> Vec<String> {
        let offers = event.json()["results"].clone();
        let offers: Vec<contracts::Offer> = serde_json::from_value(offers).unwrap();
        for offer in &offers {
            assert_eq!(offer.id, contracts::offer::OfferId::of(offer), "{offer:?}");
        }
        offers.into_iter().map(|offer| offer.id.to_string()).collect()
    };
    let received: HashSet<_> = partials.iter().flat_map(ids).collect();
    let merged = ids(end);
    assert_eq!(merged.len(), received.len(), "no id is in the end twice");
    assert_eq!(merged.into_iter().collect::<HashSet<_>>(), received);
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_accepted_in_either_case_and_city_codes_too() {
    let system = System::start().await;
    let client = system.client();
    let body = serde_json::json!({"from": "jkt", "to": "dps", "date": "2025-07-10", "passengers": 1});
    let (status, response) = client.post(&body).await;
    assert_eq!(status, StatusCode::OK, "{response}");
    let id = response["data"]["search_id"].as_str().unwrap();
    let result = client.result(id).await.json();
    assert!(!result["results"].as_array().unwrap().is_empty());
    let (_, state) = client.state(id).await;
    assert_eq!((&state["data"]["from"], &state["data"]["to"]), (&"JKT".into(), &"DPS".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn partials_are_sent_only_on_request_and_before_the_end() {
    let system = System::builder().set("SIMULATED_LATENCY_MS", "50-400").start().await;
    let client = system.client();
    let id = client.submit().await;
    let followed = read_all(vec![client.follow_partials(&id).await, client.follow(&id).await]).await;
    let (partials, last) = followed[0].split_at(followed[0].len() - 1);
    assert_eq!(last, followed[1], "the terminal event is the same for both");
    let of = partials.len();
    assert!(of >= 8, "every supplier has answered");
    for (at, partial) in partials.iter().enumerate() {
        assert_eq!((partial.name.as_str(), partial.seq()), ("partial", at as u64 + 1));
        let data = partial.json();
        assert_eq!(data["status"], "processing");
        assert_eq!(data["progress"], serde_json::json!({"answered": at + 1, "of": of}));
    }
    assert_eq!(last[0].seq(), of as u64 + 1);
    let suppliers = last[0].json()["suppliers"].as_array().unwrap().len();
    assert_eq!(suppliers, of, "the terminal event lists them all");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_searches_at_once_are_worked_on_at_once() {
    let system = System::builder().set("SIMULATED_LATENCY_MS", "1000").start().await;
    let client = system.client();
    let mut searches = Vec::new();
    for _ in 0..200 {
        searches.push(client.submit().await);
    }
    let posted = std::time::Instant::now();
    let mut streams = Vec::new();
    for id in &searches {
        streams.push(client.follow(id).await);
    }
    for (events, id) in read_all(streams).await.iter().zip(&searches) {
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].json()["search_id"], id.as_str());
    }
    // One after another they would take 200 seconds.
    assert!(posted.elapsed().as_secs_f64() < 60.0, "{:?} after the last POST", posted.elapsed());
}

/// The documented example, on a day that is not over for long.
fn later_example() -> Value {
    let mut body = example();
    body["date"] = "2125-07-10".into();
    body
}

/// For each field of a search, a value that differs from [`later_example`]'s.
const CHANGES: [(&str, &str); 11] = [
    ("from", "\"SUB\""),
    ("to", "\"SIN\""),
    ("date", "\"2125-07-11\""),
    ("passengers", r#"{"adults": 2, "children": [7], "infants": [1]}"#),
    ("return_date", "\"2125-07-17\""),
    (
        "slices",
        r#"[{"from": "CGK", "to": "DPS", "date": "2125-07-10", "departure": {"earliest": "06:00"}},
            {"from": "SUB", "to": "CGK", "date": "2125-07-10"}]"#,
    ),
    ("cabin", "\"business\""),
    ("max_stops", "0"),
    ("currency", "\"USD\""),
    ("suppliers", "[\"GA\"]"),
    ("timeout_ms", "5000"),
];

#[tokio::test(flavor = "multi_thread")]
async fn each_field_of_the_schema_reaches_job_and_record() {
    let system = System::builder().workers(0).start().await;
    let client = system.client();
    let document = client.get("/openapi.json").await.1;
    let schema = &document["components"]["schemas"]["SearchRequest"];
    let fields: Vec<_> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    let mut rows = CHANGES.map(|(field, _)| field);
    rows.sort_unstable();
    assert_eq!(fields, rows, "each field of the schema has a row in this test");

    // Keeps the client's fields; the others differ between searches.
    let comparable = |mut fields: std::collections::HashMap<String, String>| {
        let time = |name: &str| fields.get(name).and_then(|time| time.parse::<u64>().ok());
        let (created, deadline) = (time("created_ms").unwrap(), time("deadline_ms").unwrap());
        fields.insert("deadline_ms".into(), (deadline - created).to_string());
        fields.retain(|field, _| !["search_id", "created_ms", "status", "seq"].contains(&field.as_str()));
        fields
    };
    let submit = async |body: &Value| {
        let id = client.post(body).await.1["data"]["search_id"].as_str().unwrap().to_owned();
        let job = system.redis.entries("flight.search.requested").await.pop().unwrap();
        assert_eq!(job["search_id"], id);
        let record = system.redis.run(&format!("HGETALL flight.search.record:{id}")).await;
        (comparable(job), comparable(record))
    };
    let plain = submit(&later_example()).await;
    for (field, value) in CHANGES {
        let mut body = later_example();
        body[field] = value.parse().unwrap();
        let (job, record) = submit(&body).await;
        assert_ne!(job, plain.0, "{field} is not in the job");
        assert_eq!(record, job, "{field} is not in the record");
    }
}
