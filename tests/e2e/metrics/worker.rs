use std::time::Duration;

use reqwest::{Method, StatusCode, header};
use test_kit::{Client, Collector, Redis, Service, System, client::example, wait::free_port, wait::within};

use super::scrape::{Scrape, listening, scrape, scrape_until};

/// Adds a worker with an operators' port, and returns a client of that port.
pub(crate) async fn add_worker(system: &mut System, further: &[(&str, &str)]) -> Client {
    let port = free_port();
    let text = port.to_string();
    system.add_worker_with(&[&[("METRICS_PORT", text.as_str())], further].concat());
    listening(port).await
}

/// The status of the readiness probe, and the codes of its problems.
async fn readiness(client: &Client) -> Option<(StatusCode, Vec<String>)> {
    let response = client.request(Method::GET, "/health/ready").send().await.ok()?;
    let status = response.status();
    let body: serde_json::Value = serde_json::from_str(&response.text().await.ok()?).unwrap();
    let problems = body["problems"].as_array().unwrap();
    Some((status, problems.iter().map(|problem| problem["code"].as_str().unwrap().to_owned()).collect()))
}

async fn is_not_ready_because(client: &Client, codes: &[&str]) {
    within(Duration::from_secs(20), "the worker is not ready", async || {
        let (status, problems) = readiness(client).await?;
        let known = problems.iter().any(|problem| codes.contains(&problem.as_str()));
        (status == StatusCode::SERVICE_UNAVAILABLE && known).then_some(())
    })
    .await;
}

