//! Tracing that is off, and a collector that is of no use.

use std::time::{Duration, Instant};

use test_kit::{Collector, Service, System, sse::read_all};

use super::{TRACE, submit, traced, traceparent};

#[tokio::test(flavor = "multi_thread")]
async fn without_an_endpoint_a_search_has_no_trace() {
    let system = System::start().await;
    let client = system.client();
    let id = submit(&client, &[("traceparent", &traceparent("01")), ("tracestate", "rojo=1")]).await;
    client.result(&id).await;
    let mut command = redis::cmd("HKEYS");
    command.arg(format!("flight.search.record:{id}"));
    let record: Vec<String> = command.query_async(&mut system.redis.connect().await).await.unwrap();
    assert!(record.contains(&"from".to_owned()) && !record.iter().any(|field| field.starts_with("trace")));
    for entry in system.redis.entries("flight.search.results").await {
        assert!(!entry.keys().any(|field| field.starts_with("trace")), "{entry:?}");
    }
    for log in [system.gateways[0].service.log(), system.workers[0].log()] {
        assert!(!log.contains(TRACE) && !log.contains("trace_id"), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_hangs_delays_no_search_and_stops_nothing() {
    let collector = Collector::hanging().await;
    let grace = Duration::from_secs(5);
    let mut system = traced(&collector)
        .set("OTEL_BSP_MAX_QUEUE_SIZE", "8")
        .set("SHUTDOWN_GRACE_MS", &grace.as_millis().to_string())
        .start()
        .await;
    let client = system.client();
    let mut streams = Vec::new();
    for _ in 0..20 {
        let id = submit(&client, &[("traceparent", &traceparent("01"))]).await;
        streams.push(client.follow(&id).await);
    }
    for events in read_all(streams).await {
        assert_eq!(events.last().unwrap().json()["status"], "completed");
    }
    let stopped = Instant::now();
    system.gateways[0].service.terminate();
    system.workers[0].terminate();
    for service in [&mut system.gateways[0].service, &mut system.workers[0]] {
        assert_eq!(service.exit_code().await, Some(0));
        assert!(service.log().contains("stopped before all spans were sent"), "{}", service.log());
    }
    assert!(stopped.elapsed() < grace * 4, "{:?}", stopped.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_setting_of_traces_is_refused_by_name() {
    for name in ["main-service", "provider-service"] {
        let settings = [
            ("REDIS_ADDR", "127.0.0.1:1"),
            ("APP_PORT", "0"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut service = Service::start(name, &settings);
        assert_eq!(service.exit_code().await, Some(1));
        let said = "OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf";
        assert!(service.log().contains(said), "{}", service.log());
    }
}
