//! One family's way through the page, in both languages and at all widths.

use fantoccini::key::Key as Press;
use serde_json::{Value, json};
use test_kit::System;

use crate::{
    browser::Look,
    layout::faults,
    page::{Page, pause, quick, resume},
};

/// What the page says on the way.
struct Words {
    /// A child without an age.
    age: &'static str,
    /// What is searched for, behind the dates.
    wishes: &'static str,
    /// A price that was checked.
    same: &'static str,
    /// A search that was cancelled without fares.
    cancelled: &'static str,
    /// A filter's number of fares, before their lowest price.
    from: &'static str,
}

const ENGLISH: Words = Words {
    age: "Choose the child’s age",
    wishes: " · 1 adult, 1 child · Business · at most 1 stop",
    same: "Still the same price",
    cancelled: "Search cancelled",
    from: " from Rp",
};

const INDONESIAN: Words = Words {
    age: "Pilih usia anak",
    wishes: " · 1 dewasa, 1 anak · Bisnis · paling banyak 1 transit",
    same: "Harganya masih sama",
    cancelled: "Pencarian dibatalkan",
    from: " mulai Rp",
};

#[tokio::test]
async fn a_family_finds_its_trip_in_both_languages_at_any_width() {
    let system = quick().await;
    for (languages, words) in [("en-US", ENGLISH), ("id-ID", INDONESIAN)] {
        let Some(page) = Page::open_in(&system, languages, "/", Look::WIDE).await else { return };
        for width in Look::WIDTHS {
            page.browser.look(Look::of_width(width)).await;
            page.go("/").await;
            page.shown("#welcome").await;
            let state = format!("{languages}, {width} px");
            search(&page, &words, &state).await;
            sort(&page, &system, &state).await;
            filter(&page, &words, &state).await;
            open(&page, &words, &state).await;
            assert_eq!(faults(&page).await, json!([]), "{state}");
            assert_eq!(page.browser.complaints().await, Vec::<String>::new(), "{state}");
        }
        tab(&page, languages).await;
        page.browser.media("", &[("forced-colors", "active")]).await;
        page.browser.until("matchMedia('(forced-colors: active)').matches").await;
        assert_eq!(faults(&page).await, json!([]), "{languages}, forced colours");
        cancel(&page, &words, &system, languages).await;
        assert_eq!(page.browser.complaints().await, Vec::<String>::new(), "{languages}");
    }
}

/// Tab reaches all that can be used, in the order of the document, and each is on the screen then.
async fn tab(page: &Page, state: &str) {
    let start = "(() => { window.controls = [...document.querySelectorAll('a[href], button, input, select, summary')].filter(one => \
         one.checkVisibility() && !one.disabled && (one.type !== 'radio' || one.checked)); \
         window.controls[0].focus(); return window.controls.length; })()";
    let controls = page.browser.eval(start).await.as_i64().unwrap();
    let focused = "(() => { const control = document.activeElement; const {top, bottom} = control.getBoundingClientRect(); \
         return [window.controls.indexOf(control), top < innerHeight && bottom > 0, control.outerHTML.slice(0, 200)]; })()";
    let mut reached = 0;
    // A date takes several, one for each of its parts.
    for _ in 0..controls * 2 {
        let (at, is_on_screen, html): (i64, bool, String) =
            serde_json::from_value(page.browser.eval(focused).await).unwrap();
        assert!(is_on_screen, "{state}: {html}");
        assert!(at == reached || at + 1 == reached, "{state}: {at} after {reached} of {controls}: {html}");
        reached = at + 1;
        if reached == controls {
            return;
        }
        page.press(&char::from(Press::Tab).to_string()).await;
    }
    panic!("{state}: {reached} of {controls}");
}

/// Cancels a search that nobody has answered.
async fn cancel(page: &Page, words: &Words, system: &System, state: &str) {
    pause(system).await;
    page.click("#again").await;
    page.phase("processing").await;
    page.click("#cancel").await;
    page.phase("cancelled").await;
    assert_eq!(page.text("#notice h3").await, words.cancelled, "{state}");
    assert_eq!(faults(page).await, json!([]), "{state}, cancelled");
    resume(system);
}

