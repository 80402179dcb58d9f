//! How the services read Redis' password, and that they never print it.

use std::io::Write;

use tempfile::NamedTempFile;
use test_kit::{Programs, Redis, Service, System};

const SERVICES: [&str; 2] = ["main-service", "provider-service"];

fn redis_addr(addr: &str) -> [(String, String); 1] {
    [("REDIS_ADDR".into(), addr.into())]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_in_the_address_is_never_printed() {
    for name in SERVICES {
        for mistyped in [
            "redis://:hush@cache:70000",
            "redis://:hush/hush@cache:6379",
            "http://:hush@cache",
            "redis://:hush@",
        ] {
            let mut service = Service::start(name, &redis_addr(mistyped));
            assert_eq!(service.exit_code().await, Some(2), "{name} {mistyped}");
            let log = service.log();
            assert!(log.contains("REDIS_ADDR") && !log.contains("hush"), "{log}");
        }
        let mut command = Programs::of_this_test().command(name, &redis_addr("redis://:hush@cache:6379"));
        command.arg("--help");
        let mut help = Service::spawn(name, command);
        assert_eq!(help.exit_code().await, Some(0));
        assert!(help.log().contains("REDIS_ADDR") && !help.log().contains("hush"), "{}", help.log());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_file_overrides_the_password_in_the_address() {
    let mut file = NamedTempFile::new().unwrap();
    writeln!(file, "p\u{e4}ss word").unwrap();
    let redis = Redis::volatile().await;
    let addr = redis.addr();
    let mut system = System::builder()
        .gateways(0)
        .workers(0)
        .set("REDIS_ADDR", &format!("redis://:another@{addr}"))
        .set("REDIS_PASSWORD_FILE", file.path().to_str().unwrap())
        .start_on(redis)
        .await;
    let mut connection = system.redis.connect().await;
    let mut set = redis::cmd("CONFIG");
    set.arg(&["SET", "requirepass", "p\u{e4}ss word"]);
    let _: () = set.query_async(&mut connection).await.unwrap();
    system.add_gateway().await;
    system.add_worker();
    system.gateways[0].ready().await;
    let client = system.client();
    assert_eq!(client.result(&client.submit().await).await.json()["status"], "completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_file_that_cannot_be_read_is_named() {
    let empty = NamedTempFile::new().unwrap();
    for name in SERVICES {
        for (path, problem) in
            [("/nowhere/at/all", "can't be read"), (empty.path().to_str().unwrap(), "is empty")]
        {
            let settings = [("REDIS_PASSWORD_FILE".into(), path.into()), ("APP_PORT".into(), "0".into())];
            let mut service = Service::start(name, &settings);
            assert_eq!(service.exit_code().await, Some(1), "{name}");
            let error = format!("REDIS_PASSWORD_FILE {path} {problem}");
            assert!(service.log().contains(&error), "{}", service.log());
        }
    }
}
