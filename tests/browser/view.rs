//! The order and the filters: what they say, and that the address keeps them.

use serde_json::{Value, json};

use crate::{
    browser::Look,
    page::{Page, expected, quick},
    sellers::Sellers,
};

/// The chosen order, the checked filters and the limits.
async fn view(page: &Page) -> Value {
    let script = "[document.querySelector('[name=order]:checked').value, \
         [...document.querySelectorAll('#filters :checked')].map(box => `${box.name} ${box.value}`).sort(), \
         document.querySelector('#maxPrice').getAttribute('aria-valuetext'), \
         document.querySelector('#maxDuration').getAttribute('aria-valuetext')]";
    page.browser.eval(script).await
}

/// Moves a slider, as a user's hand does.
async fn slide(page: &Page, id: &str, to: &str) {
    let script = format!(
        "(() => {{ const slider = document.querySelector('#{id}'); slider.value = {to}; \
         for (const type of ['input', 'change']) slider.dispatchEvent(new Event(type, {{bubbles: true}})); }})()"
    );
    page.browser.eval(&script).await;
}

#[tokio::test]
async fn a_reload_a_link_and_the_back_button_keep_order_and_filters() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.search("CGK", "DPS").await;
    page.phase("completed").await;
    page.click("[name=order][value=fastest]").await;
    page.click("#filters [name=stops][value='0']").await;
    page.click("#filters [value='Lion Air']").await;
    page.click("#filters [value='Garuda Indonesia']").await;
    slide(&page, "maxPrice", "slider.max - 2").await;
    page.browser.until("location.hash.includes('&price=')").await;
    let (address, shown, fares) = (page.address().await, view(&page).await, page.fares().await);
    assert!(!fares.is_empty(), "{shown}");
    assert!(
        address.contains("&sort=fastest&stop=0&carrier=Lion+Air&carrier=Garuda+Indonesia&price="),
        "{address}"
    );

    page.browser.client.refresh().await.unwrap();
    page.phase("completed").await;
    assert_eq!(
        (page.address().await, view(&page).await, page.fares().await),
        (address.clone(), shown.clone(), fares.clone())
    );

    page.search("SUB", "UPG").await;
    page.browser.until("document.title.startsWith('SUB → UPG')").await;
    page.phase("completed").await;
    assert_eq!(view(&page).await, json!(["fastest", [], "any", "any"]), "a new search keeps the order only");
    page.browser.client.back().await.unwrap();
    page.browser.until("document.title.startsWith('CGK → DPS')").await;
    page.phase("completed").await;
    assert_eq!(
        (page.address().await, view(&page).await, page.fares().await),
        (address.clone(), shown.clone(), fares.clone())
    );

    let Some(other) = Page::open_in(&system, "id-ID", &address, Look::of_width(390)).await else { return };
    other.phase("completed").await;
    assert_eq!(other.fares().await.len(), fares.len());
    assert_eq!(view(&other).await[1], shown[1]);
    assert_eq!(other.browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn each_filter_says_how_many_fares_it_shows_from_which_price() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.search("CGK", "DPS").await;
    page.phase("completed").await;
    page.browser
        .eval("document.querySelectorAll('#filters details').forEach(part => { part.open = true; })")
        .await;
    let said = "[...document.querySelectorAll('#filters .choice')].map(row => [\
         row.querySelector('input').name, row.querySelector('input').value, \
         Number(row.querySelector('.choice-count').textContent), row.querySelector('.choice-note').textContent])";
    // First alone, then beside a filter of another kind.
    for beside in [None, Some("#filters [name=parts][value=morning]")] {
        if let Some(other) = beside {
            page.click(other).await;
        }
        let rows: Vec<(String, String, usize, String)> =
            serde_json::from_value(page.browser.eval(said).await).unwrap();
        for kind in ["stops", "parts", "arrivals", "carriers", "sellers", "bags"] {
            assert!(rows.iter().any(|(name, _, count, _)| name == kind && *count > 0), "{kind}: {rows:?}");
        }
        for (name, value, count, lowest) in rows.iter().filter(|(name, ..)| name != "parts") {
            let checkbox = format!("#filters [name={name}][value='{value}']");
            page.click(&checkbox).await;
            let fares = page.fares().await;
            assert_eq!(fares.len(), *count, "{name} {value}");
            assert_eq!(fares.first().map_or("", |(_, price)| price), lowest, "{name} {value}");
            page.click(&checkbox).await;
        }
    }
}

