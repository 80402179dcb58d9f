//! The page's address contains the search.

use crate::{
    browser::Look,
    page::{Page, quick},
};

#[tokio::test]
async fn a_reload_a_shared_link_and_the_back_button_show_the_same() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.search("CGK", "DPS").await;
    page.phase("completed").await;
    let bali = (page.address().await, page.fares().await);

    page.browser.client.refresh().await.unwrap();
    page.phase("completed").await;
    assert_eq!((page.address().await, page.fares().await), bali);
    page.browser.until("document.querySelector('#to').value === 'Denpasar (DPS)'").await;

    page.search("SUB", "UPG").await;
    page.browser.until("document.title.startsWith('SUB → UPG')").await;
    page.phase("completed").await;
    assert_ne!(page.fares().await, bali.1);
    page.browser.client.back().await.unwrap();
    page.browser.until("document.title.startsWith('CGK → DPS')").await;
    page.phase("completed").await;
    assert_eq!((page.address().await, page.fares().await), bali);
    page.browser.client.back().await.unwrap();
    page.shown("#welcome").await;

    // Only the id, in a new browser.
    let (link, _) = bali.0.split_once('#').unwrap();
    let Some(other) = Page::open(&system, link, Look::PHONE).await else { return };
    other.phase("completed").await;
    assert_eq!(other.fares().await, bali.1);
    assert_eq!(other.text("#route").await, "CGK → DPS");
}

#[tokio::test]
async fn an_invalid_address_breaks_no_page() {
    let system = quick().await;
    let path = "/?search=x#CGK-DPS-9999-99-99-9";
    let Some(page) = Page::open(&system, path, Look::WIDE).await else { return };
    page.phase("missing").await;
    assert!(page.text("#notice").await.starts_with("This search has expired"));
    // The form ignores the address, and works.
    page.search("CGK", "DPS").await;
    page.phase("completed").await;
    // The last possible day has a day before it and none after.
    page.go(&format!("/?search={}#CGK-DPS-9999-12-31-9", page.search_id().await)).await;
    page.phase("completed").await;

    // One of at most nine travellers is an adult.
    let children = "&child=7".repeat(9);
    page.go(&format!("/?search=x#CGK-DPS-2049-07-10-1{children}")).await;
    page.phase("missing").await;
    assert_eq!(page.value("#children").await, "8");
    assert_eq!(page.browser.eval("document.querySelectorAll('#ages select').length").await, 8);

    page.go("/docs#%E0%A4%A").await;
    page.browser.until("document.querySelector('#content').ariaBusy === 'false'").await;
    assert!(page.text("#content h1").await.starts_with("flight-search"));
    assert_eq!(page.browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn back_and_forward_keep_the_focus_in_the_results() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    for (from, to) in [("CGK", "DPS"), ("SUB", "UPG")] {
        page.search(from, to).await;
        page.browser.until(&format!("document.title.startsWith('{from} → {to}')")).await;
        page.phase("completed").await;
    }
    page.browser.eval("document.querySelector('.fare .open').focus()").await;
    page.browser.client.back().await.unwrap();
    page.browser.until("document.title.startsWith('CGK → DPS')").await;
    page.phase("completed").await;
    assert_eq!(page.focus().await, "route");
    page.browser.eval("document.querySelector('#filter-carriers input').focus()").await;
    page.browser.client.forward().await.unwrap();
    page.browser.until("document.title.startsWith('SUB → UPG')").await;
    page.phase("completed").await;
    assert_eq!(page.focus().await, "route");
}

/// From now on, each POST waits for `window.release()`.
const HOLD: &str = "(() => { const send = window.fetch; \
     window.fetch = (path, options) => options?.method !== 'POST' ? send(path, options) \
       : new Promise(done => { window.release = () => done(send(path, options)); }); })()";

/// Whether the form is ready for a search.
const READY: &str = "document.querySelector('#search-form').ariaBusy === 'false'";

#[tokio::test]
async fn a_search_that_is_accepted_late_fetches_nobody_back() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.search("CGK", "DPS").await;
    page.phase("completed").await;
    let bali = page.address().await;
    page.search("SUB", "UPG").await;
    page.browser.until("document.title.startsWith('SUB → UPG')").await;
    page.phase("completed").await;

    page.browser.eval(HOLD).await;
    page.click("#again").await;
    page.browser.until("window.release").await;
    page.browser.client.back().await.unwrap();
    page.browser.until("document.title.startsWith('CGK → DPS')").await;
    page.browser.eval("window.release()").await;
    page.browser.until(READY).await;
    page.phase("completed").await;
    assert_eq!((page.address().await, page.text("#route").await), (bali, "CGK → DPS".into()));
}

#[tokio::test]
async fn a_search_is_shown_although_the_browser_refuses_its_address() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.search("CGK", "DPS").await;
    page.phase("completed").await;
    let before = page.address().await;
    // As Safari does after a hundred in half a minute.
    let refuse =
        "history.pushState = () => { window.refused = true; throw new DOMException('', 'SecurityError'); }";
    page.browser.eval(refuse).await;
    page.click("#again").await;
    page.browser.until(&format!("window.refused && {READY}")).await;
    page.phase("completed").await;
    assert_eq!(page.address().await, before);
    page.browser.eval("delete history.pushState").await;
    page.click("#again").await;
    page.browser.until(&format!("location.pathname + location.search + location.hash !== '{before}'")).await;
    page.phase("completed").await;
}
