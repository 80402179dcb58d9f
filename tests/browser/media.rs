//! The page on paper, and in the user's own colours.

use serde_json::{Value, json};

use crate::{
    browser::Look,
    page::{Page, quick, very_slow},
};

/// The colours of an element's picture, the most frequent first, without those of less than 1 % of it.
async fn colours(page: &Page, selector: &str) -> Vec<String> {
    let script = format!(
        "(() => {{ const {{x, y, width, height}} = document.querySelector('{selector}').getBoundingClientRect(); \
         return {{x: x + scrollX, y: y + scrollY, width, height, scale: 1}}; }})()"
    );
    let clip = page.browser.eval(&script).await;
    let picture = page.browser.devtools("Page.captureScreenshot", json!({"clip": clip})).await;
    let count = "const [data, done] = arguments; const image = new Image(); \
         image.onload = () => { \
           const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d'); \
           canvas.drawImage(image, 0, 0); \
           const {data: bytes} = canvas.getImageData(0, 0, image.width, image.height); \
           const counts = new Map(); \
           for (let at = 0; at < bytes.length; at += 4) { \
             const colour = bytes.slice(at, at + 3).join(); counts.set(colour, (counts.get(colour) ?? 0) + 1); } \
           done([...counts].filter(([, count]) => count > bytes.length / 400) \
             .sort((a, b) => b[1] - a[1]).map(([colour]) => colour)); }; \
         image.src = `data:image/png;base64,${data}`;";
    let found = page.browser.client.execute_async(count, vec![picture["data"].clone()]).await.unwrap();
    serde_json::from_value(found).unwrap()
}

#[tokio::test]
async fn the_progress_and_the_chosen_order_are_seen_in_forced_colours() {
    let system = very_slow().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.search("CGK", "DPS").await;
    page.fares_arrive().await;
    page.browser.media("", &[("forced-colors", "active")]).await;
    page.browser.until("matchMedia('(forced-colors: active)').matches").await;
    page.browser.until("document.querySelector('#progress').position > 0").await;
    page.still().await;

    let bar = colours(&page, "#progress").await;
    assert!(bar.len() >= 2, "the bar has two parts: {bar:?}");
    let order = async |name: &str| {
        let label = format!("#orders label:has([value={name}])");
        colours(&page, &label).await.remove(0)
    };
    let (cheapest, fastest, earliest) =
        (order("cheapest").await, order("fastest").await, order("earliest").await);
    assert_eq!(fastest, earliest);
    assert_ne!(cheapest, fastest);
}

#[tokio::test]
async fn paper_has_all_fares_even_while_the_list_is_built() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.search("CGK", "DPS").await;
    page.phase("completed").await;
    let fares = page.fares().await;
    // Another language builds the list again. The steps after the first never come.
    let built = "(() => { window.setTimeout = () => 0; document.querySelector('#language').click(); \
         const list = document.querySelector('#fares'); return [list.children.length, list.ariaBusy]; })()";
    assert_eq!(page.browser.eval(built).await, json!([12, "true"]));
    let printed = "(() => { dispatchEvent(new Event('beforeprint')); \
         const list = document.querySelector('#fares'); return [list.children.length, list.ariaBusy]; })()";
    assert_eq!(page.browser.eval(printed).await, json!([fares.len(), "false"]));
}

#[tokio::test]
async fn a_printed_search_has_its_fares_and_no_form() {
    let system = quick().await;
    for languages in ["en-US", "id-ID"] {
        let Some(page) = Page::open_in(&system, languages, "/", Look::WIDE).await else { return };
        page.search("CGK", "DPS").await;
        page.phase("completed").await;
        page.click(".fare:nth-child(2) .open").await;
        page.shown(".point-airport").await;
        let many = "(() => { const list = document.querySelector('#fares'); const rows = [...list.children]; \
             while (list.children.length < 200) { \
               const copy = rows[list.children.length % rows.length].cloneNode(true); \
               copy.querySelector('.offer').hidden = true; list.append(copy); } })()";
        page.browser.eval(many).await;

        page.browser.media("print", &[]).await;
        let shown = async |selector: &str| {
            let script =
                format!("[...document.querySelectorAll('{selector}')].some(part => part.checkVisibility())");
            page.browser.eval(&script).await == Value::Bool(true)
        };
        for part in ["#search-form", ".masthead", ".aside", "#orders", "#again", "#progress", ".price-act"] {
            assert!(!shown(part).await, "{part}");
        }
        for part in ["#route", "#when", "#fare-count", ".fare .amount", ".fare .clock", ".fare .carrier-name"]
        {
            assert!(shown(part).await, "{part}");
        }
        // The details of the fare that is opened, of which nothing is cut off by the paper.
        for part in [".point-airport", ".ride", ".price-row .facts", ".price-row .total"] {
            assert!(shown(&format!(".fare:nth-child(2) {part}")).await, "{part}");
        }
        let details =
            "[...document.querySelectorAll('.offer')].filter(part => part.checkVisibility()).length";
        assert_eq!(page.browser.eval(details).await, 1, "only what is opened");
        // As wide as an A4 page between its margins, in CSS pixels.
        page.browser.look(Look::of_width(703)).await;
        page.browser.media("print", &[]).await;
        let cut = "[...document.querySelectorAll('.fare:nth-child(2) *')].filter(part => part.checkVisibility() && !part.closest('.spoken') \
             && part.getBoundingClientRect().right > innerWidth + 1).map(part => part.className)";
        assert_eq!(page.browser.eval(cut).await, json!([]), "{languages}");
        page.browser.look(Look::WIDE).await;
        page.browser.media("", &[]).await;

        let a4 = json!({"paperWidth": 8.27, "paperHeight": 11.69, "printBackground": false});
        let pdf = page.browser.devtools("Page.printToPDF", a4).await;
        let count = "return atob(arguments[0]).match(/\\/Type\\s*\\/Page\\b/g).length";
        let pages = page.browser.client.execute(count, vec![pdf["data"].clone()]).await.unwrap();
        assert!((2..=6).contains(&pages.as_u64().unwrap()), "{languages}: {pages} pages");
    }
}
