//! Cancelling a search.

use test_kit::{System, client::example};

use crate::{
    accessibility::is_accessible,
    browser::Look,
    page::{Page, pause, slow, very_slow},
};

#[tokio::test]
async fn a_cancelled_search_keeps_the_answers_that_had_arrived() {
    let system = slow().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.search("CGK", "DPS").await;
    page.fares_arrive().await;
    page.click("#cancel").await;
    page.phase("cancelled").await;
    assert!(page.text("#state").await.starts_with("Cancelled with "));
    assert!(!page.fares().await.is_empty());
    assert_eq!(
        page.browser.eval("document.querySelectorAll('.supplier[data-status=pending]').length").await,
        0
    );
    assert!(!page.find("#cancel").await.is_displayed().await.unwrap());
    let id = page.search_id().await;
    let (_, body) = system.client().state(&id).await;
    assert_eq!(body["data"]["status"], "cancelled");

    page.click("#again").await;
    page.phase("processing").await;
    assert_ne!(page.search_id().await, id);
}

#[tokio::test]
async fn a_shared_search_ends_on_the_page_and_goes_on_for_others() {
    let system =
        System::builder().set("COALESCE_SECS", "60").set("SIMULATED_LATENCY_MS", "500-60000").start().await;
    let client = system.client();
    let (_, shared) = client.post(&example()).await;
    let id = shared["data"]["search_id"].as_str().unwrap();
    assert_eq!(client.submit().await, id);
    let Some(page) = Page::open(&system, &format!("/?search={id}"), Look::WIDE).await else { return };
    page.phase("processing").await;
    page.click("#cancel").await;
    page.phase("cancelled").await;
    assert_eq!(client.state(id).await.1["data"]["status"], "processing");
}

#[tokio::test]
async fn a_search_that_could_not_be_cancelled_says_so_until_it_is() {
    let mut system = very_slow().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.search("CGK", "DPS").await;
    page.fares_arrive().await;
    assert!(page.hides("#cancel-failed").await);
    // The others' answers would end it.
    pause(&system).await;
    let port = system.gateways[0].port;
    system.gateways[0].service.kill().await;
    page.click("#cancel").await;
    page.shown("#cancel-failed").await;
    assert_eq!(page.text("#cancel-failed").await, "Cancelling failed. Try again.");
    is_accessible(&page, "not cancelled").await;
    page.browser.look(Look::WIDE).await;
    page.click("#language").await;
    assert!(
        page.text("#cancel-failed").await.starts_with("Pembatalan gagal"),
        "{}",
        page.text("#cancel-failed").await
    );

    system.gateways[0] = system.gateway_on(port).await.expect("the port is free again");
    system.gateways[0].ready().await;
    page.click("#cancel").await;
    page.phase("cancelled").await;
    assert!(page.hides("#cancel-failed").await);
}