#[tokio::test]
async fn the_best_order_is_the_gateway_s() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.search("CGK", "NRT").await;
    page.phase("completed").await;
    page.click("[name=order][value=best]").await;
    let mut results = system.client().state(&page.search_id().await).await.1["data"]["results"].clone();
    results.as_array_mut().unwrap().sort_by_key(|offer| offer["best_rank"].as_u64());
    assert_eq!(page.fares().await, expected(&results));
    let best = page.browser.eval("document.querySelector('#order-best').textContent").await;
    assert_eq!(best, page.fares().await[0].1);
    page.browser.until("location.hash.endsWith('&sort=best')").await;
    page.browser.client.refresh().await.unwrap();
    page.phase("completed").await;
    assert_eq!(page.fares().await, expected(&results));
}

#[tokio::test]
async fn baggage_and_sellers_leave_the_prices_that_have_it() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.search("CGK", "DPS").await;
    page.phase("completed").await;
    let all = page.fares().await;
    page.click("#filters [name=bags][value=checked]").await;
    let some = page.fares().await;
    // Each simulated flight is sold as Lite, without baggage, and as Flex.
    assert_eq!(some.len(), all.len());
    assert_ne!(some, all);
    page.click(".fare:first-child .open").await;
    page.shown(".fare .offer .price-row").await;
    let brands = "[...document.querySelectorAll('.fare-brand')].map(brand => brand.textContent)";
    assert_eq!(page.browser.eval(brands).await, json!([" · Flex"]));
    page.browser.until("location.hash.endsWith('&bag=checked')").await;
    page.browser.client.refresh().await.unwrap();
    page.phase("completed").await;
    assert_eq!(page.fares().await, some);
}

#[tokio::test]
async fn limits_of_price_and_duration_say_what_they_mean() {
    let system = quick().await;
    for (languages, any, up_to) in [("en-US", "any", "up to "), ("id-ID", "semua", "hingga ")] {
        let Some(page) = Page::open_in(&system, languages, "/", Look::WIDE).await else { return };
        page.search("CGK", "NRT").await;
        page.phase("completed").await;
        let all = page.fares().await;
        assert_eq!(page.text("#maxPrice-value").await, any);
        slide(&page, "maxPrice", "0").await;
        let cheapest = page.fares().await;
        assert!(!cheapest.is_empty() && cheapest.len() < all.len());
        let limit = page.browser.eval("document.querySelector('#maxPrice-value').textContent").await;
        assert_eq!(limit, format!("{up_to}{}", cheapest[0].1));
        // How many fares it leaves, from which price.
        let note = async |limit: &str| {
            let text =
                page.browser.eval(&format!("document.querySelector('#{limit}-note').textContent")).await;
            text.as_str().unwrap().to_owned()
        };
        let lowest = &cheapest[0].1;
        for said in [note("maxPrice").await, note("maxDuration").await] {
            assert!(said.starts_with(&format!("{} ", cheapest.len())) && said.ends_with(lowest), "{said}");
        }
        slide(&page, "maxPrice", "slider.max").await;
        assert_eq!(page.fares().await, all);
        assert!(note("maxPrice").await.starts_with(&format!("{} ", all.len())), "{}", note("maxPrice").await);

        slide(&page, "maxDuration", "0").await;
        let fastest = page.fares().await;
        assert!(!fastest.is_empty() && fastest.len() < all.len());
        assert!(page.text("#maxDuration-value").await.starts_with(up_to));
        assert!(note("maxDuration").await.ends_with(&fastest[0].1), "{}", note("maxDuration").await);
        page.click("#clear-filters").await;
        assert_eq!(page.fares().await, all);
        assert_eq!(page.text("#maxDuration-value").await, any);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slider_without_a_choice_left_passes_the_focus_on() {
    let sellers = Sellers::start("2125-01-01T00:00:00Z".into()).await;
    let Some(page) = Page::open(&sellers.system, "/", Look::WIDE).await else { return };
    page.search("CGK", "NRT").await;
    page.phase("completed").await;
    page.browser.eval("document.querySelector('#maxPrice').focus()").await;
    assert_eq!(page.focus().await, "maxPrice");
    // This seller does not tell what baggage its prices include.
    for choice in ["[name=sellers][value=LINKS]", "[name=bags][value=checked]"] {
        page.browser.eval(&format!("document.querySelector('{choice}').click()")).await;
    }
    page.browser.until("document.querySelector('#maxPrice').disabled").await;
    assert_eq!(page.browser.eval("document.activeElement.parentElement.id").await, "filters");
}

#[tokio::test]
async fn a_query_in_the_address_fills_the_form() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/#CGK-DPS-2049-07-10-3", Look::WIDE).await else { return };
    page.browser.until("document.querySelector('#to').value === 'Denpasar (DPS)'").await;
    assert_eq!(
        (page.value("#date").await, page.value("#passengers").await),
        ("2049-07-10".into(), "3".into())
    );
}
