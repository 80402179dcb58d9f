//! Searches for more than one adult's way there.

use serde_json::{Value, json};

use crate::{
    accessibility::is_accessible,
    browser::Look,
    page::{Page, quick},
};

async fn state(page: &Page, system: &test_kit::System) -> Value {
    system.client().state(&page.search_id().await).await.1["data"].clone()
}

#[tokio::test]
async fn a_return_is_searched_shown_and_kept() {
    let system = quick().await;
    for (languages, when) in
        [("en-US", "Sat, Jul 10 – Sat, Jul 17, 2049"), ("id-ID", "Sab, 10 Jul – Sab, 17 Jul 2049")]
    {
        let Some(page) = Page::open_in(&system, languages, "/", Look::WIDE).await else { return };
        page.click("#add-return").await;
        assert_eq!(page.focus().await, "return");
        page.set_date("#date", "2049-07-10").await;
        page.set_date("#return", "2049-07-17").await;
        page.search("CGK", "DPS").await;
        page.phase("completed").await;
        assert_eq!(page.text("#route").await, "CGK ⇄ DPS");
        assert!(page.text("#when").await.starts_with(when), "{}", page.text("#when").await);
        let (address, fares) = (page.address().await, page.fares().await);
        assert!(address.ends_with("#CGK-DPS-2049-07-10-1&return=2049-07-17"), "{address}");
        let state = state(&page, &system).await;
        assert_eq!(state["slices"][1], json!({"from": "DPS", "to": "CGK", "date": "2049-07-17"}));
        assert_eq!(fares.len(), state["results"].as_array().unwrap().len());

        // Each slice has a line with its own times.
        let lines = "[...document.querySelectorAll('.fare')].map(fare => \
             [...fare.querySelectorAll('.times')].map(line => line.querySelector('time').dateTime))";
        let shown: Vec<Vec<String>> = serde_json::from_value(page.browser.eval(lines).await).unwrap();
        let told: Vec<Vec<String>> = state["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|offer| {
                let slices = offer["slices"].as_array().unwrap().iter();
                slices.map(|slice| slice["departure"].as_str().unwrap().to_owned()).collect()
            })
            .collect();
        assert_eq!(shown, told);

        page.browser.client.refresh().await.unwrap();
        page.phase("completed").await;
        assert_eq!((page.address().await, page.fares().await), (address.clone(), fares));
        assert_eq!(
            (page.value("#date").await, page.value("#return").await),
            ("2049-07-10".into(), "2049-07-17".into())
        );
        page.click("#remove-return").await;
        assert_eq!(page.focus().await, "add-return");
        page.click("#submit").await;
        page.browser.until("document.querySelector('#route').textContent === 'CGK → DPS'").await;
        page.phase("completed").await;
        page.browser.client.back().await.unwrap();
        page.browser.until("document.querySelector('#route').textContent === 'CGK ⇄ DPS'").await;
        assert_eq!((page.address().await, page.value("#return").await), (address, "2049-07-17".into()));
    }
}

#[tokio::test]
async fn a_family_flies_in_business() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::PHONE).await else { return };
    page.set_date("#date", "2049-07-10").await;
    page.choose("#passengers", "2").await;
    page.click("#more").await;
    page.choose("#cabin", "business").await;
    page.choose("#children", "2").await;
    page.choose("#infants", "1").await;
    page.choose("#child-1", "7").await;
    page.choose("#infant-1", "0").await;
    is_accessible(&page, "the options").await;
    page.browser.look(Look::PHONE).await;

    page.search("CGK", "DPS").await;
    page.shown("#child-2-error").await;
    assert_eq!(page.text("#child-2-error").await, "Choose the child’s age, 2 to 17.");
    assert_eq!(page.focus().await, "child-2");
    page.choose("#child-2", "11").await;
    assert!(page.hides("#child-2-error").await);
    page.click("#submit").await;
    page.phase("completed").await;
    let told = state(&page, &system).await;
    assert_eq!(told["passenger_types"], json!({"adults": 2, "children": [7, 11], "infants": [0]}));
    assert_eq!(told["cabin"], "business");
    assert!(page.text("#when").await.ends_with(" · 2 adults, 2 children, 1 infant · Business"));
    assert_eq!(page.text(".fare:first-child .for").await, "for 5 passengers");
    // The options fold, and say that there are some.
    assert!(page.hides("#options").await);
    let more = page.browser.eval("document.querySelector('#more').textContent").await;
    assert_eq!(more, "More\u{a0}(3)");
    let address = page.address().await;
    assert!(address.ends_with("#CGK-DPS-2049-07-10-2&child=7&child=11&infant=0&cabin=business"), "{address}");

    // A link without the search, in another language.
    let (_, query) = address.split_once('#').unwrap();
    let Some(other) = Page::open_in(&system, "id-ID", &format!("/#{query}"), Look::WIDE).await else {
        return;
    };
    other.shown("#options").await;
    for (field, value) in [
        ("#passengers", "2"),
        ("#child-1", "7"),
        ("#child-2", "11"),
        ("#infant-1", "0"),
        ("#cabin", "business"),
    ] {
        assert_eq!(other.value(field).await, value, "{field}");
    }
    assert_eq!(
        other.browser.eval("document.querySelector('#child-1').labels[0].textContent").await,
        "Usia anak 1"
    );
    other.browser.until("document.querySelector('#to').value === 'Denpasar (DPS)'").await;
    other.click("#submit").await;
    other.phase("completed").await;
    assert_eq!(state(&other, &system).await["passenger_types"], told["passenger_types"]);
}