async fn is_ready(client: &Client) {
    within(Duration::from_secs(20), "the worker is ready", async || {
        (readiness(client).await? == (StatusCode::OK, Vec::new())).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_measures_its_searches_and_its_suppliers() {
    let mut system = System::builder().workers(0).start().await;
    let worker = add_worker(&mut system, &[]).await;
    let client = system.client();
    for _ in 0..3 {
        let id = client.submit().await;
        assert_eq!(client.result(&id).await.json()["status"], "completed");
    }
    let metrics = scrape_until(&worker, "three jobs are done", |metrics| {
        metrics.sum("flight_search_jobs_ended_total", &["end=\"done\""]) == Some(3.0)
    })
    .await;
    let sum = |name: &str, labels: &[&str]| metrics.sum(&format!("flight_search_{name}"), labels);
    let completed = ["status=\"completed\"", "reason=\"all_answered\""];
    assert_eq!(sum("searches_ended_total", &completed), Some(3.0));
    assert_eq!(sum("searches_ended_total", &[]), Some(3.0));
    for histogram in ["search_duration_seconds", "search_first_answer_seconds", "job_queue_wait_seconds"] {
        assert_eq!(sum(&format!("{histogram}_count"), &[]), Some(3.0), "{histogram}");
    }
    assert_eq!(sum("jobs_in_progress", &[]), Some(0.0));
    assert_eq!(sum("supplier_calls_total", &[]), Some(30.0));
    assert_eq!(sum("supplier_call_duration_seconds_count", &["supplier=\"GA\""]), Some(3.0));
    assert_eq!(sum("supplier_answers_total", &["supplier=\"GA\""]), Some(3.0));
    assert!(sum("supplier_offers_total", &[]) > Some(0.0));
    assert_eq!(sum("supplier_breaker_state", &["state=\"closed\""]), Some(10.0));
    assert_eq!(sum("supplier_breaker_state", &["state=\"open\""]), Some(0.0));
    assert_eq!(sum("redis_up", &[]), Some(1.0));
    assert_eq!(sum("redis_append_only_file", &[]), Some(0.0));
    assert!(sum("redis_memory_used_bytes", &[]) > Some(0.0));
    assert!(sum("redis_request_duration_seconds_count", &["operation=\"end\""]) >= Some(3.0));
    assert_eq!(sum("redis_errors_total", &["kind=\"unavailable\""]), Some(0.0));
    metrics.check_with_promtool();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scraper_that_asks_for_open_metrics_gets_exemplars() {
    let mut system = System::builder().workers(0).start().await;
    let worker = add_worker(&mut system, &[]).await;
    let client = system.client();
    let id = client.submit().await;
    client.result(&id).await;
    let exemplar = format!(" # {{search_id=\"{id}\"}} ");
    within(Duration::from_secs(20), "the search is an exemplar", async || {
        let request = worker.request(Method::GET, "/metrics");
        let request = request.header(header::ACCEPT, "application/openmetrics-text;version=1.0.0,*/*;q=0.1");
        let response = request.send().await.unwrap();
        let format = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        assert!(format.starts_with("application/openmetrics-text"), "{format}");
        let text = response.text().await.unwrap();
        assert!(text.ends_with("# EOF\n"));
        text.contains(&exemplar).then_some(())
    })
    .await;
    assert!(!scrape(&worker).await.0.contains(&exemplar), "the classic format has none");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exemplar_names_the_trace_if_that_is_recorded() {
    let collector = Collector::start().await;
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint());
    let builder = System::builder().workers(0).set(endpoint.0, &endpoint.1);
    let mut system = builder.set("OTEL_BSP_SCHEDULE_DELAY", "20").start().await;
    let worker = add_worker(&mut system, &[]).await;
    let client = system.client();
    let submit = async |trace: &str, flags: &str| {
        let parent = format!("00-{trace}-b7ad6b7169203331-{flags}");
        let (_, body) = client.post_with(&example(), &[("traceparent", &parent)]).await;
        let id = body["data"]["search_id"].as_str().unwrap().to_owned();
        client.result(&id).await;
        id
    };
    let (recorded, other) = ("0af7651916cd43dd8448eb211c80319c", "1af7651916cd43dd8448eb211c80319c");
    let id = submit(recorded, "01").await;
    let exemplar = format!(" # {{search_id=\"{id}\",trace_id=\"{recorded}\"}} ");
    open_metrics(&worker, |text| text.contains(&exemplar)).await;
    let id = submit(other, "00").await;
    open_metrics(&worker, |text| text.contains(&format!(" # {{search_id=\"{id}\"}} "))).await;
    let metrics = scrape_until(&worker, "spans were sent", |metrics| {
        metrics.sum("flight_search_spans_exported_total", &[]) > Some(0.0)
    })
    .await;
    assert_eq!(metrics.sum("flight_search_spans_dropped_total", &[]), Some(0.0));
}

/// Waits until the metrics as `OpenMetrics` satisfy a condition.
async fn open_metrics(worker: &Client, holds: impl Fn(&str) -> bool) {
    within(Duration::from_secs(20), "the search is an exemplar", async || {
        let request = worker.request(Method::GET, "/metrics");
        let request = request.header(header::ACCEPT, "application/openmetrics-text;version=1.0.0");
        holds(&request.send().await.unwrap().text().await.unwrap()).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_paths_and_methods_make_no_time_series() {
    let mut system = System::builder().workers(0).start().await;
    let worker = add_worker(&mut system, &[]).await;
    let before = scrape(&worker).await.series();
    for number in 0..250 {
        let response = worker.request(Method::GET, &format!("/{number}/odd")).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        let body: serde_json::Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert_eq!(body["code"], "not_found");
        let method = Method::from_bytes(format!("ODD{number}").as_bytes()).unwrap();
        let response = worker.request(method, "/metrics").send().await.unwrap();
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
    assert_eq!(scrape(&worker).await.series(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_says_whether_it_can_work() {
    let mut system = System::builder().workers(0).start_on(Redis::durable().await).await;
    let worker = add_worker(&mut system, &[]).await;
    is_ready(&worker).await;

    system.redis.kill().await;
    is_not_ready_because(&worker, &["redis_unavailable", "not_reading_jobs"]).await;
    let live = worker.request(Method::GET, "/health/live").send().await.unwrap();
    assert_eq!(live.status(), StatusCode::OK, "it is alive without Redis");
    let metrics = scrape_until(&worker, "Redis is down", |metrics| {
        metrics.sum("flight_search_redis_up", &[]) == Some(0.0)
    })
    .await;
    assert!(metrics.sum("flight_search_redis_errors_total", &["kind=\"unavailable\""]) > Some(0.0));

    let connections = metrics.sum("flight_search_redis_connections_total", &["connection=\"shared\""]);
    system.redis.start().await;
    is_ready(&worker).await;
    scrape_until(&worker, "it has reconnected", |metrics| {
        metrics.sum("flight_search_redis_connections_total", &["connection=\"shared\""]) > connections
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_stops_says_so_until_its_last_job_has_ended() {
    let builder =
        System::builder().workers(0).set("SIMULATED_LATENCY_MS", "10000").set("SHUTDOWN_GRACE_MS", "60000");
    let mut system = builder.start().await;
    let worker = add_worker(&mut system, &[]).await;
    is_ready(&worker).await;
    let client = system.client();
    let id = client.submit().await;
    scrape_until(&worker, "the job is in progress", |metrics| {
        metrics.sum("flight_search_jobs_in_progress", &[]) == Some(1.0)
    })
    .await;
    system.workers[0].terminate();
    is_not_ready_because(&worker, &["stopping"]).await;
    assert_eq!(scrape(&worker).await.sum("flight_search_jobs_in_progress", &[]), Some(1.0));
    assert_eq!(client.result(&id).await.json()["status"], "completed");
    assert_eq!(system.workers[0].exit_code().await, Some(0));
    assert!(worker.request(Method::GET, "/health/live").send().await.is_err(), "the port is closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_ends_the_worker_at_its_start() {
    let redis = Redis::volatile().await;
    let taken = std::net::TcpListener::bind("0.0.0.0:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let settings = [("REDIS_ADDR".into(), redis.addr()), ("METRICS_PORT".into(), port.clone())];
    let mut worker = Service::start("provider-service", &settings);
    assert_eq!(worker.exit_code().await, Some(1));
    let error = format!("METRICS_PORT {port} can't be opened");
    assert!(worker.log().contains(&error), "{}", worker.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn outcomes_of_jobs_are_counted() {
    let builder = System::builder().workers(0).set("SIMULATED_LATENCY_MS", "3000");
    let mut system = builder.set("JOB_LEASE_MS", "2000").start().await;
    let client = system.client();
    let first = add_worker(&mut system, &[]).await;
    is_ready(&first).await;
    let id = client.submit().await;
    let in_progress = |number: f64| {
        move |metrics: &Scrape| metrics.sum("flight_search_jobs_in_progress", &[]) == Some(number)
    };
    scrape_until(&first, "the first worker has the job", in_progress(1.0)).await;
    system.workers[0].kill().await;
    let second = add_worker(&mut system, &[]).await;
    let metrics = scrape_until(&second, "the second worker has the job", in_progress(1.0)).await;
    assert_eq!(metrics.sum("flight_search_jobs_taken_over_total", &[]), Some(1.0));
    assert_eq!(client.result(&id).await.json()["status"], "completed");

    system.redis.add("flight.search.requested", &[("search_id", "of no kind")]).await;
    scrape_until(&second, "a job that can't be understood is buried", |metrics| {
        metrics.sum("flight_search_jobs_ended_total", &["end=\"buried\""]) == Some(1.0)
    })
    .await;
}
