//! The layout does not shift, and fits a phone.

use test_kit::System;

use crate::{
    browser::Look,
    page::{Page, pause, quick, resume, slow},
};

/// Collects the layout shifts that Chromium counts as unexpected, from the first paint on.
const SHIFTS: &str = "new PerformanceObserver(list => { \
     for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push(\
       [entry.value, entry.sources.map(source => source.node?.className || source.node?.nodeName || '')]); \
     }).observe({type: 'layout-shift', buffered: true})";

async fn nothing_shifts(system: &System, page: &Page, state: &str) {
    pause(system).await;
    let id = system.client().submit().await;
    // Without any input, because Chromium does not count shifts right after one.
    page.go(&format!("/?search={id}")).await;
    page.phase("processing").await;
    page.browser.client.execute(&format!("window.shifts = []; {SHIFTS}"), Vec::new()).await.unwrap();
    assert_eq!(page.fares().await, Vec::new(), "{state}: nothing has arrived before");
    resume(system);
    page.phase("completed").await;
    assert!(page.fares().await.len() > 10, "{state}: fares arrived while shifts were counted");
    page.fare_tops().await;
    assert_eq!(page.browser.eval("window.shifts").await, serde_json::json!([]), "{state}");
}

#[tokio::test]
async fn new_fares_shift_nothing_at_any_width() {
    let system = slow().await;
    for (languages, widths) in [("en-US", [390, 960, 1440]), ("id-ID", [320, 768, 1024])] {
        let Some(page) = Page::open_in(&system, languages, "/", Look::WIDE).await else { return };
        for width in widths {
            page.browser.look(Look::of_width(width)).await;
            nothing_shifts(&system, &page, &format!("{languages}, {width} px")).await;
        }
    }
}

#[tokio::test]
async fn fares_off_the_screen_are_not_laid_out_but_have_their_place_and_are_found() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::PHONE).await else { return };
    page.search("CGK", "DPS").await;
    page.phase("completed").await;
    let laid_out = "[...document.querySelectorAll('.fare-card')].map(card => \
         card.checkVisibility({contentVisibilityAuto: true}))";
    page.browser.until(&format!("{laid_out}[0] && !{laid_out}.at(-1)")).await;
    // How far each fare begins from where the one before ends.
    let gaps = "[...document.querySelectorAll('.fare')].map(fare => fare.getBoundingClientRect()) \
         .map(({ top }, at, all) => Math.round(top - (all[at - 1]?.bottom ?? top)))";
    let adjoin = async |state: &str| {
        page.fare_tops().await;
        let gaps = page.browser.eval(gaps).await;
        assert!(gaps.as_array().unwrap().iter().all(|gap| *gap == 0), "{state}: {gaps}");
    };
    adjoin("from the top").await;

    let find = "window.find([...document.querySelectorAll('.flight')].at(-1).textContent)";
    assert_eq!(page.browser.eval(find).await, true);
    page.browser.until(&format!("{laid_out}.at(-1)")).await;
    adjoin("at the end").await;
    page.browser.eval("document.querySelectorAll('.fare .open')[1].click()").await;
    page.shown(".fare .point-airport").await;
    page.browser.until(&format!("{gaps}.every(gap => gap === 0)")).await;
}

#[tokio::test]
async fn a_phone_never_scrolls_sideways() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::PHONE).await else { return };
    let fits = async |state: &str| {
        let width = page.browser.eval("document.documentElement.scrollWidth").await;
        assert_eq!(width, 360, "{state}");
    };
    page.shown("#welcome").await;
    fits("empty").await;
    page.fill("#from", "jak").await;
    page.shown("#from-suggestions").await;
    fits("suggestions").await;
    page.search("CGX", "DPS").await;
    page.shown("#from-error").await;
    fits("error").await;
    page.search("KNO", "LBJ").await;
    page.phase("completed").await;
    fits("results").await;
    page.click("#suppliers summary").await;
    page.click("#filters summary").await;
    page.shown("#filter-carriers").await;
    fits("panels").await;
}
