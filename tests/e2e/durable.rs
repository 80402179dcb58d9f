//! `ACCEPT_DURABILITY`: what an accepted search survives, and what happens where Redis can't give that.
//!
//! WAITAOF needs a newer Redis than Debian has: `REDIS_8_SERVER` is the path of one.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use redis::{AsyncCommands, aio::MultiplexedConnection};
use reqwest::StatusCode;
use tempfile::TempDir;
use test_kit::{Client, Redis, Service, System, client::example, eventually, wait::free_port};
use tokio::task::JoinSet;

/// How many searches are accepted, on a slow machine too, before Redis is killed.
const ACCEPTED_AT_LEAST: usize = 20;

/// A disk that takes its time while there is a file of that name.
const SLOW_DISK: &str = r#"
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
static void dawdle(void) {
  const char *sign = getenv("SLOW_DISK");
  if (sign && access(sign, F_OK) == 0) usleep(1500000);
}
int fsync(int file) { dawdle(); return syscall(SYS_fsync, file); }
int fdatasync(int file) { dawdle(); return syscall(SYS_fdatasync, file); }
"#;

/// A Redis that has WAITAOF, on a disk that can be slow.
struct Modern {
    data: TempDir,
    program: PathBuf,
    port: u16,
    server: Service,
}

impl Modern {
    /// `None`, loudly, where there is none.
    async fn start(appendonly: &str) -> Option<Self> {
        let Some(program) = std::env::var_os("REDIS_8_SERVER").map(PathBuf::from) else {
            assert!(std::env::var_os("CI").is_none(), "CI has REDIS_8_SERVER");
            eprintln!("\n  !! NOT TESTED: REDIS_8_SERVER names no server that has WAITAOF\n");
            return None;
        };
        let data = TempDir::new().unwrap();
        compile(data.path());
        let port = free_port();
        let server = launch(&program, data.path(), port, appendonly);
        let modern = Self { data, program, port, server };
        modern.connect().await;
        Some(modern)
    }

