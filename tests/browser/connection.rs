//! A gateway that dies during a search.

use crate::{
    browser::Look,
    page::{Page, expected, slow},
};

#[tokio::test]
async fn a_search_goes_on_after_its_gateway_was_killed_and_started_again() {
    let mut system = slow().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.search("CGK", "DPS").await;
    page.fares_arrive().await;

    let port = system.gateways[0].port;
    system.gateways[0].service.kill().await;
    page.shown("#reconnecting").await;
    let before = page.fares().await;
    assert!(!before.is_empty(), "fares stay on the page");
    system.gateways[0] = system.gateway_on(port).await.expect("the port is free again");

    page.browser.until("!document.querySelector('#reconnecting').checkVisibility()").await;
    page.phase("completed").await;
    let (_, body) = system.client().state(&page.search_id().await).await;
    assert_eq!(page.fares().await, expected(&body["data"]["results"]));
}

#[tokio::test]
async fn a_reload_while_the_gateway_restarts_recovers() {
    let mut system = slow().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    let port = system.gateways[0].port;
    // The page has no stream yet, because it can't get the state of the search.
    let id = system.client().submit().await;
    system.gateways[0].service.kill().await;
    page.browser.eval(&format!("history.pushState(null, '', '/?search={id}')")).await;
    page.browser.eval("dispatchEvent(new PopStateEvent('popstate'))").await;
    page.shown("#reconnecting").await;
    system.gateways[0] = system.gateway_on(port).await.expect("the port is free again");
    page.fares_arrive().await;
}
