//! A search, from typing the first letter to the last fare.

use crate::{
    browser::Look,
    page::{Page, expected, quick},
};

#[tokio::test]
async fn a_typed_search_shows_the_fares_of_the_api() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.fill("#from", "jak").await;
    page.shown("#from-suggestions [aria-selected=true]").await;
    page.fill("#to", "denpasar").await;
    page.shown("#to-suggestions [aria-selected=true]").await;
    assert_eq!(page.value("#from").await, "Jakarta (CGK)", "leaving the field takes the first suggestion");
    page.click("#to-suggestions [role=option]").await;
    assert_eq!(page.value("#to").await, "Denpasar (DPS)");
    page.find("#passengers").await.select_by_value("2").await.unwrap();
    page.click("#submit").await;

    page.phase("completed").await;
    let (_, body) = system.client().state(&page.search_id().await).await;
    let results = &body["data"]["results"];
    assert_eq!(page.fares().await, expected(results));
    assert!(page.fares().await.len() > 10, "{body}");
    let tops = page.fare_tops().await;
    assert!(tops.is_sorted() && tops.windows(2).all(|pair| pair[1] - pair[0] > 40.0), "{tops:?}");

    assert_eq!(page.text("#route").await, "CGK → DPS");
    assert_eq!(page.text("#cities").await, "Jakarta to Denpasar");
    assert!(page.text("#when").await.ends_with(" · 2 passengers"));
    assert_eq!(page.text(".fare:first-child .for").await, "for 2 passengers");
    assert!(page.find(".fare:first-child .best").await.is_displayed().await.unwrap());
    assert_eq!(page.browser.eval("document.querySelectorAll('.fast:not([hidden])').length").await, 1);
    assert_eq!(page.browser.eval("document.querySelectorAll('.supplier').length").await, 10);
    assert_eq!(
        page.browser.eval("document.querySelectorAll('.supplier[data-status=pending]').length").await,
        0
    );
    page.browser
        .until("document.querySelector('#announcements').textContent.startsWith('Search complete')")
        .await;
    assert_eq!(page.browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn times_are_local_to_the_airports_and_mark_the_next_day() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    // Neither airport is in the browser's time zone.
    let zone = serde_json::json!({"timezoneId": "America/Los_Angeles"});
    page.browser.devtools("Emulation.setTimezoneOverride", zone).await;
    page.search("CGK", "NRT").await;
    page.phase("completed").await;
    let (_, body) = system.client().state(&page.search_id().await).await;
    let offers = body["data"]["results"].as_array().unwrap();
    let clock = |time: &serde_json::Value| time.as_str().unwrap()[11..16].to_owned();
    let wanted: Vec<_> = offers
        .iter()
        .map(|offer| {
            let next_day =
                offer["departure"].as_str().unwrap()[..10] != offer["arrival"].as_str().unwrap()[..10];
            let mark = if next_day { "+1" } else { "" };
            (clock(&offer["departure"]), clock(&offer["arrival"]), mark.to_owned())
        })
        .collect();
    let script = "[...document.querySelectorAll('.fare')].map(fare => [\
         ...[...fare.querySelectorAll('time')].map(time => time.textContent), \
         fare.querySelector('.shift [aria-hidden]')?.textContent ?? ''])";
    let shown: Vec<(String, String, String)> =
        serde_json::from_value(page.browser.eval(script).await).unwrap();
    assert_eq!(shown, wanted);
    assert!(shown.iter().any(|(_, _, mark)| mark == "+1"), "{shown:?}");
}

#[tokio::test]
async fn fares_are_filtered_and_ordered() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.search("CGK", "DPS").await;
    page.phase("completed").await;
    let all = page.fares().await;

    page.click("#filters [value='Lion Air']").await;
    let some = page.fares().await;
    assert!(!some.is_empty() && some.iter().all(|(flight, _)| flight.starts_with("JT")), "{some:?}");
    assert_eq!(
        page.text("#fare-count").await,
        format!("{} of {} fares match your filters", some.len(), all.len())
    );
    page.click("#filters [name=stops][value='2']").await;
    assert_eq!(page.fares().await, Vec::new());
    assert!(page.text("#notice").await.starts_with("No fare matches your filters"));
    page.click("#notice button").await;
    assert_eq!(page.fares().await, all);

    page.click("[name=order][value=earliest]").await;
    let script = "[...document.querySelectorAll('.fare time:first-of-type')].map(time => time.dateTime)";
    let times: Vec<String> = serde_json::from_value(page.browser.eval(script).await).unwrap();
    let departures: Vec<_> = times.iter().step_by(2).collect();
    assert!(departures.is_sorted(), "{departures:?}");
    let tops = page.fare_tops().await;
    assert!(tops.is_sorted(), "{tops:?}");
}
