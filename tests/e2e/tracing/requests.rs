//! What a client's headers decide, and what suppliers get.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use axum::{Json, Router, http::HeaderMap, routing::get};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use test_kit::{Collector, eventually};

use super::{TRACE, received, submit, traced, traceparent};

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_traceparent_begins_a_new_trace() {
    let collector = Collector::start().await;
    let system = traced(&collector).start().await;
    let client = system.client();
    let upper = traceparent("01").to_uppercase();
    for malformed in ["", "of no kind", &upper] {
        submit(&client, &[("traceparent", malformed)]).await;
    }
    for span in received(&collector, "POST /api/flights/search", 3).await {
        assert!(span.parent.is_empty() && span.trace != TRACE, "{span:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_exported_of_a_trace_that_is_not_sampled() {
    let collector = Collector::start().await;
    let system = traced(&collector).start().await;
    let client = system.client();
    let id = submit(&client, &[("traceparent", &traceparent("00"))]).await;
    client.follow_partials(&id).await.all().await;
    let entry = &system.redis.entries("flight.search.results").await[0];
    assert!(entry["traceparent"].starts_with(&format!("00-{TRACE}-")), "{entry:?}");
    assert!(entry["traceparent"].ends_with("-00"), "the decision is passed on: {entry:?}");
    assert!(system.workers[0].log().contains(TRACE), "the log names it all the same");
    // Spans are sent in order, and this one comes after all that might have been.
    submit(&client, &[]).await;
    received(&collector, "process flight.search.requested", 1).await;
    assert!(collector.spans().iter().all(|span| span.trace != TRACE));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_samples_on_its_own_heeds_no_flag() {
    let collector = Collector::start().await;
    let system = traced(&collector)
        .set("OTEL_TRACES_SAMPLER", "traceidratio")
        .set("OTEL_TRACES_SAMPLER_ARG", "0")
        .start()
        .await;
    let client = system.client();
    let id = submit(&client, &[("traceparent", &traceparent("01"))]).await;
    client.result(&id).await;
    let entry = &system.redis.entries("flight.search.results").await[0];
    assert!(entry["traceparent"].ends_with("-00"), "{entry:?}");
    assert!(collector.spans().is_empty());
}

/// An airline that keeps the headers it gets.
async fn airline() -> (u16, Arc<Mutex<Vec<HeaderMap>>>) {
    let seen = Arc::<Mutex<Vec<HeaderMap>>>::default();
    let keeper = Arc::clone(&seen);
    let answer = async move |headers: HeaderMap| -> Json<Value> {
        keeper.lock().unwrap().push(headers);
        Json(json!([]))
    };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", get(answer))).await });
    (port, seen)
}

fn suppliers(port: u16, further: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    write!(
        file,
        "[[supplier]]\ncode = 'XX'\nname = 'Example'\nkind = 'http'\nurl = 'http://127.0.0.1:{port}/'\n{further}\n\
         [supplier.response]\noffers = ''\nflight_number = '/flight'\nprice = '/price'\ndeparture = '/at'\n\
         duration_minutes = '/minutes'\n"
    )
    .unwrap();
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supplier_gets_the_trace_only_if_its_entry_says_so() {
    let collector = Collector::start().await;
    for (further, propagates) in [("", false), ("propagate_trace = true", true)] {
        let (port, seen) = airline().await;
        let file = suppliers(port, further);
        let system = traced(&collector).set("SUPPLIERS_FILE", file.path().to_str().unwrap()).start().await;
        let client = system.client();
        let headers = [("traceparent", traceparent("01")), ("tracestate", "rojo=1".into())];
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let id = submit(&client, &headers).await;
        client.result(&id).await;
        let seen = seen.lock().unwrap()[0].clone();
        assert_eq!(seen.contains_key("traceparent"), propagates, "{seen:?}");
        if propagates {
            let sent = seen["traceparent"].to_str().unwrap().to_owned();
            assert_eq!(seen["tracestate"], "rojo=1");
            let below = format!("00-{TRACE}-");
            let parent =
                sent.strip_prefix(&below).and_then(|rest| rest.strip_suffix("-01")).unwrap().to_owned();
            eventually("the span of the call", async || {
                collector.named("ask XX").iter().any(|span| span.id == parent).then_some(())
            })
            .await;
        }
    }
}
