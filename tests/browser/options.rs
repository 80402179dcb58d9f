//! What the form folds away, and the errors of its fields.

use serde_json::json;

use crate::{
    accessibility::is_accessible,
    browser::Look,
    page::{Page, quick},
};

#[tokio::test]
async fn the_form_shows_only_what_every_search_needs() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.shown("#welcome").await;
    assert!(page.hides("#options").await && page.hides("#return").await);
    page.click("#more").await;
    assert!(!page.hides("#cabin").await && page.hides("#flights").await && page.hides("#ages").await);
    assert!(page.hides("#departure-earliest").await);
    page.click("#times summary").await;
    assert!(!page.hides("#departure-earliest").await && !page.hides("#arrival-latest").await);
    assert_eq!(page.find("#more").await.attr("aria-expanded").await.unwrap().as_deref(), Some("true"));
    page.click("#more").await;
    assert!(page.hides("#options").await);
}

#[tokio::test]
async fn each_error_of_the_api_is_at_its_field_in_the_user_s_words() {
    let system = quick().await;
    for (languages, before, seats, laps, code) in [
        (
            "en-US",
            "This is before the flight before it",
            "At most 9 adults and children",
            "Each infant travels on an adult’s lap",
            "No airport or city has the code QQX.",
        ),
        (
            "id-ID",
            "Tanggal ini sebelum penerbangan sebelumnya",
            "Paling banyak 9 orang",
            "Setiap bayi dipangku",
            "Tidak ada bandara atau kota dengan kode QQX.",
        ),
    ] {
        let Some(page) = Page::open_in(&system, languages, "/", Look::of_width(390)).await else { return };
        page.set_date("#date", "2049-07-10").await;
        page.click("#add-return").await;
        page.set_date("#return", "2049-07-09").await;
        page.search("CGK", "DPS").await;
        page.shown("#return-error").await;
        assert!(page.text("#return-error").await.starts_with(before));
        assert_eq!(page.focus().await, "return");
        page.set_date("#return", "2049-07-12").await;

        page.click("#more").await;
        page.choose("#passengers", "9").await;
        page.choose("#children", "1").await;
        page.choose("#child-1", "5").await;
        // The field is in the folded options.
        page.click("#more").await;
        page.click("#submit").await;
        page.shown("#children-error").await;
        assert!(page.text("#children-error").await.starts_with(seats));
        assert_eq!(page.focus().await, "children");
        page.choose("#children", "0").await;
        page.choose("#passengers", "1").await;
        page.choose("#infants", "2").await;
        page.choose("#infant-1", "0").await;
        page.choose("#infant-2", "1").await;
        page.click("#submit").await;
        page.shown("#infants-error").await;
        assert!(page.text("#infants-error").await.starts_with(laps));
        is_accessible(&page, "errors of the options").await;
        page.browser.look(Look::of_width(390)).await;
        page.choose("#infants", "0").await;

        page.click("[name=trip][value=several]").await;
        page.set_date("#date-2", "2049-07-01").await;
        page.fill("#to-2", "QQX").await;
        page.click("#submit").await;
        page.shown("#to-2-error").await;
        assert!(page.text("#to-2-error").await.starts_with(code), "{}", page.text("#to-2-error").await);
        page.place("#to-2", "SUB", "SUB").await;
        page.click("#submit").await;
        page.shown("#date-2-error").await;
        assert!(page.text("#date-2-error").await.starts_with(before));
        assert_eq!((page.focus().await, page.address().await), ("date-2".into(), "/".into()));
    }
}

