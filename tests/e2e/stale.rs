//! What a demoted, lagging server says about a search does not count.

use std::time::Duration;

use reqwest::StatusCode;
use rustix::process::Signal;
use test_kit::{Flow, Launch, Link, Redis, System, eventually};

async fn role(redis: &Redis) -> String {
    redis.run::<String>("INFO replication").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_reads_from_a_demoted_server_does_not_call_an_accepted_search_unknown() {
    let options = ["--repl-diskless-sync-delay", "0"];
    let (old, new) = (
        Redis::start_as(Launch::default().options(&options)).await,
        Redis::start_as(Launch::default().options(&options)).await,
    );
    let (old_addr, new_addr) = (old.addr(), new.addr());
    let follow = |addr: &str| format!("REPLICAOF {}", addr.replace(':', " "));
    let _: redis::Value = new.run(&follow(&old_addr)).await;
    eventually("the replica follows", async || {
        role(&new).await.contains("master_link_status:up").then_some(())
    })
    .await;

    let link = Link::to(old_addr).await;
    let mut system = System::builder().gateways(0).workers(0).start_on(old).await;
    system.settings.push(("REDIS_ADDR".into(), link.addr()));
    system.add_gateway().await;
    system.gateways[0].ready().await;
    // These requests open all of the gateway's connections.
    let known = system.gateways[0].client().submit().await;
    let _open = system.gateways[0].client().follow(&known).await;
    // It is paused during a planned failover that keeps its connections.
    system.gateways[0].service.signal(Signal::STOP);
    let _: redis::Value = system.redis.run("FAILOVER").await;
    eventually("the replica is the primary", async || role(&new).await.contains("role:master").then_some(()))
        .await;
    link.lead_to(new_addr.clone());
    // The old primary does not receive what the new one stores.
    let lagging = Link::to(new_addr).await;
    lagging.change(|terms| terms.down = Flow::Held);
    let _: redis::Value = system.redis.run(&follow(&lagging.addr())).await;

    system.add_gateway().await;
    system.gateways[1].ready().await;
    let id = system.gateways[1].client().submit().await;
    let asked = tokio::spawn({
        let client = system.gateways[0].client();
        async move { client.open(&id, "", None).await.status() }
    });
    // The request must arrive before the gateway goes on: a later one may use new connections already.
    tokio::time::sleep(Duration::from_millis(300)).await;
    system.gateways[0].service.signal(Signal::CONT);
    assert_eq!(asked.await.unwrap(), StatusCode::OK);
}
