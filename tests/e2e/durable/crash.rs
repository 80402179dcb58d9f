//! Redis dies while its disk is slow.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use redis::AsyncCommands;
use test_kit::{Shim, eventually};
use tokio::task::JoinSet;

use super::{gateway, redis_with_waitaof};

/// How many searches are accepted before Redis is killed, even on a slow machine.
const ACCEPTED_AT_LEAST: usize = 20;
/// The delay of each fsync of the slow disk.
const SLOW: Duration = Duration::from_millis(1500);

/// Submits searches while the disk is slow, and kills Redis while it holds back writes. Returns how many searches were
/// accepted and how many of those were lost; `None` without a Redis that has WAITAOF.
async fn accepted_and_lost(durability: &str) -> Option<(usize, usize)> {
    let shim = Shim::new();
    let mut redis = redis_with_waitaof("yes", &shim).await?;
    let gateway = gateway(&redis.addr(), durability).await;
    let client = gateway.client();
    gateway.ready().await;
    shim.slow_sync(SLOW);
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
                // POSTs without a pause would only keep the machine busy.
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
        // Redis writes its buffer at once unless an fsync is in progress.
        let holds_back = field("aof_pending_bio_fsync:")? > 0 && field("aof_buffer_length:")? > 5_000;
        holds_back.then_some(())
    })
    .await;
    // Clients submit until Redis is dead, because after a pause it could write what it holds back. They go on when it
    // is back; what it accepts then must not be lost either.
    redis.kill().await;
    shim.slow_sync(Duration::ZERO);
    redis.start().await;
    over.store(true, Ordering::Relaxed);
    let accepted: Vec<String> = clients.join_all().await.concat();
    drop(gateway);
    let mut connection = redis.connect().await;
    let mut lost = 0;
    for id in &accepted {
        let exists: bool = connection.exists(format!("flight.search.record:{id}")).await.unwrap();
        lost += usize::from(!exists);
    }
    Some((accepted.len(), lost))
}

#[tokio::test(flavor = "multi_thread")]
async fn searches_accepted_on_disk_survive_a_crash_of_redis() {
    let Some((accepted, lost)) = accepted_and_lost("disk").await else { return };
    eprintln!("disk: {lost} of {accepted} accepted searches were lost");
    assert!(accepted >= ACCEPTED_AT_LEAST, "{accepted} were accepted");
    assert_eq!(lost, 0, "of {accepted}");
}

#[tokio::test(flavor = "multi_thread")]
async fn searches_accepted_in_memory_are_lost_in_a_crash_of_redis() {
    let Some((accepted, lost)) = accepted_and_lost("memory").await else { return };
    eprintln!("memory: {lost} of {accepted} accepted searches were lost");
    assert!(lost > 0, "of {accepted}: docs/guarantees.md says that some are lost");
}