#[tokio::test]
async fn stops_currency_and_times_are_searched_and_kept() {
    let system = quick().await;
    for (languages, when, count, wrong) in [
        (
            "en-US",
            "1 passenger · at most 1 stop · CGK–DPS depart 06:00–18:00 · DPS–CGK arrive before 23:00 · USD",
            "More\u{a0}(3)",
            "This is before the earlier time",
        ),
        (
            "id-ID",
            "1 penumpang · paling banyak 1 transit · CGK–DPS berangkat 06:00–18:00 · DPS–CGK tiba sebelum 23:00 · USD",
            "Lainnya\u{a0}(3)",
            "Jam ini lebih awal",
        ),
    ] {
        let Some(page) = Page::open_in(&system, languages, "/", Look::WIDE).await else { return };
        page.set_date("#date", "2049-07-10").await;
        page.click("#add-return").await;
        page.set_date("#return", "2049-07-17").await;
        page.click("#more").await;
        page.choose("#max-stops", "1").await;
        page.choose("#currency", "USD").await;
        assert!(page.hides("#departure-earliest").await, "few searches need them");
        page.click("#times summary").await;
        page.set_date("#departure-earliest", "18:00").await;
        page.set_date("#departure-latest", "06:00").await;
        page.set_date("#arrival-latest-2", "23:00").await;
        page.click("#times summary").await;
        page.search("CGK", "DPS").await;
        page.shown("#departure-latest-error").await;
        assert!(page.text("#departure-latest-error").await.starts_with(wrong));
        assert_eq!((page.focus().await, page.address().await), ("departure-latest".into(), "/".into()));
        is_accessible(&page, "times of the day").await;
        page.browser.look(Look::WIDE).await;
        page.set_date("#departure-earliest", "06:00").await;
        page.set_date("#departure-latest", "18:00").await;
        page.click("#submit").await;
        page.phase("completed").await;

        let state = system.client().state(&page.search_id().await).await.1["data"].clone();
        assert_eq!((&state["max_stops"], &state["currency"]), (&json!(1), &json!("USD")));
        assert_eq!(state["slices"][0]["departure"], json!({"earliest": "06:00", "latest": "18:00"}));
        assert_eq!(state["slices"][1]["arrival"], json!({"latest": "23:00"}));
        assert!(page.text("#when").await.ends_with(when), "{}", page.text("#when").await);
        let more = page.browser.eval("document.querySelector('#more').textContent").await;
        assert_eq!(more, count);
        let address = page.address().await;
        assert!(
            address.ends_with("&return=2049-07-17&depart=0600-1800&arrive2=-2300&stops=1&currency=USD"),
            "{address}"
        );

        let kept = async || {
            let mut values = Vec::new();
            for field in
                ["max-stops", "currency", "departure-earliest", "departure-latest", "arrival-latest-2"]
            {
                values.push(page.value(&format!("#{field}")).await);
            }
            assert_eq!(values, ["1", "USD", "06:00", "18:00", "23:00"]);
        };
        page.browser.client.refresh().await.unwrap();
        page.phase("completed").await;
        kept().await;
        // Another search, and back.
        page.click("#remove-return").await;
        page.click("#submit").await;
        page.browser.until("document.querySelector('#route').textContent === 'CGK → DPS'").await;
        page.browser.client.back().await.unwrap();
        page.browser.until("document.querySelector('#route').textContent === 'CGK ⇄ DPS'").await;
        assert_eq!(page.address().await, address);
        kept().await;
        // A link without the search.
        let (_, query) = address.split_once('#').unwrap();
        page.go(&format!("/#{query}")).await;
        page.shown("#departure-earliest").await;
        kept().await;
        assert_eq!(page.browser.complaints().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn the_times_of_a_removed_flight_go_with_it() {
    let system = quick().await;
    let path =
        "/#CGK-DPS-2049-07-10-1&then=DPS-SUB-2049-07-13&then=SUB-CGK-2049-07-16&depart2=0600-&arrive3=-2100";
    let Some(page) = Page::open(&system, path, Look::of_width(390)).await else { return };
    page.shown("#arrival-latest-3").await;
    page.click("[data-remove='1']").await;
    assert_eq!(page.value("#arrival-latest-2").await, "21:00");
    assert_eq!(page.value("#departure-earliest-2").await, "");
    assert_eq!(page.browser.eval("document.querySelectorAll('#time-list fieldset').length").await, 2);
}

#[tokio::test]
async fn the_options_fit_at_any_width() {
    let system = quick().await;
    for languages in ["en-US", "id-ID"] {
        let path = "/#CGK-DPS-2049-07-10-2&then=DPS-SUB-2049-07-13&then=SUB-CGK-2049-07-16&child=7&infant=1&cabin=premium_economy\
             &stops=1&currency=USD&depart=0600-1200&arrive2=-2200";
        let Some(page) = Page::open_in(&system, languages, path, Look::WIDE).await else { return };
        page.shown("#infant-1").await;
        page.shown("#arrival-latest-2").await;
        page.browser.until("document.querySelector('#to-3').value === 'Jakarta (CGK)'").await;
        let faults = "(() => { const form = document.querySelector('#search-form').getBoundingClientRect(); \
             return [...document.querySelectorAll('#search-form *')].filter(part => part.checkVisibility() && !part.closest('.spoken, .suggestions') \
               && (part.getBoundingClientRect().right > form.right || part.getBoundingClientRect().left < form.left \
                 || (part.matches('button, label, legend, select') && part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0))) \
               .map(part => [part.id || part.className || part.tagName, part.textContent]); })()";
        for trip in ["several", "return", "oneWay"] {
            page.click(&format!("[name=trip][value={trip}]")).await;
            for width in Look::WIDTHS {
                page.browser.look(Look::of_width(width)).await;
                assert_eq!(page.browser.eval(faults).await, json!([]), "{trip}, {languages}, {width} px");
                let sideways = page.browser.eval("document.documentElement.scrollWidth > innerWidth").await;
                assert_eq!(sideways, false, "{trip}, {languages}, {width} px");
            }
        }
    }
}
