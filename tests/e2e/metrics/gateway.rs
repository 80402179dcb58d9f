use std::time::Duration;

use reqwest::{Method, StatusCode};
use test_kit::{Client, System, eventually, wait::free_port, within};

use super::scrape::{listening, scrape_until};

/// A system without workers whose only gateway has an operators' port, and a client of that port.
pub(super) async fn start(further: &[(&str, &str)]) -> (System, Client) {
    let port = free_port();
    let mut system = System::builder().gateways(0).workers(0).start().await;
    system.add_gateway_with(&[&[("METRICS_PORT", port.to_string().as_str())], further].concat()).await;
    (system, listening(port).await)
}

async fn readiness(client: &Client) -> Option<(StatusCode, String)> {
    let response = client.request(Method::GET, "/health/ready").send().await.ok()?;
    Some((response.status(), response.text().await.ok()?))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_measures_the_queue_the_log_and_refusals() {
    let (mut system, operators) = start(&[("MAX_BACKLOG", "3")]).await;
    let client = system.client();
    for _ in 0..3 {
        // A job may count twice for a moment.
        eventually("a search is accepted", async || client.try_submit().await).await;
    }
    scrape_until(&operators, "three jobs wait", |metrics| {
        metrics.sum("flight_search_jobs_waiting", &[]) == Some(3.0)
            && metrics.sum("flight_search_oldest_waiting_job_age_seconds", &[]).is_some_and(|age| age > 0.0)
    })
    .await;
    within(Duration::from_secs(30), "a search is refused", async || {
        client.try_submit().await.is_none().then_some(())
    })
    .await;
    system.add_worker();
    let metrics = scrape_until(&operators, "the queue is empty", |metrics| {
        metrics.sum("flight_search_jobs_waiting", &[]) == Some(0.0)
            && metrics.sum("flight_search_jobs_delivered", &[]) == Some(0.0)
            && metrics.sum("flight_search_result_tail_lag_entries", &[]) == Some(0.0)
    })
    .await;
    assert!(metrics.sum("flight_search_refused_total", &[]) >= Some(1.0), "{}", metrics.0);
    assert!(
        metrics.sum("flight_search_redis_request_duration_seconds_count", &["operation=\"submit\""])
            >= Some(1.0),
        "{}",
        metrics.0
    );
    metrics.check_with_promtool();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateways_operators_port_answers_until_it_has_stopped() {
    let (mut system, operators) = start(&[]).await;
    within(Duration::from_secs(30), "the gateway is ready", async || {
        (readiness(&operators).await?.0 == StatusCode::OK).then_some(())
    })
    .await;
    system.redis.kill().await;
    within(Duration::from_secs(30), "the gateway is not ready", async || {
        let (status, body) = readiness(&operators).await?;
        (status == StatusCode::SERVICE_UNAVAILABLE && body.contains("not_ready")).then_some(())
    })
    .await;
    system.gateways[0].service.terminate();
    assert_eq!(system.gateways[0].service.exit_code().await, Some(0));
}