#[tokio::test]
async fn a_trip_to_several_cities_grows_and_shrinks() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.place("#from", "CGK", "CGK").await;
    page.place("#to", "DPS", "DPS").await;
    page.browser.until("document.querySelector('#to').value === 'Denpasar (DPS)'").await;
    page.set_date("#date", "2049-07-10").await;
    page.click("#more").await;
    page.click("[name=trip][value=several]").await;
    assert_eq!(
        page.value("#from-2").await,
        "Denpasar (DPS)",
        "the next flight leaves from where the last one ends"
    );
    assert_eq!(page.value("#date-2").await, "2049-07-13");
    page.place("#to-2", "surabaya", "SUB").await;
    page.click("#add-flight").await;
    assert_eq!(page.focus().await, "to-3");
    page.place("#to-3", "CGK", "CGK").await;
    is_accessible(&page, "several cities").await;
    page.browser.look(Look::WIDE).await;
    page.click("#submit").await;
    page.phase("completed").await;
    assert_eq!(page.text("#route").await, "CGK → DPS → SUB → CGK");
    assert_eq!(state(&page, &system).await["slices"].as_array().unwrap().len(), 3);
    let times =
        "[...document.querySelectorAll('.fare')].every(fare => fare.querySelectorAll('.times').length === 3)";
    assert_eq!(page.browser.eval(times).await, true);
    let address = page.address().await;
    assert!(address.ends_with("-1&then=DPS-SUB-2049-07-13&then=SUB-CGK-2049-07-16"), "{address}");

    // A filter for the times of each slice, that the address keeps.
    let counts =
        "[...document.querySelectorAll('#filter-times legend:not(.spoken)')].map(part => part.textContent)";
    assert_eq!(
        page.browser.eval(counts).await,
        json!(["Departure CGK – DPS", "Departure DPS – SUB", "Departure SUB – CGK"])
    );
    let some = "[...document.querySelectorAll('[name=parts3]')].find(box => \
         Number(box.closest('.choice').querySelector('.choice-count').textContent) > 0).value";
    let part = page.browser.eval(some).await.as_str().unwrap().to_owned();
    page.click(&format!("[name=parts3][value={part}]")).await;
    page.browser.until(&format!("location.hash.endsWith('&time3={part}')")).await;
    let fares = page.fares().await;
    assert!(!fares.is_empty());
    page.browser.client.refresh().await.unwrap();
    page.phase("completed").await;
    assert_eq!(page.fares().await, fares);

    // The same for arrivals, which are folded until one is chosen.
    page.click("#clear-filters").await;
    assert!(page.hides("[name=arrivals2]").await);
    page.click("#filter-times > :nth-child(2) summary").await;
    let some = some.replace("parts3", "arrivals2");
    let part = page.browser.eval(&some).await.as_str().unwrap().to_owned();
    page.click(&format!("[name=arrivals2][value={part}]")).await;
    page.browser.until(&format!("location.hash.endsWith('&until2={part}')")).await;
    let fares = page.fares().await;
    assert!(!fares.is_empty());
    page.browser.client.refresh().await.unwrap();
    page.phase("completed").await;
    page.shown("[name=arrivals2]").await;
    assert_eq!(page.fares().await, fares);

    page.click("#more").await;
    page.browser.until("document.querySelector('#to-3').value === 'Jakarta (CGK)'").await;
    page.click("[data-remove='1']").await;
    assert_eq!(
        (page.value("#from-2").await, page.value("#to-2").await),
        ("Surabaya (SUB)".into(), "Jakarta (CGK)".into())
    );
    assert_eq!(page.browser.eval("document.querySelectorAll('.flight-row').length").await, 1);
    for _ in 0..4 {
        page.click("#add-flight").await;
    }
    assert!(page.hides("#add-flight").await, "six flights are the most");
    page.click("[name=trip][value=oneWay]").await;
    page.click("#submit").await;
    page.browser.until("document.querySelector('#route').textContent === 'CGK → DPS'").await;
    assert_eq!(page.browser.complaints().await, Vec::<String>::new());
}
