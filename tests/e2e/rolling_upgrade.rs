//! A system of an earlier version is upgraded under load, one process at a time, as docs/runbook.md says.
//!
//! `script/test-upgrade` builds the earlier version and runs this.

mod load;

use reqwest::StatusCode;
use serde_json::{Value, json};
use test_kit::{Client, Programs, Service, System, eventually};

use self::load::{Load, Search, same_end};
use crate::{crashes::announced_once, encoding::stored};

/// How many searches each state of the system carries to their end.
const SEARCHES: usize = 20;

/// The programs that the system is upgraded from.
fn old_programs() -> Programs {
    let directory = std::env::var_os("OLD_PROGRAMS").expect(
        "OLD_PROGRAMS must be a directory with main-service and provider-service of an earlier version; \
         run script/test-upgrade",
    );
    Programs::in_directory(directory)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upgrade_under_load_loses_no_search_and_no_offer() {
    let mut system = System::builder()
        .programs(old_programs())
        .gateways(2)
        .workers(2)
        .set("SIMULATED_LATENCY_MS", "200-8000")
        .set("JOB_LEASE_MS", "2000")
        // Shorter than many searches, so that a stopping worker hands jobs back.
        .set("SHUTDOWN_GRACE_MS", "4000")
        // The result log keeps twice this: all of the test.
        .set("SEARCH_DEADLINE_MS", "300000")
        .start()
        .await;
    system.joined(2).await;
    let clients = system.clients();
    let load = Load::start(clients.clone());
    load.ends(SEARCHES).await;
    system.programs = Programs::of_this_test();

    replace_workers(&mut system).await;
    // Old gateways, new workers.
    let ended = load.ends(SEARCHES).await;
    assert!(ended.iter().all(|search| !prices(search).is_empty()), "new workers tell prices");
    same_for_late_clients(&clients, &ended).await;

    replace_gateway(&mut system, 0).await;
    // A gateway of each version.
    same_for_late_clients(&clients, &load.ends(SEARCHES).await).await;
    new_searches_are_read_at_the_old_gateway(&clients).await;

    replace_gateway(&mut system, 1).await;
    let last = load.ends(SEARCHES).await;
    let all = load.stop().await;
    same_for_late_clients(&clients, &last).await;
    // Those of the old version are among them.
    same_for_late_clients(&clients, &all[..SEARCHES]).await;
    let announced = announced_once(&system.redis).await;
    let missing: Vec<_> = all.iter().filter(|search| !announced.contains(&search.id)).collect();
    assert!(missing.is_empty(), "{} without an end in the log", missing.len());
    assert!(system.redis.entries("flight.search.dead").await.is_empty());
    eventually("no job is left", async || {
        (system.redis.run::<usize>("XLEN flight.search.requested").await == 0).then_some(())
    })
    .await;
    // Without old gateways, offers are stored compressed.
    stored(&system, true).await;
}

/// Replaces both workers: one stops and hands back jobs, the other dies with jobs in progress.
async fn replace_workers(system: &mut System) {
    let mut old = system.workers.remove(0);
    old.terminate();
    assert_eq!(old.exit_code().await, Some(0));
    system.add_worker();
    takes_jobs(system, 1).await;

    system.workers.remove(0).kill().await;
    system.add_worker();
    takes_jobs(system, 1).await;
    eventually("a new worker takes over the dead worker's jobs", async || {
        let took_over = |worker: &Service| worker.log().contains("took over jobs of a dead worker");
        system.workers.iter().any(took_over).then_some(())
    })
    .await;
}

async fn takes_jobs(system: &System, at: usize) {
    eventually("the new worker takes jobs", async || {
        system.workers[at].log().contains("job taken").then_some(())
    })
    .await;
}

async fn replace_gateway(system: &mut System, at: usize) {
    let old = &mut system.gateways[at];
    let port = old.port;
    old.service.terminate();
    assert_eq!(old.service.exit_code().await, Some(0), "{}", old.service.log());
    system.gateways[at] = system.gateway_on(port).await.expect("the new gateway has the old one's port");
    system.gateways[at].ready().await;
}

/// Each gateway shows a late client the end that those who followed the search have received.
async fn same_for_late_clients(clients: &[Client], searches: &[Search]) {
    for search in searches {
        for client in clients {
            let (status, state) = client.state(&search.id).await;
            assert_eq!(status, StatusCode::OK, "{}: {state}", search.id);
            same_end(&state["data"], &search.end);
        }
    }
    for search in searches.iter().take(3) {
        for client in clients {
            same_end(&client.result(&search.id).await.json(), &search.end);
        }
    }
}

/// The old gateway, the second one, shows searches that it could not accept itself.
async fn new_searches_are_read_at_the_old_gateway(clients: &[Client]) {
    let body = json!({"from": "CGK", "to": "DPS", "date": "2127-07-10", "return_date": "2127-07-17",
        "passengers": {"adults": 1, "children": [7]}, "cabin": "economy", "max_stops": 1});
    let (status, accepted) = clients[0].post(&body).await;
    assert_eq!(status, StatusCode::OK, "{accepted}");
    let id = accepted["data"]["search_id"].as_str().expect("an id");
    let end = clients[0].result(id).await.json();
    assert!(end["results"][0]["slices"][1].is_object(), "{end}");
    same_end(&clients[1].result(id).await.json(), &end);
}

/// The prices of the first offer.
fn prices(search: &Search) -> &[Value] {
    search.end["results"][0]["prices"].as_array().map(Vec::as_slice).unwrap_or_default()
}