/// Misspells the cities, forgets the child's age, and finds fares.
async fn search(page: &Page, words: &Words, state: &str) {
    page.place("#from", "jakrta", "CGK").await;
    page.place("#to", "bali", "DPS").await;
    assert_eq!(page.value("#from").await, "Jakarta (CGK)", "{state}");
    assert_eq!(page.value("#to").await, "Denpasar (Bali), DPS", "{state}");
    page.set_date("#date", "2049-07-10").await;
    page.click("#add-return").await;
    page.set_date("#return", "2049-07-17").await;
    page.click("#more").await;
    for (field, value) in
        [("#passengers", "1"), ("#cabin", "business"), ("#max-stops", "1"), ("#children", "1")]
    {
        page.choose(field, value).await;
    }
    page.click("#submit").await;
    page.shown("#child-1-error").await;
    assert!(page.text("#child-1-error").await.starts_with(words.age), "{state}");
    assert_eq!(page.focus().await, "child-1", "{state}");
    assert_eq!(faults(page).await, json!([]), "{state}, an error");
    page.choose("#child-1", "7").await;
    page.click("#submit").await;
    page.phase("completed").await;
    assert!(page.text("#when").await.ends_with(words.wishes), "{state}: {}", page.text("#when").await);
    assert_eq!(page.browser.eval("document.querySelectorAll('.day').length").await, 7, "{state}");
}

/// What offers are sorted by.
type Key<'a> = dyn Fn(&Value) -> u64 + 'a;

/// Each order is that of the API's results.
async fn sort(page: &Page, system: &System, state: &str) {
    let results = system.client().state(&page.search_id().await).await.1["data"]["results"].clone();
    let number = |value: &Value| value.as_u64().unwrap();
    let keys: [(&str, &Key<'_>); 4] = [
        ("best", &|offer| number(&offer["best_rank"])),
        ("fastest", &|offer| {
            offer["slices"].as_array().unwrap().iter().map(|slice| number(&slice["duration_minutes"])).sum()
        }),
        ("earliest", &|offer| {
            let departure: jiff::Timestamp = offer["departure"].as_str().unwrap().parse().unwrap();
            departure.as_second().try_into().unwrap()
        }),
        ("cheapest", &|offer| number(&offer["price"])),
    ];
    for (order, key) in keys {
        page.click(&format!("[name=order][value={order}]")).await;
        let script =
            "[...document.querySelectorAll('.fare .offer')].map(offer => offer.id.replace('offer-', ''))";
        let ids: Vec<String> = serde_json::from_value(page.browser.eval(script).await).unwrap();
        let sorted: Vec<_> = ids
            .iter()
            .map(|id| {
                key(results.as_array().unwrap().iter().find(|offer| offer["id"] == id.as_str()).unwrap())
            })
            .collect();
        assert!(sorted.len() > 3 && sorted.is_sorted(), "{state}, {order}: {sorted:?}");
    }
}

/// A filter leaves what it says, the address keeps it, and it is cleared.
async fn filter(page: &Page, words: &Words, state: &str) {
    let all = page.fares().await;
    if page.hides("#filter-parts").await {
        page.click("#filters > summary").await;
    }
    let morning = "[name=parts][value=morning]";
    page.shown(morning).await;
    page.click(morning).await;
    let some = page.fares().await;
    assert!(!some.is_empty() && some.len() < all.len(), "{state}: {some:?}");
    let note = page.text("#maxPrice-note").await;
    assert!(note.starts_with(&some.len().to_string()) && note.contains(words.from), "{state}: {note}");
    page.browser.until("location.hash.endsWith('&time=morning')").await;
    page.browser.client.refresh().await.unwrap();
    page.phase("completed").await;
    assert_eq!(page.fares().await, some, "{state}");
    if page.hides("#filter-parts").await {
        page.click("#filters > summary").await;
    }
    page.click("#clear-filters").await;
    assert_eq!(page.fares().await, all, "{state}");
}

/// Opens the first fare, and checks its price.
async fn open(page: &Page, words: &Words, state: &str) {
    page.click(".fare .open").await;
    page.shown(".fare .point-airport").await;
    page.fare_tops().await;
    page.click(".fare [data-check]").await;
    let note = "document.querySelector('.fare .check-note').textContent";
    page.browser.until(&format!("{note}.startsWith('{}')", words.same)).await;
    let slices = page.browser.eval("document.querySelectorAll('.fare:first-child .slice').length").await;
    assert_eq!(slices, 2, "{state}");
}
