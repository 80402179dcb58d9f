//! The address carries the search.

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

    // Only the id, in a browser that has never been here.
    let (link, _) = bali.0.split_once('#').unwrap();
    let Some(other) = Page::open(&system, link, Look::PHONE).await else { return };
    other.phase("completed").await;
    assert_eq!(other.fares().await, bali.1);
    assert_eq!(other.text("#route").await, "CGK → DPS");
}
