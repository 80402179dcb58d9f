//! The page in Indonesian and in English.

use serde_json::{Value, json};

use crate::{
    accessibility::is_accessible,
    browser::Look,
    page::{Page, quick},
};

/// What is the same in every language: names, codes and the languages themselves; and what was read out already.
const DATA: &str = ".brand, nav, .carrier-name, .flight, .code, .mark, .supplier-name, .option-code, small, #route, \
     #language, [name=carriers] ~ .choice-label, [name=sellers] ~ .choice-label, option, noscript, script, title, \
     [data-text^=route], .option-city, .option-name, #announcements, .point-city, .point-airport, .point-terminal, \
     .zone, .segment-number, .segment-carrier, .aircraft, .seller, .fare-brand";

/// All texts with words that the page shows or reads out.
async fn texts(page: &Page) -> Vec<String> {
    let script = format!(
        "(() => {{ \
           const texts = []; \
           const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); \
           while (walker.nextNode()) {{ \
             const element = walker.currentNode.parentElement; \
             if (!element.closest(`{DATA}`) && element.checkVisibility()) texts.push(walker.currentNode.data.trim()); \
           }} \
           for (const name of ['aria-label', 'placeholder', 'title', 'aria-valuetext']) \
             for (const element of document.querySelectorAll(`[${{name}}]`)) \
               if (!element.matches('nav') && element.checkVisibility()) texts.push(element.getAttribute(name)); \
           return texts.filter(text => /\\p{{L}}{{2}}/u.test(text)); \
         }})()"
    );
    serde_json::from_value(page.browser.eval(&script).await).unwrap()
}

/// Switches the language. No text that is no name may stay the same.
async fn all_texts_change(page: &Page, state: &str) {
    let before = texts(page).await;
    page.click("#language").await;
    let after = texts(page).await;
    assert_eq!(before.len(), after.len(), "{state}: {before:?} {after:?}");
    assert!(before.len() > 10, "{state}: {before:?}");
    let same: Vec<_> = after.iter().filter(|text| before.contains(text)).collect();
    assert!(same.is_empty(), "{state}: {same:?}");
    page.click("#language").await;
    assert_eq!(texts(page).await, before, "{state}");
}

async fn language(page: &Page) -> Value {
    page.browser.eval("[document.documentElement.lang, document.querySelector('#title').textContent]").await
}

#[tokio::test]
async fn the_browser_chooses_the_language() {
    let system = quick().await;
    let (english, indonesian) = (json!(["en", "Where to?"]), json!(["id", "Mau ke mana?"]));
    for (languages, chosen) in [
        ("id-ID,en-US", &indonesian),
        ("en-AU,id-ID", &english),
        ("fr-FR,id-ID,en-US", &indonesian),
        ("fr-FR", &english),
    ] {
        let Some(page) = Page::open_in(&system, languages, "/", Look::WIDE).await else { return };
        page.shown("#welcome").await;
        assert_eq!(language(&page).await, *chosen, "{languages}");
    }
}

#[tokio::test]
async fn a_switched_language_stays() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::PHONE).await else { return };
    page.shown("#welcome").await;
    page.click("#language").await;
    assert_eq!(language(&page).await, json!(["id", "Mau ke mana?"]));
    assert_eq!(page.text("#language").await, "English");
    page.browser.client.refresh().await.unwrap();
    page.shown("#welcome").await;
    assert_eq!(language(&page).await, json!(["id", "Mau ke mana?"]));
    page.click("#language").await;
    page.go("/").await;
    page.shown("#welcome").await;
    assert_eq!(language(&page).await, json!(["en", "Where to?"]));
}

#[tokio::test]
async fn no_picture_is_in_the_other_language() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.browser.languages("id-ID").await;
    // Each picture's title, while the scripts arrive late.
    let record = "window.pictures = []; const look = () => { \
         const title = document.querySelector('#title'); \
         if (title?.checkVisibility({visibilityProperty: true})) window.pictures.push(title.textContent); \
         requestAnimationFrame(look); }; requestAnimationFrame(look);";
    page.browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": record})).await;
    page.browser.devtools("Network.enable", json!({})).await;
    let slow = json!({"offline": false, "latency": 300, "downloadThroughput": -1, "uploadThroughput": -1});
    page.browser.devtools("Network.emulateNetworkConditions", slow).await;
    page.go("/").await;
    page.browser.until("window.pictures.length > 3").await;
    assert_eq!(page.browser.eval("[...new Set(window.pictures)]").await, json!(["Mau ke mana?"]));
}

#[tokio::test]
async fn every_text_is_in_both_languages() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.shown("#welcome").await;
    all_texts_change(&page, "empty").await;
    page.click("#more").await;
    page.find("#children").await.select_by_value("1").await.unwrap();
    page.click("[name=trip][value=several]").await;
    page.click("#times summary").await;
    all_texts_change(&page, "options").await;
    page.find("#children").await.select_by_value("0").await.unwrap();
    page.click("[name=trip][value=oneWay]").await;
    page.search("CGK", "NRT").await;
    page.phase("completed").await;
    page.browser.until("document.querySelector('#cities').textContent.includes('Tokyo')").await;
    page.browser
        .eval("document.querySelectorAll('#filters details').forEach(part => { part.open = true; })")
        .await;
    page.click(".fare:first-child .open").await;
    page.shown(".fare .offer .point-airport").await;
    all_texts_change(&page, "results").await;
    page.go("/?search=7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11").await;
    page.phase("missing").await;
    all_texts_change(&page, "expired").await;
    assert_eq!(page.browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn dates_numbers_and_money_are_written_as_in_indonesia() {
    let system = quick().await;
    let Some(page) = Page::open_in(&system, "id-ID", "/", Look::WIDE).await else { return };
    page.search("CGK", "DPS").await;
    page.phase("completed").await;
    let id = page.search_id().await;
    let (_, body) = system.client().state(&id).await;
    let price = body["data"]["results"][0]["price"].as_u64().unwrap();
    let shown = page.text(".fare:first-child .amount").await.replace('\u{a0}', " ");
    let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
    assert_eq!(digits, price.to_string());
    assert!(shown.starts_with("Rp ") && shown.ends_with(&format!(".{:03}", price % 1000)), "{shown}");
    page.go(&format!("/?search={id}#CGK-DPS-2049-07-10-2")).await;
    page.phase("completed").await;
    assert!(page.text("#state").await.contains(" tarif dalam "), "{}", page.text("#state").await);
    is_accessible(&page, "results in Indonesian").await;
}
