//! No worker is alive.

use test_kit::System;

use crate::{
    accessibility::is_accessible,
    browser::Look,
    page::{Page, pause, resume, very_slow},
};

#[tokio::test]
async fn the_page_says_that_no_worker_is_alive_until_one_starts() {
    let mut system = System::builder().workers(0).start().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.search("CGK", "DPS").await;
    // The gateway notices after about ten seconds; the page polls for it.
    page.shown("#stalled").await;
    assert!(page.text("#stalled").await.contains("No supplier is listening"));
    let read_out = "document.querySelector('#announcements').textContent === \
         document.querySelector('#stalled').textContent";
    page.browser.until(read_out).await;
    is_accessible(&page, "stalled").await;
    page.click("#language").await;
    assert!(page.text("#stalled").await.contains("tidak ada penyedia yang siap"));
    system.add_worker();
    page.phase("completed").await;
    assert!(!page.find("#stalled").await.is_displayed().await.unwrap());
}

#[tokio::test]
async fn the_page_says_that_no_worker_is_alive_also_after_an_answer() {
    let system = very_slow().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.search("CGK", "DPS").await;
    page.fares_arrive().await;
    assert!(page.hides("#stalled").await);
    pause(&system).await;
    page.shown("#stalled").await;
    resume(&system);
    page.browser.until("!document.querySelector('#stalled').checkVisibility()").await;
}
