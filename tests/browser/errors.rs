//! What the page says about an error, and what it offers to do.

use test_kit::{Redis, System, SystemBuilder};

use crate::{
    browser::Look,
    page::{Page, quick},
};

const UNKNOWN: &str = "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11";

#[tokio::test]
async fn an_unknown_code_is_marked_and_a_click_takes_the_suggestion() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.search("CGX", "DPS").await;
    page.shown("#from-error").await;
    assert!(page.text("#from-error").await.starts_with("No airport or city has the code CGX"));
    assert_eq!(page.focus().await, "from");
    assert_eq!(page.find("#from").await.attr("aria-invalid").await.unwrap().as_deref(), Some("true"));
    page.click("#from-error button").await;
    page.browser.until("document.querySelector('#from').value === 'Jakarta (CGK)'").await;
    assert!(!page.find("#from-error").await.is_displayed().await.unwrap());
    page.click("#submit").await;
    page.phase("completed").await;
}

#[tokio::test]
async fn an_empty_form_says_what_is_missing() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::PHONE).await else { return };
    page.click("#submit").await;
    page.shown("#from-error").await;
    page.shown("#to-error").await;
    assert_eq!(page.text("#from-error").await, "Choose where you fly from.");
    assert_eq!(page.text("#to-error").await, "Choose where you fly to.");
    assert_eq!(page.focus().await, "from");
    assert_eq!(page.address().await, "/");
}

#[tokio::test]
async fn a_day_that_has_passed_is_not_searched() {
    let system = quick().await;
    for (languages, said) in [("en-US", "This day has passed"), ("id-ID", "Tanggal ini sudah lewat")] {
        let Some(page) = Page::open_in(&system, languages, "/", Look::WIDE).await else { return };
        page.browser.eval("document.querySelector('#date').value = '2025-07-10'").await;
        page.search("CGK", "DPS").await;
        page.shown("#date-error").await;
        assert!(page.text("#date-error").await.starts_with(said));
        assert_eq!((page.focus().await, page.address().await), ("date".into(), "/".into()));

        // Nor is it searched again from an old link.
        let old = format!("/?search={UNKNOWN}#CGK-DPS-2025-07-10-2");
        page.go(&old).await;
        page.phase("missing").await;
        page.click("#notice button").await;
        page.shown("#date-error").await;
        assert_eq!((page.focus().await, page.address().await), ("date".into(), old));
    }
}

#[tokio::test]
async fn errors_are_in_the_user_s_words() {
    let system = quick().await;
    let Some(page) = Page::open_in(&system, "id-ID,en-US", "/", Look::PHONE).await else { return };
    page.search("CGX", "Denpasar").await;
    page.shown("#from-error").await;
    assert!(page.text("#from-error").await.starts_with("Tidak ada bandara atau kota dengan kode CGX."));
    assert_eq!(page.text("#from-error button").await, "Pakai CGK");
    page.search("JKT", "CGK").await;
    page.shown("#to-error").await;
    assert_eq!(page.text("#to-error").await, "Anda sudah berangkat dari sana. Pilih tempat lain.");
    page.search("xyzzyx", "CGK").await;
    page.shown("#from-error").await;
    assert_eq!(page.text("#from-error").await, "Tidak ada bandara atau kota “xyzzyx”.");
}

#[tokio::test]
async fn an_expired_search_offers_to_search_again() {
    let system = quick().await;
    let path = format!("/?search={UNKNOWN}#CGK-DPS-2049-07-10-2");
    let Some(page) = Page::open(&system, &path, Look::WIDE).await else { return };
    page.phase("missing").await;
    assert!(page.text("#notice").await.starts_with("This search has expired"));
    page.click("#notice button").await;
    page.phase("completed").await;
    assert_ne!(page.search_id().await, UNKNOWN);
    assert_eq!(page.text("#when").await, "Sat, Jul 10, 2049 · 2 passengers");

    // The address does not have the search's fields: the page can only offer the form.
    page.go(&format!("/?search={UNKNOWN}")).await;
    page.phase("missing").await;
    page.click("#notice button").await;
    assert_eq!(page.focus().await, "from");
    page.go("/?search=nonsense").await;
    page.phase("missing").await;
}

#[tokio::test]
async fn a_gateway_that_is_down_is_reported_and_retried() {
    let mut system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.fill("#from", "CGK").await;
    page.fill("#to", "DPS").await;
    let port = system.gateways[0].port;
    system.gateways[0].service.kill().await;
    page.click("#submit").await;
    page.shown("#form-alert").await;
    assert!(page.text("#form-alert").await.contains("can’t be reached"));
    system.gateways[0] = system.gateway_on(port).await.expect("the port is free again");
    system.gateways[0].ready().await;
    page.click("#form-alert button").await;
    page.phase("completed").await;
    assert!(!page.find("#form-alert").await.is_displayed().await.unwrap());
}

#[tokio::test]
async fn a_busy_service_is_reported() {
    let system: System =
        SystemBuilder::default().workers(0).set("MAX_BACKLOG", "1").start_on(Redis::volatile().await).await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    system.client().submit().await;
    page.search("CGK", "DPS").await;
    page.shown("#form-alert").await;
    assert!(page.text("#form-alert").await.starts_with("Many people are searching"));
}
