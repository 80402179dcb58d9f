//! A search without a mouse.

use fantoccini::key::Key;

use crate::{
    browser::Look,
    page::{Page, quick, very_slow},
};

#[tokio::test]
async fn tab_leaves_a_long_list_of_suggestions_for_the_next_field() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.fill("#from", "san").await;
    page.shown("#from-suggestions [aria-selected=true]").await;
    let scrolls = "document.querySelector('#from-suggestions').scrollHeight > \
         document.querySelector('#from-suggestions').clientHeight";
    assert_eq!(page.browser.eval(scrolls).await, true);
    page.press(&char::from(Key::Tab).to_string()).await;
    assert_eq!(page.focus().await, "swap");
    assert_ne!(page.value("#from").await, "san", "the suggestion is taken");
}

#[tokio::test]
async fn buttons_that_vanish_pass_the_focus_on() {
    let system = very_slow().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    let enter = char::from(Key::Enter).to_string();
    page.search("CGK", "DPS").await;
    page.fares_arrive().await;
    page.browser.eval("document.querySelector('#cancel').focus()").await;
    page.press(&enter).await;
    page.phase("cancelled").await;
    assert_eq!(page.focus().await, "again");
    page.press(&enter).await;
    page.phase("processing").await;
    page.browser
        .until("document.activeElement.id === 'cancel' || document.activeElement.id === 'route'")
        .await;

    page.fares_arrive().await;
    page.click("#filters [name=carriers]").await;
    page.shown("#clear-filters").await;
    page.browser.eval("document.querySelector('#clear-filters').focus()").await;
    page.press(&enter).await;
    assert_eq!(page.browser.eval("document.activeElement.parentElement.id").await, "filters");
}

#[tokio::test]
async fn a_search_works_by_keyboard_alone() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    let tab = String::from(char::from(Key::Tab));
    let enter = String::from(char::from(Key::Enter));
    page.shown("#welcome").await;
    // Past the masthead's two links and the language.
    for _ in 0..4 {
        page.press(&tab).await;
    }
    assert_eq!(page.focus().await, "from");
    page.press("jak").await;
    page.shown("#from-suggestions [aria-selected=true]").await;
    let active = page.find("#from").await.attr("aria-activedescendant").await.unwrap().unwrap();
    assert!(page.text(&format!("#{active}")).await.contains("CGK"));

    // Down to the next suggestion; Escape closes the list without a choice.
    page.press(&char::from(Key::Down).to_string()).await;
    page.browser
        .until("document.querySelector('#from').getAttribute('aria-activedescendant').endsWith('-1')")
        .await;
    page.press(&char::from(Key::Escape).to_string()).await;
    assert_eq!(page.find("#from").await.attr("aria-expanded").await.unwrap().as_deref(), Some("false"));
    page.press(&char::from(Key::Down).to_string()).await;
    page.shown("#from-suggestions [aria-selected=true]").await;
    page.press(&enter).await;
    assert_eq!(page.value("#from").await, "Jakarta (CGK)");
    assert_eq!(page.address().await, "/", "the first Enter only chooses");

    page.press(&tab).await;
    assert_eq!(page.focus().await, "swap");
    page.press(&tab).await;
    page.press("dps").await;
    page.shown("#to-suggestions [aria-selected=true]").await;
    page.press(&enter).await;
    page.press(&enter).await;
    page.phase("completed").await;

    // Tab to the sort order, then choose another with an arrow key.
    for _ in 0..60 {
        if page.browser.eval("document.activeElement.name").await == "order" {
            break;
        }
        page.press(&tab).await;
    }
    page.press(&char::from(Key::Right).to_string()).await;
    assert_eq!(page.browser.eval("document.querySelector('[name=order]:checked').value").await, "fastest");
}
