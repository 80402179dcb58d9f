//! Ending a search before it ends.

use crate::{
    browser::Look,
    page::{Page, slow},
};

#[tokio::test]
async fn a_cancelled_search_keeps_what_had_come() {
    let system = slow().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.search("CGK", "DPS").await;
    page.fares_land().await;
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