    fn addr(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    async fn connect(&self) -> MultiplexedConnection {
        let client = redis::Client::open(format!("redis://{}", self.addr())).unwrap();
        let config = redis::AsyncConnectionConfig::new().set_response_timeout(Some(test_kit::wait::PATIENCE));
        eventually("Redis answers", async || {
            let mut connection = client.get_multiplexed_async_connection_with_config(&config).await.ok()?;
            redis::cmd("DBSIZE").query_async::<u64>(&mut connection).await.ok().map(|_| connection)
        })
        .await
    }

    fn slow_disk(&self, slow: bool) {
        let sign = self.data.path().join("slow");
        if slow { std::fs::write(sign, "").unwrap() } else { std::fs::remove_file(sign).unwrap() }
    }

    /// Kills it, and starts it again with what its disk has.
    async fn crash(&mut self) {
        self.server.kill().await;
        self.slow_disk(false);
        self.server = launch(&self.program, self.data.path(), self.port, "yes");
        self.connect().await;
    }
}

fn compile(directory: &Path) {
    let source = directory.join("slow_disk.c");
    std::fs::write(&source, SLOW_DISK).unwrap();
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-o"]).arg(directory.join("slow_disk.so")).arg(source);
    assert!(cc.status().unwrap().success(), "a slow disk is compiled");
}

fn launch(program: &Path, data: &Path, port: u16, appendonly: &str) -> Service {
    let mut command = Command::new(program);
    command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", ""]);
    command.args(["--appendonly", appendonly, "--appendfsync", "everysec"]).arg("--dir").arg(data);
    command.env("LD_PRELOAD", data.join("slow_disk.so")).env("SLOW_DISK", data.join("slow"));
    Service::spawn("redis-8", command)
}

/// A gateway in front of it that has been told this durability.
async fn gateway(addr: &str, durability: &str) -> (Service, Client) {
    let port = free_port();
    let settings = [
        ("APP_PORT", port.to_string()),
        ("REDIS_ADDR", addr.into()),
        ("ACCEPT_DURABILITY", durability.into()),
    ];
    let service = Service::start("main-service", &settings.map(|(name, value)| (name.into(), value)));
    let client = Client::new(port);
    eventually("the gateway listens", async || {
        client.request(reqwest::Method::GET, "/health/live").send().await.ok()
    })
    .await;
    (service, client)
}

async fn until_ready(client: &Client) {
    eventually("the gateway is ready", async || {
        (client.get("/health/ready").await.0 == StatusCode::OK).then_some(())
    })
    .await;
}

/// Submits searches while the disk is slow, kills Redis with something in its hand, and tells how many were accepted
/// and how many of those are gone.
async fn accepted_and_lost(mut redis: Modern, durability: &str) -> (usize, usize) {
    let (gateway, client) = gateway(&redis.addr(), durability).await;
    until_ready(&client).await;
    redis.slow_disk(true);
    let mut clients = JoinSet::new();
    let over = Arc::new(AtomicBool::new(false));
    let count = Arc::new(AtomicUsize::new(0));
    for _ in 0..64 {
        let (client, over, count) = (client.clone(), Arc::clone(&over), Arc::clone(&count));
        clients.spawn(async move {
            let mut accepted = Vec::new();
            while !over.load(Ordering::Relaxed) {
                let id = client.try_submit().await;
                count.fetch_add(usize::from(id.is_some()), Ordering::Relaxed);
                accepted.extend(id);
                // As many as there may be would only make the machine busy.
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
            accepted
        });
    }
    let mut connection = redis.connect().await;
    eventually("some searches are accepted", async || {
        (count.load(Ordering::Relaxed) >= ACCEPTED_AT_LEAST).then_some(())
    })
    .await;
    eventually("Redis holds back what the disk has not taken", async || {
        let info: String = redis::cmd("INFO").arg("persistence").query_async(&mut connection).await.ok()?;
        let field = |name: &str| -> Option<u64> {
            info.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
        };
        // Without an fsync under way what is in the buffer is written at once.
        let holds_back = field("aof_pending_bio_fsync:")? > 0 && field("aof_buffer_length:")? > 5_000;
        holds_back.then_some(())
    })
    .await;
    // Searches keep coming until it is dead: Redis could write what it holds back in the meantime. What it accepts when
    // it is back is not lost either.
    redis.crash().await;
    over.store(true, Ordering::Relaxed);
    let accepted: Vec<String> = clients.join_all().await.concat();
    drop(gateway);
    let mut connection = redis.connect().await;
    let mut lost = 0;
    for id in &accepted {
        let there: bool = connection.exists(format!("flight.search.record:{id}")).await.unwrap();
        lost += usize::from(!there);
    }
    (accepted.len(), lost)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_accepted_on_disk_survives_the_death_of_a_redis_whose_disk_is_slow() {
    let Some(redis) = Modern::start("yes").await else { return };
    let (accepted, lost) = accepted_and_lost(redis, "disk").await;
    eprintln!("disk: {lost} of {accepted} accepted searches were lost");
    assert!(accepted >= ACCEPTED_AT_LEAST, "{accepted} were accepted");
    assert_eq!(lost, 0, "of {accepted}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_accepted_in_memory_does_not() {
    let Some(redis) = Modern::start("yes").await else { return };
    let (accepted, lost) = accepted_and_lost(redis, "memory").await;
    eprintln!("memory: {lost} of {accepted} accepted searches were lost");
    assert!(lost > 0, "of {accepted}: docs/guarantees.md tells otherwise");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_on_disk_is_shared_by_its_key_like_any_other() {
    let Some(redis) = Modern::start("yes").await else { return };
    let (_gateway, client) = gateway(&redis.addr(), "disk").await;
    until_ready(&client).await;
    let key = [("idempotency-key", "one")];
    let (status, first) = client.post_with(&example(), &key).await;
    assert_eq!(status, StatusCode::OK, "{first}");
    let _: () = redis::cmd("SCRIPT").arg("FLUSH").query_async(&mut redis.connect().await).await.unwrap();
    let mut posts = JoinSet::new();
    for key in ["one", "one", "two"] {
        let client = client.clone();
        posts.spawn(async move { (key, client.post_with(&example(), &[("idempotency-key", key)]).await) });
    }
    for (key, (status, body)) in posts.join_all().await {
        assert_eq!(status, StatusCode::OK, "{body}");
        assert_eq!(body == first, key == "one", "{key}: {body}");
    }
    let mut connection = redis.connect().await;
    assert_eq!(connection.xlen::<_, usize>("flight.search.requested").await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_stops_answers_what_waits_for_the_disk() {
    let Some(redis) = Modern::start("yes").await else { return };
    let (mut gateway, client) = gateway(&redis.addr(), "disk").await;
    until_ready(&client).await;
    let submitted = tokio::spawn(async move { client.try_submit().await });
    let mut connection = redis.connect().await;
    eventually("Redis has the search", async || {
        (connection.xlen::<_, usize>("flight.search.requested").await.unwrap() == 1).then_some(())
    })
    .await;
    gateway.terminate();
    submitted.await.unwrap().expect("the search is accepted");
    assert_eq!(gateway.exit_code().await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_can_not_keep_searches_on_disk_is_told_of_until_it_can() {
    let Some(redis) = Modern::start("no").await else { return };
    let (gateway, client) = gateway(&redis.addr(), "disk").await;
    let reason = "not ready: Redis has no append-only file, which ACCEPT_DURABILITY=disk needs";
    assert_refused(&client, &gateway, reason).await;
    let mut connection = redis.connect().await;
    assert_eq!(connection.xlen::<_, usize>("flight.search.requested").await.unwrap(), 0);
    for (setting, value) in [("appendfsync", "no"), ("appendonly", "yes")] {
        let mut set = redis::cmd("CONFIG");
        let _: () = set.arg(&["SET", setting, value]).query_async(&mut connection).await.unwrap();
    }
    let reason = "not ready: Redis never syncs its append-only file, which ACCEPT_DURABILITY=disk needs";
    assert_refused(&client, &gateway, reason).await;
    let mut set = redis::cmd("CONFIG");
    let _: () = set.arg(&["SET", "appendfsync", "everysec"]).query_async(&mut connection).await.unwrap();
    until_ready(&client).await;
    client.submit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_too_old_for_it_is_told_of() {
    let redis = Redis::durable().await;
    let server: String = redis.run("INFO server").await;
    if !server.contains("redis_version:7.0") || server.contains("valkey_version") {
        return;
    }
    let (gateway, client) = gateway(&redis.addr(), "disk").await;
    assert_refused(&client, &gateway, "not ready: Redis is too old for ACCEPT_DURABILITY=disk").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_is_not_said_to_be_too_old_for_it() {
    let (Some(primary), Some(replica)) = (Modern::start("yes").await, Modern::start("yes").await) else {
        return;
    };
    let mut follow = redis::cmd("REPLICAOF");
    follow.arg("127.0.0.1").arg(primary.port);
    let _: () = follow.query_async(&mut replica.connect().await).await.unwrap();
    let (gateway, client) = gateway(&replica.addr(), "disk").await;
    eventually("readiness tells", async || {
        let (_, body) = client.get("/health/ready").await;
        (body["message"] == "not ready: Redis is a replica, not the primary").then_some(())
    })
    .await;
    let why = eventually("the log tells", async || {
        gateway.log().lines().find(|line| line.contains("no search can be accepted")).map(str::to_owned)
    })
    .await;
    assert!(why.contains("Redis is a replica, not the primary"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_redis_forbids_that_durability_needs_is_named() {
    let Some(redis) = Modern::start("yes").await else { return };
    let mut connection = redis.connect().await;
    let mut permit = async |words: &str| {
        let mut set = redis::cmd("ACL");
        set.arg("SETUSER").arg("limited").arg(words.split(' ').collect::<Vec<_>>());
        let _: () = set.query_async(&mut connection).await.unwrap();
    };
    permit("on >secret ~flight.search.[^f]* +@all -waitaof").await;
    let (_gateway, client) = gateway(&format!("redis://limited:secret@{}", redis.addr()), "disk").await;
    let reason = "not ready: Redis forbids its user WAITAOF, SET on flight.search.fence";
    eventually(reason, async || (client.get("/health/ready").await.1["message"] == reason).then_some(()))
        .await;
    assert_eq!(client.post(&example()).await.0, StatusCode::SERVICE_UNAVAILABLE);
    permit("~flight.search.* +@all").await;
    until_ready(&client).await;
    client.submit().await;
    // In the middle it is noticed, too.
    permit("-waitaof").await;
    let reason = "not ready: Redis forbids its user WAITAOF";
    eventually(reason, async || (client.get("/health/ready").await.1["message"] == reason).then_some(()))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_redis_forbids_that_durability_does_not_need_is_no_matter() {
    let system = System::builder().gateways(0).workers(0).start().await;
    let _: () = system.redis.run("ACL SETUSER limited on >secret ~flight.search.[^f]* +@all -wait").await;
    let addr = format!("redis://limited:secret@{}", system.redis.addr());
    let (_gateway, client) = gateway(&addr, "memory").await;
    until_ready(&client).await;
    client.submit().await;
}

/// Neither is the gateway ready nor does it take a search, it says why, and says so once in its log.
async fn assert_refused(client: &Client, gateway: &Service, reason: &str) {
    eventually(reason, async || {
        let (status, body) = client.get("/health/ready").await;
        (status == StatusCode::SERVICE_UNAVAILABLE && body["message"] == reason).then_some(())
    })
    .await;
    for _ in 0..5 {
        let (status, body) = client.post(&example()).await;
        assert_eq!((status, body["code"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("not_ready")));
        assert_eq!(body["message"], reason);
    }
    let log = gateway.log();
    assert!(log.matches("no search can be accepted").count() <= 3, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_replica_a_search_is_accepted_when_a_replica_has_it() {
    let system = System::builder().gateways(0).workers(0).start().await;
    let (gateway, client) = gateway(&system.redis.addr(), "replica").await;
    assert_refused(
        &client,
        &gateway,
        "not ready: Redis has no replica, which ACCEPT_DURABILITY=replica needs",
    )
    .await;

    let port = system.redis.addr().rsplit_once(':').unwrap().1.to_owned();
    let mut replica = Redis::with(&["--replicaof", "127.0.0.1", &port]).await;
    until_ready(&client).await;
    let mut there = replica.connect().await;
    for _ in 0..20 {
        let id = client.submit().await;
        assert!(there.exists::<_, bool>(format!("flight.search.record:{id}")).await.unwrap(), "{id}");
    }

    // Longer than a submission waits.
    let ((), (status, body)) =
        tokio::join!(replica.hang(Duration::from_secs(8)), async { client.post(&example()).await });
    assert_eq!(
        (status, body["code"].as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, Some("unavailable")),
        "{body}"
    );
    eventually("searches are accepted again", async || client.try_submit().await).await;
    replica.kill().await;
    assert_refused(
        &client,
        &gateway,
        "not ready: Redis has no replica, which ACCEPT_DURABILITY=replica needs",
    )
    .await;
}
