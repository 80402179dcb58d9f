//! Traces, as a collector receives them.

mod off;
mod requests;
mod tree;
mod workers;

use std::collections::HashSet;

use test_kit::{Client, Collector, ReceivedSpan, System, SystemBuilder, client::example, eventually};

/// A trace that a client has begun, and its span above the POST.
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const ABOVE: &str = "b7ad6b7169203331";

fn traceparent(flags: &str) -> String {
    format!("00-{TRACE}-{ABOVE}-{flags}")
}

/// A system that sends its spans at once.
fn traced(collector: &Collector) -> SystemBuilder {
    System::builder()
        .set("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.endpoint())
        .set("OTEL_BSP_SCHEDULE_DELAY", "20")
}

/// Submits the example in a trace.
async fn submit(client: &Client, headers: &[(&str, &str)]) -> String {
    let (status, body) = client.post_with(&example(), headers).await;
    assert_eq!(status, 200, "{body}");
    body["data"]["search_id"].as_str().unwrap().to_owned()
}

/// Waits until there are this many spans of a name.
async fn received(collector: &Collector, name: &str, count: usize) -> Vec<ReceivedSpan> {
    eventually(&format!("{count} spans named {name}"), async || {
        let spans = collector.named(name);
        (spans.len() >= count).then_some(spans)
    })
    .await
}

/// Each span is below another one or below the client's, all in one trace.
fn assert_connected(spans: &[ReceivedSpan]) {
    let ids: HashSet<_> = spans.iter().map(|span| span.id.as_str()).chain([ABOVE]).collect();
    for span in spans {
        assert_eq!(span.trace, TRACE, "{span:?}");
        assert!(ids.contains(span.parent.as_str()), "cut off: {span:?}\nfrom {spans:#?}");
    }
    assert_eq!(ids.len(), spans.len() + 1, "no id twice");
}
