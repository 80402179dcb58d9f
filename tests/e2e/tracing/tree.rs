//! One search is one tree, from the POST to the event on the wire.

use test_kit::{Collector, sse::read_all};

use super::{ABOVE, assert_connected, received, submit, traced, traceparent};

#[tokio::test(flavor = "multi_thread")]
async fn a_search_is_one_tree_through_gateway_and_worker() {
    let collector = Collector::start().await;
    let mut system = traced(&collector).workers(0).start().await;
    let client = system.client();
    let parent = traceparent("01");
    let id = submit(&client, &[("traceparent", &parent), ("tracestate", "rojo=1")]).await;
    // The subscriber is there before the first answer, so that there is a receipt.
    let stream = client.follow_partials(&id).await;
    system.add_worker();
    let events = stream.all().await;

    received(&collector, "process flight.search.requested", 1).await;
    received(&collector, "receive flight.search.results", 1).await;
    received(&collector, "write event", events.len()).await;
    let spans = collector.spans();
    assert_connected(&spans);
    let by_name = |name: &str| spans.iter().filter(|span| span.name == name).collect::<Vec<_>>();
    let only = |name: &str| match by_name(name)[..] {
        [span] => span,
        ref other => panic!("{} spans named {name}", other.len()),
    };

    let post = only("POST /api/flights/search");
    assert_eq!((post.parent.as_str(), post.kind, post.state.as_str()), (ABOVE, "SPAN_KIND_SERVER", "rojo=1"));
    assert_eq!(post.attribute("http.response.status_code"), "200");
    assert_eq!(post.attribute("flight_search.search_id"), id);
    assert_eq!(post.service["service.name"], "main-service");
    let send = only("send flight.search.requested");
    assert_eq!((&send.parent, send.kind), (&post.id, "SPAN_KIND_PRODUCER"));
    assert_eq!(send.attribute("messaging.destination.name"), "flight.search.requested");
    let receive = only("receive flight.search.requested");
    assert_eq!((&receive.parent, receive.kind), (&send.id, "SPAN_KIND_CONSUMER"));
    let process = only("process flight.search.requested");
    assert_eq!((&process.parent, process.kind), (&receive.id, "SPAN_KIND_CONSUMER"));
    assert_eq!(process.attribute("flight_search.delivery"), "1");
    assert_eq!(process.attribute("flight_search.job.end"), "done");
    assert_eq!(process.service["service.name"], "provider-service");
    let asked: Vec<_> = spans.iter().filter(|span| span.name.starts_with("ask ")).collect();
    assert_eq!(asked.len(), events.len() - 1, "one for each supplier");
    assert!(asked.iter().all(|span| span.parent == receive.id && span.kind == "SPAN_KIND_CLIENT"));
    let end = only("end flight.search.results");
    assert_eq!((&end.parent, end.attribute("flight_search.result")), (&receive.id, "now"));
    assert_eq!(end.attribute("flight_search.seq"), events.len().to_string());

    // Each event was written once, below its receipt or, if it was there before the subscriber, below the POST's.
    let mut written: Vec<u64> = by_name("write event")
        .iter()
        .map(|span| span.attribute("flight_search.seq").parse().unwrap())
        .collect();
    written.sort_unstable();
    assert_eq!(written, (1..=events.len() as u64).collect::<Vec<_>>());
    let last =
        by_name("receive flight.search.results").into_iter().find(|span| span.parent == end.id).unwrap();
    assert_eq!(last.attribute("flight_search.subscribers"), "1");
    assert!(by_name("write event").iter().any(|span| span.parent == last.id), "{spans:#?}");

    for (log, line) in [
        (system.gateways[0].service.log(), "search accepted"),
        (system.workers[0].log(), "job taken"),
        (system.workers[0].log(), "search ended"),
    ] {
        let line = log.lines().find(|found| found.contains(line)).unwrap();
        assert!(line.contains(super::TRACE) && line.contains("trace_id"), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_subscribers_make_few_spans() {
    let collector = Collector::start().await;
    let mut system = traced(&collector).workers(0).start().await;
    let client = system.client();
    let id = submit(&client, &[("traceparent", &traceparent("01"))]).await;
    let mut streams = Vec::new();
    for _ in 0..20 {
        streams.push(client.follow(&id).await);
    }
    system.add_worker();
    read_all(streams).await;
    received(&collector, "write event", 3).await;
    received(&collector, "process flight.search.requested", 1).await;
    // The batch with the terminal event's spans is there, so all of its writes are.
    let spans = collector.spans();
    let written = spans.iter().filter(|span| span.name == "write event").count();
    assert_eq!(written, 3, "one event, and three of its twenty subscribers");
}
