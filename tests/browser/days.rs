//! The strip of days with their lowest prices.

use serde_json::{Value, json};
use test_kit::client::example;

use crate::{
    accessibility::is_accessible,
    browser::Look,
    page::{Page, quick},
};

async fn days(page: &Page) -> Vec<(String, String)> {
    let script = "[...document.querySelectorAll('.day')].map(day => ['.day-name', '.day-price'].map(part => day.querySelector(part).textContent))";
    serde_json::from_value(page.browser.eval(script).await).unwrap()
}

/// How many searches the page has submitted.
async fn searches(page: &Page) -> Value {
    page.browser.eval("performance.getEntriesByType('resource').filter(entry => entry.name.endsWith('/api/flights/search')).length").await
}

#[tokio::test]
async fn a_touched_day_is_searched_and_its_price_stays() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.browser.eval("document.querySelector('#date').value = '2049-07-10'").await;
    page.search("CGK", "DPS").await;
    page.phase("completed").await;
    let before = days(&page).await;
    let names: Vec<_> = before.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Wed 7", "Thu 8", "Fri 9", "Sat 10", "Sun 11", "Mon 12", "Tue 13"]);
    assert!(before.iter().enumerate().all(|(at, (_, price))| (price == "–") == (at != 3)), "{before:?}");
    assert_eq!(searches(&page).await, 1, "no other day is asked for");
    let spoken = page.browser.eval("document.querySelector('.day[aria-current]').textContent").await;
    let cheapest = page.fares().await[0].1.clone();
    assert!(spoken.as_str().unwrap().ends_with(&format!(": from {cheapest}")), "{spoken} {cheapest}");

    let bali = page.address().await;
    page.click("#day-list li:nth-child(6) .day").await;
    page.browser.until("document.querySelector('#when').textContent.startsWith('Mon, Jul 12')").await;
    page.phase("completed").await;
    assert_eq!((searches(&page).await, page.value("#date").await), (json!(2), "2049-07-12".into()));
    let now = days(&page).await;
    assert_eq!(now[1], before[3], "the day before keeps its price");
    assert_ne!(now[3].1, "–");

    // A day that was searched is shown again without another search.
    page.click("#day-list li:nth-child(2) .day").await;
    page.browser.until("document.querySelector('#when').textContent.startsWith('Sat, Jul 10')").await;
    page.phase("completed").await;
    assert_eq!((searches(&page).await, page.address().await), (json!(2), bali));
    page.browser.client.back().await.unwrap();
    page.browser.until("document.querySelector('#when').textContent.startsWith('Mon, Jul 12')").await;
}

#[tokio::test]
async fn a_search_stands_for_the_price_of_its_day_from_when_it_ran_not_from_when_it_is_opened() {
    let system = quick().await;
    let client = system.client();
    let mut query = example();
    query["date"] = "2049-07-10".into();
    let (_, submitted) = client.post(&query).await;
    let id = submitted["data"]["search_id"].as_str().unwrap();
    client.result(id).await;
    let address = format!("/?search={id}");
    let Some(page) = Page::open(&system, &address, Look::WIDE).await else { return };
    page.phase("completed").await;
    assert_ne!(days(&page).await[3].1, "–");

    // As if all of this had been a quarter of an hour ago.
    for field in ["created_ms", "ended_ms"] {
        let record = format!("flight.search.record:{id}");
        let _: i64 = system.redis.run(&format!("HINCRBY {record} {field} -900000")).await;
    }
    page.go("/").await;
    page.go(&address).await;
    page.phase("completed").await;
    assert_eq!(days(&page).await[3].1, "–");
}

#[tokio::test]
async fn a_return_moves_as_a_whole_and_no_day_has_passed() {
    let system = quick().await;
    let Some(page) = Page::open_in(&system, "id-ID", "/", Look::of_width(320)).await else { return };
    page.click("#add-return").await;
    let today = "(() => { const now = new Date(); const two = number => String(number).padStart(2, '0'); \
         return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`; })()";
    page.browser.eval(&format!("document.querySelector('#date').value = {today}")).await;
    page.search("CGK", "DPS").await;
    page.phase("completed").await;
    let disabled = "[...document.querySelectorAll('.day')].map(day => day.disabled)";
    assert_eq!(page.browser.eval(disabled).await, json!([true, true, true, false, false, false, false]));
    let length = "(Date.parse(document.querySelector('#return').value) - Date.parse(document.querySelector('#date').value)) / 86400000";
    let before = page.browser.eval(length).await;
    page.click("#day-list li:nth-child(5) .day").await;
    page.browser.until("document.querySelectorAll('.day-price')[2].textContent !== '–'").await;
    page.phase("completed").await;
    assert_eq!(page.browser.eval(length).await, before);
    is_accessible(&page, "the strip of days").await;
    for width in Look::WIDTHS {
        page.browser.look(Look::of_width(width)).await;
        let cut = "[...document.querySelectorAll('.day-name, .day-price, .days p')].filter(part => \
             part.scrollWidth > part.parentElement.clientWidth || part.scrollHeight > part.clientHeight + 2).map(part => part.textContent)";
        assert_eq!(page.browser.eval(cut).await, json!([]), "{width}");
    }
    // In the place of the day that is pressed is one that has passed: the focus goes to the day that is shown.
    page.click("#day-list li:nth-child(3) .day").await;
    page.browser.until("document.querySelectorAll('.day')[2].disabled").await;
    page.phase("completed").await;
    assert_eq!(page.browser.eval("document.activeElement.ariaCurrent").await, "date");
}
