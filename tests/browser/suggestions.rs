//! The search form's suggestions.

use fantoccini::key::Key;
use serde_json::json;

use crate::{
    accessibility::is_accessible,
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
async fn text_submitted_by_enter_before_it_was_asked_for_is_resolved() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.fill("#to", "DPS").await;
    page.browser.devtools("Network.enable", json!({})).await;
    let slow = json!({"offline": false, "latency": 300, "downloadThroughput": -1, "uploadThroughput": -1});
    page.browser.devtools("Network.emulateNetworkConditions", slow).await;
    // In one task, so that no timer comes between, however slow the machine is.
    let submitted = "(() => { \
        const field = document.querySelector('#from'); \
        field.focus(); \
        field.value = 'surabaya'; \
        field.dispatchEvent(new Event('input', {bubbles: true})); \
        field.form.requestSubmit(); \
    })()";
    page.browser.eval(submitted).await;
    page.phase("completed").await;
    assert_eq!(page.text("#route").await, "SUB → DPS");
}

#[tokio::test]
async fn typing_errors_are_forgiven() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    for (typed, code, taken) in [
        ("jakrta", "CGK", "Jakarta (CGK)"),
        ("denpasr", "DPS", "Denpasar (DPS)"),
        ("tokio", "HND", "Tokyo (HND)"),
    ] {
        page.suggestions("#from", typed, code).await;
        page.take_suggestion("#from").await;
        assert_eq!(page.value("#from").await, taken);
    }
    // The same without the list.
    page.search("jakrta", "denpasr").await;
    page.phase("completed").await;
    assert_eq!(page.text("#route").await, "CGK → DPS");
}

#[tokio::test]
async fn an_island_finds_its_airport_s_city() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::PHONE).await else { return };
    page.suggestions("#to", "bali", "DPS").await;
    assert_eq!(page.text("#to-suggestions [aria-selected=true] .option-city").await, "Denpasar (Bali)");
    page.take_suggestion("#to").await;
    assert_eq!(page.value("#to").await, "Denpasar (Bali), DPS");
    page.fill("#from", "CGK").await;
    page.click("#submit").await;
    page.phase("completed").await;
    assert_eq!(page.text("#route").await, "CGK → DPS");
}

#[tokio::test]
async fn a_text_that_nothing_is_similar_to_is_answered() {
    let system = quick().await;
    for (languages, said) in [
        ("en-US", "No airport or city found for “xyzzyx”"),
        ("id-ID", "Bandara atau kota “xyzzyx” tidak ditemukan"),
    ] {
        let Some(page) = Page::open_in(&system, languages, "/", Look::of_width(320)).await else { return };
        page.fill("#from", "xyzzyx").await;
        page.shown("#from-suggestions .none").await;
        assert!(page.text("#from-suggestions").await.starts_with(said));
        is_accessible(&page, "nothing found").await;
        page.click("#submit").await;
        page.shown("#from-error").await;
        assert!(page.text("#from-error").await.contains("“xyzzyx”"));
        assert_eq!(page.address().await, "/");
    }
}

#[tokio::test]
async fn origin_and_destination_can_be_swapped() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::PHONE).await else { return };
    page.suggestions("#from", "jak", "CGK").await;
    page.suggestions("#to", "dps", "DPS").await;
    page.click("#passengers").await;
    page.click("#swap").await;
    assert_eq!(page.value("#from").await, "Denpasar (DPS)");
    assert_eq!(page.value("#to").await, "Jakarta (CGK)");
}

#[tokio::test]
async fn no_suggestion_for_an_earlier_text_is_taken() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    for (field, key) in [("#from", Key::Tab), ("#to", Key::Enter)] {
        page.fill(field, "por").await;
        page.shown(&format!("{field}-suggestions [aria-selected=true]")).await;
        // Port Moresby is shown. Faster than the suggestions for what is typed now:
        page.press(&format!("to{}", char::from(key))).await;
        page.browser.until(&format!("document.querySelector('{field}').value === 'Porto (OPO)'")).await;
    }
}
