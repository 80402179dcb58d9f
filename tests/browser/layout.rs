//! Nothing is cut off or covered, at any width and in both languages.

use serde_json::{Value, json};

use crate::{
    browser::Look,
    page::{Page, quick},
};

/// A name and a price longer than those of the simulated suppliers.
const LONG: &str = "(() => { \
     for (const name of document.querySelectorAll('.carrier-name, .supplier-name, [name=carriers] ~ .choice-label')) \
       name.textContent = 'Perusahaan Penerbangan Nusantara Khatulistiwa Raya Airways'; \
     for (const price of document.querySelectorAll('.amount, #order-best, #order-cheapest')) price.textContent = 'Rp\\u00a0123.456.789'; \
     for (const price of document.querySelectorAll('.choice-note')) price.textContent = 'Rp\\u00a023.456.789'; })()";

/// Parts of cards that stick out of them or are cut off, and panels that overlap the fares.
const FAULTS: &str = "(() => { \
     const faults = []; \
     const box = element => element.getBoundingClientRect(); \
     const inside = (part, whole, margin) => box(part).left >= box(whole).left + margin && box(part).right <= box(whole).right - margin; \
     for (const card of document.querySelectorAll('.fare-card')) { \
       for (const part of card.querySelectorAll('.amount, .for, .times, .carrier, .leg')) \
         if (part.checkVisibility() && !inside(part, card, 8)) faults.push(['sticks out', part.className, part.textContent]); \
       for (const part of card.querySelectorAll('.amount, .for, .stops, .duration')) \
         if (part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0) faults.push(['cut off', part.className, part.textContent]); \
       for (const part of card.querySelectorAll('.shift')) \
         if (!inside(part, card, 1)) faults.push(['sticks out', part.className, part.textContent]); \
       for (const part of card.querySelectorAll('.offer *')) \
         if (part.checkVisibility() && !part.closest('.spoken') && !inside(part, card, 0)) faults.push(['sticks out', part.className, part.textContent]); \
       const [times, price] = ['.times', '.price'].map(part => box(card.querySelector(part))); \
       if (times.right > price.left && times.top < price.bottom && price.top < times.bottom) faults.push(['overlap', 'price']); \
     } \
     const [aside, main] = ['.aside', '.main'].map(part => document.querySelector(part)); \
     for (const part of aside.querySelectorAll('*')) \
       if (part.checkVisibility() && !part.closest('.spoken') && box(part).right > box(aside).right + 0.5) \
         faults.push(['beyond the panels', part.className || part.tagName]); \
     if (box(aside).right > box(main).left && box(aside).bottom > box(main).top) faults.push(['overlap', 'panels']); \
     for (const part of document.querySelectorAll('.button, .order-label, .order-value, .panel-note, .supplier .time, .supplier-note, .masthead a, .language, .open, .own, .pair, .badge, .go .link, .label-row .link')) \
       if (part.checkVisibility() && part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0) faults.push(['cut off', part.textContent]); \
     for (const part of document.querySelectorAll('.day-name, .day-price')) \
       if (part.checkVisibility() && part.scrollWidth > part.parentElement.clientWidth) faults.push(['cut off', part.textContent]); \
     for (const part of document.querySelectorAll('.error')) \
       if (part.checkVisibility() && (part.scrollWidth > part.clientWidth + 1 || !inside(part, part.closest('form'), 0))) faults.push(['cut off', part.textContent]); \
     const width = document.documentElement.clientWidth; \
     if (document.documentElement.scrollWidth > width) faults.push(['scrolls sideways', document.documentElement.scrollWidth]); \
     return faults; })()";

/// What is cut off or covered at the page's present width.
pub(crate) async fn faults(page: &Page) -> Value {
    page.fare_tops().await;
    page.browser.eval(FAULTS).await
}

async fn has_no_fault(page: &Page, state: &str) {
    for width in Look::WIDTHS {
        page.browser.look(Look::of_width(width)).await;
        let faults = faults(page).await;
        assert_eq!(faults, json!([]), "{state}, {width} px: {faults:#}");
    }
}

#[tokio::test]
async fn nothing_is_cut_off_or_covered_at_any_width() {
    let system = quick().await;
    for languages in ["en-US", "id-ID"] {
        let Some(page) = Page::open_in(&system, languages, "/", Look::WIDE).await else { return };
        page.shown("#welcome").await;
        for width in Look::WIDTHS {
            page.browser.look(Look::of_width(width)).await;
            let sideways = page.browser.eval("document.documentElement.scrollWidth > innerWidth").await;
            assert_eq!(sideways, false, "empty, {languages}, {width} px");
        }
        page.browser.look(Look::WIDE).await;
        page.find("#passengers").await.select_by_value("2").await.unwrap();
        page.search("KNO", "LBJ").await;
        page.phase("completed").await;
        page.browser
            .eval("document.querySelectorAll('details').forEach(panel => { panel.open = true; })")
            .await;
        page.browser.eval("document.querySelector('.fare:nth-child(2) .open').click()").await;
        has_no_fault(&page, languages).await;
        page.browser.eval(LONG).await;
        has_no_fault(&page, &format!("{languages}, long")).await;
    }
}

#[tokio::test]
async fn the_form_leaves_the_screen_to_the_fares() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.search("CGK", "DPS").await;
    page.phase("completed").await;
    for language in ["id", "en"] {
        page.click("#language").await;
        assert_eq!(page.browser.eval("document.documentElement.lang").await, language);
        for width in [960, 1024, 1440] {
            page.browser.look(Look::of_width(width)).await;
            let bottom =
                page.browser.eval("document.querySelector('.hero').getBoundingClientRect().bottom").await;
            assert!(bottom.as_f64().unwrap() <= 190.0, "{language}, {width} px: {bottom}");
        }
    }
    // A page that is opened with a search has the form of its trip from the first picture on.
    has_no_shift_at_the_start(&page).await;
    page.click("#add-return").await;
    page.click("#submit").await;
    page.browser.until("document.querySelector('#route').textContent === 'CGK ⇄ DPS'").await;
    page.phase("completed").await;
    has_no_shift_at_the_start(&page).await;
}

async fn has_no_shift_at_the_start(page: &Page) {
    page.browser.client.refresh().await.unwrap();
    page.phase("completed").await;
    let shifts = "new Promise(done => new PerformanceObserver(list => done(list.getEntries().map(shift => shift.value)))\
         .observe({type: 'layout-shift', buffered: true}) || setTimeout(() => done([]), 300))";
    let script = format!("const done = arguments[0]; ({shifts}).then(done);");
    let shifted: Value = page.browser.client.execute_async(&script, Vec::new()).await.unwrap();
    assert_eq!(shifted, json!([]));
}
