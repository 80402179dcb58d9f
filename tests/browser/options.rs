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
        page.set_date("#date", "2027-07-10").await;
        page.click("#add-return").await;
        page.set_date("#return", "2027-07-09").await;
        page.search("CGK", "DPS").await;
        page.shown("#return-error").await;
        assert!(page.text("#return-error").await.starts_with(before));
        assert_eq!(page.focus().await, "return");
        page.set_date("#return", "2027-07-12").await;

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
        page.set_date("#date-2", "2027-07-01").await;
        page.fill("#to-2", "QQX").await;
        page.click("#submit").await;
        page.shown("#to-2-error").await;
        assert!(page.text("#to-2-error").await.starts_with(code), "{}", page.text("#to-2-error").await);
        page.place("#to-2", "SUB").await;
        page.click("#submit").await;
        page.shown("#date-2-error").await;
        assert!(page.text("#date-2-error").await.starts_with(before));
        assert_eq!((page.focus().await, page.address().await), ("date-2".into(), "/".into()));
    }
}

#[tokio::test]
async fn the_options_fit_at_any_width() {
    let system = quick().await;
    for languages in ["en-US", "id-ID"] {
        let path = "/#CGK-DPS-2027-07-10-2&then=DPS-SUB-2027-07-13&then=SUB-CGK-2027-07-16&child=7&infant=1&cabin=premium_economy";
        let Some(page) = Page::open_in(&system, languages, path, Look::WIDE).await else { return };
        page.shown("#infant-1").await;
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
