//! `main-service health` and `provider-service health`, which the images' health checks run.

use test_kit::{Programs, System, eventually};

/// The exit code and the printed text.
async fn health(program: &str, settings: &[(&str, &str)], arguments: &[&str]) -> (Option<i32>, String) {
    let settings: Vec<_> = settings.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let mut command = Programs::of_this_test().command(program, &settings);
    command.arg("health").args(arguments);
    let output = tokio::process::Command::from(command).output().await.unwrap();
    assert!(output.stdout.is_empty(), "{output:?}");
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_is_healthy_while_it_runs() {
    let mut system = System::builder().workers(0).start().await;
    let port = system.gateways[0].port.to_string();
    assert_eq!(health("main-service", &[("APP_PORT", &port)], &[]).await, (Some(0), String::new()));
    assert_eq!(health("main-service", &[], &["--app-port", &port]).await, (Some(0), String::new()));

    system.redis.kill().await;
    assert_eq!(
        health("main-service", &[("APP_PORT", &port)], &[]).await,
        (Some(0), String::new()),
        "restarting the gateway would not help Redis"
    );

    system.gateways[0].service.terminate();
    assert_eq!(system.gateways[0].service.exit_code().await, Some(0));
    let (code, text) = health("main-service", &[("APP_PORT", &port)], &[]).await;
    assert_eq!(code, Some(1));
    assert!(text.starts_with(&format!("main-service: can't connect to port {port} (")), "{text}");
    assert!(text.ends_with("start the service, or set APP_PORT to its port\n"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_servers_port_is_not_healthy() {
    let system = System::builder().workers(0).start().await;
    let redis = system.redis.addr();
    let port = redis.rsplit(':').next().unwrap();
    let (code, text) = health("main-service", &[("APP_PORT", port)], &[]).await;
    assert_eq!(code, Some(1));
    let expected = format!(
        "main-service: port {port} belongs to something that doesn't speak HTTP; set APP_PORT to the service's port\n"
    );
    assert_eq!(text, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_is_healthy_while_it_is_connected() {
    let system = System::start().await;
    system.joined(1).await;
    eventually("the worker is healthy", async || {
        (health("provider-service", &[], &[]).await == (Some(0), String::new())).then_some(())
    })
    .await;
}
