//! Both services stop on SIGTERM and SIGINT, cleanly and in time; logs trace a search.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use rustix::process::Signal;
use test_kit::{Service, System, eventually, within};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

#[tokio::test(flavor = "multi_thread")]
async fn both_stop_with_code_0_although_streams_and_jobs_are_open() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut system = System::builder()
            .set("SIMULATED_LATENCY_MS", "60000")
            .set("SHUTDOWN_GRACE_MS", "5000")
            .start()
            .await;
        let client = system.client();
        let id = client.submit().await;
        let mut stream = client.follow(&id).await;
        eventually("the worker has the job", async || {
            system.workers[0].log().contains("job taken").then_some(())
        })
        .await;

        let start = Instant::now();
        system.gateways[0].service.signal(signal);
        system.workers[0].signal(signal);
        assert_eq!(stream.next().await, None, "the stream ends without an event");
        assert_eq!(system.gateways[0].service.exit_code().await, Some(0));
        assert_eq!(system.workers[0].exit_code().await, Some(0));
        assert!(start.elapsed() < Duration::from_secs(30), "a job takes a minute: {:?}", start.elapsed());
        assert_eq!(stream.retries.len(), 2, "the last frame says when to reconnect");
        assert!((500..=3000).contains(&stream.retries[1]), "{:?}", stream.retries);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_stay_connected_do_not_delay_a_gateway_that_stops() {
    let mut system = System::builder().workers(0).set("SHUTDOWN_GRACE_MS", "5000").start().await;
    let client = system.client();
    let id = client.submit().await;
    let gateway = &system.gateways[0];
    let connect = |request: &str| {
        let mut socket = std::net::TcpStream::connect(("127.0.0.1", gateway.port)).unwrap();
        socket.write_all(request.as_bytes()).unwrap();
        socket
    };
    let half_a_request = connect("GET /health/live HTTP/1.1\r\nhos");
    let stream = connect(&format!("GET /api/flights/search/{id}/stream HTTP/1.1\r\nhost: x\r\n\r\n"));
    eventually("the stream is open", async || (stream.peek(&mut [0; 12]).unwrap() > 0).then_some(())).await;
    // More than any socket buffer holds, for a client that reads nothing.
    let results = format!("[\"{}\"]", "x".repeat(30_000_000));
    let end = [("search_id", id.as_str()), ("status", "completed"), ("results", &results)];
    system.redis.add("flight.search.results", &end).await;
    let mut follower = client.follow(&id).await;
    follower.next().await.expect("the end has reached the gateway");

    let start = Instant::now();
    system.gateways[0].service.terminate();
    assert_eq!(system.gateways[0].service.exit_code().await, Some(0));
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    drop((half_a_request, stream));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_over_http_1_0_ends_when_its_gateway_stops() {
    let mut system = System::builder().workers(0).set("SHUTDOWN_GRACE_MS", "40000").start().await;
    let id = system.client().submit().await;
    let mut socket = TcpStream::connect(("127.0.0.1", system.gateways[0].port)).await.unwrap();
    let request = format!("GET /api/flights/search/{id}/stream HTTP/1.0\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    eventually("the stream is open", async || {
        socket.read_buf(&mut response).await.unwrap();
        String::from_utf8_lossy(&response).contains("retry: ").then_some(())
    })
    .await;

    let start = Instant::now();
    system.gateways[0].service.terminate();
    within(Duration::from_secs(20), "the response ends", async || {
        (socket.read_buf(&mut response).await.unwrap() == 0).then_some(())
    })
    .await;
    assert_eq!(system.gateways[0].service.exit_code().await, Some(0));
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    let response = String::from_utf8(response).unwrap();
    assert!(response.starts_with("HTTP/1.0 200") && !response.contains("chunked"), "{response}");
    assert_eq!(
        response.matches("retry: ").count(),
        2,
        "the last frame asks the client to reconnect: {response}"
    );
    assert!(!response.contains("data: "), "the search has not ended: {response}");
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_services_stop_at_once() {
    let mut system = System::builder().set("SHUTDOWN_GRACE_MS", "60000").start().await;
    eventually("the worker listens for signals", async || {
        system.workers[0].log().contains("worker starts").then_some(())
    })
    .await;
    let start = Instant::now();
    system.gateways[0].service.terminate();
    system.workers[0].terminate();
    assert_eq!(system.gateways[0].service.exit_code().await, Some(0));
    assert_eq!(system.workers[0].exit_code().await, Some(0));
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn both_stop_cleanly_while_redis_is_away() {
    let mut system = System::start().await;
    system.joined(1).await;
    system.redis.kill().await;
    system.gateways[0].service.terminate();
    system.workers[0].terminate();
    assert_eq!(system.gateways[0].service.exit_code().await, Some(0));
    assert_eq!(system.workers[0].exit_code().await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_cannot_work_says_why_and_exits_with_an_error() {
    let mut system = System::start().await;
    // The running gateway has this port.
    let settings = [("APP_PORT", system.gateways[0].port.to_string()), ("REDIS_ADDR", system.redis.addr())];
    let mut second = Service::start("main-service", &settings.map(|(name, value)| (name.to_owned(), value)));
    assert_eq!(second.exit_code().await, Some(1));
    assert!(second.log().contains("set APP_PORT to a free port"), "{}", second.log());
    system.add_worker_with(&[("SUPPLIERS_FILE", "/does/not/exist")]);
    let mut worker = system.workers.pop().unwrap();
    assert_eq!(worker.exit_code().await, Some(1));
    assert!(worker.log().contains("SUPPLIERS_FILE /does/not/exist"), "{}", worker.log());
    system.add_worker_with(&[("JOB_LEASE_MS", "soon")]);
    let mut worker = system.workers.pop().unwrap();
    assert_eq!(worker.exit_code().await, Some(2));
    assert!(worker.log().contains("job-lease-ms"), "{}", worker.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_logs_trace_a_search_as_json_too() {
    let system = System::builder().set("LOG_FORMAT", "json").start().await;
    let client = system.client();
    let id = client.submit().await;
    client.result(&id).await;
    let lines = |log: String, message: &str| {
        let parsed = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect(line));
        let about = parsed.filter(|line| line["message"] == message && line["search_id"] == id.as_str());
        about.count()
    };
    // The services log these steps after the client has the responses.
    eventually("each step has its line", async || {
        let accepted = lines(system.gateways[0].service.log(), "search accepted");
        let worker = system.workers[0].log();
        let steps = [accepted, lines(worker.clone(), "job taken"), lines(worker, "search ended")];
        (steps == [1, 1, 1]).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_waits_for_a_usable_redis_stops_cleanly() {
    let mut system = System::builder().gateways(0).workers(0).start().await;
    let mut connection = system.redis.connect().await;
    redis::cmd("REPLICAOF").arg("127.0.0.1").arg(1).exec_async(&mut connection).await.unwrap();
    // Eight times: a worker that polled its shutdown future twice would still stop cleanly now and then.
    for _ in 0..8 {
        system.add_worker();
        let worker = system.workers.last_mut().unwrap();
        eventually("the worker waits", async || worker.log().contains("redis_is_replica").then_some(()))
            .await;
        worker.terminate();
        assert_eq!(worker.exit_code().await, Some(0), "{}", worker.log());
    }
}
