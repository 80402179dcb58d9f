//! The search form's suggestions.

use crate::{
    browser::Look,
    page::{Page, quick},
};

#[tokio::test]
async fn text_submitted_before_its_suggestions_arrive_is_resolved() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.search("surabaya", "makassar").await;
    page.phase("completed").await;
    assert_eq!(page.text("#route").await, "SUB → UPG");
}

#[tokio::test]
async fn origin_and_destination_can_be_swapped() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::PHONE).await else { return };
    page.fill("#from", "jak").await;
    page.shown("#from-suggestions [aria-selected=true]").await;
    page.fill("#to", "dps").await;
    page.shown("#to-suggestions [aria-selected=true]").await;
    page.click("#passengers").await;
    page.click("#swap").await;
    assert_eq!(page.value("#from").await, "Denpasar (DPS)");
    assert_eq!(page.value("#to").await, "Jakarta (CGK)");
}
