//! An opened offer: its flights, and what each seller asks.

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::{
    accessibility::is_accessible,
    browser::Look,
    page::{Page, quick},
    sellers::Sellers,
};

/// The texts of all elements, with plain spaces.
async fn texts(page: &Page, selector: &str) -> Vec<String> {
    let script = format!(
        "[...document.querySelectorAll('{selector}')].map(part => part.textContent.replace(/\\u00a0|\\u202f/g, ' '))"
    );
    serde_json::from_value(page.browser.eval(&script).await).unwrap()
}

/// Opens the fare of this flight, and waits until its airports are named.
async fn open(page: &Page, flight: &str) {
    let script = format!(
        "[...document.querySelectorAll('.fare')].find(fare => fare.textContent.includes('{flight}')).querySelector('.open')"
    );
    page.browser.eval(&format!("{script}.click()")).await;
    page.browser.until(&format!("{script}.ariaExpanded === 'true'")).await;
    page.browser
        .until("[...document.querySelectorAll('.point-city')].every(city => !/^[A-Z]{3} /.test(city.textContent))")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_tells_its_flights_layovers_zones_and_sellers() {
    let sellers = Sellers::start("2125-01-01T00:00:00Z".into()).await;
    let Some(page) = Page::open(&sellers.system, "/", Look::WIDE).await else { return };
    page.search("CGK", "NRT").await;
    page.phase("completed").await;
    assert_eq!(page.browser.eval("document.querySelectorAll('.offer:not([hidden])').length").await, 0);

    open(&page, "GA878").await;
    let offer = ".offer:not([hidden])";
    let facts = texts(&page, &format!("{offer} .ride")).await;
    assert_eq!(facts.len(), 2, "{facts:?}");
    assert!(facts[0].starts_with("GA878 · Garuda Indonesia · Boeing 787-9 · Economy · "), "{}", facts[0]);
    assert!(facts[1].starts_with("GA9870 · Garuda Indonesia · operated by "), "{}", facts[1]);
    let points = texts(&page, &format!("{offer} .point")).await;
    assert_eq!(points.len(), 4);
    assert!(points[0].starts_with("21:30 UTC+7"), "{points:?}");
    assert!(points[0].contains("Jakarta (CGK)") && points[0].contains("Soekarno-Hatta"), "{points:?}");
    assert!(points[0].ends_with(", Terminal 3"), "{points:?}");
    assert!(points[1].starts_with("06:30+1 the next day UTC+9"), "{points:?}");
    assert!(points[3].contains("Narita"), "{points:?}");
    // The mark of another day names it, at departures as at arrivals.
    let days = format!(
        "[...document.querySelectorAll('{offer} .point')].map(point => [point.querySelector('time').dateTime.slice(8, 10), \
         point.querySelector('.shift')?.title.match(/, \\w+ (\\d+), /)[1].padStart(2, '0')]).slice(1)"
    );
    let days: Vec<[String; 2]> = serde_json::from_value(page.browser.eval(&days).await).unwrap();
    assert!(days.len() == 3 && days.iter().all(|[day, named]| day == named), "{days:?}");
    let layover = texts(&page, &format!("{offer} .layover")).await.concat();
    assert!(layover.starts_with("3 h 30 m in Seoul (ICN)"), "{layover}");
    assert!(layover.contains("Change of airport: you land at Incheon"), "{layover}");
    assert!(layover.contains("and leave from Gimpo"), "{layover}");

    page.browser.eval("document.querySelector('.open[aria-expanded=true]').click()").await;
    open(&page, "GA825").await;
    let layover = texts(&page, &format!("{offer} .layover")).await.concat();
    assert!(layover.contains("Change of terminal: from Terminal 2 to Terminal 3."), "{layover}");

    // Two sellers, each in its own currency; 212.40 USD are 3,398,400 IDR.
    let rows = texts(&page, &format!("{offer} .price-row")).await;
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(
        rows[0].starts_with("Duffel · Eco Flex1 cabin bag · 1 checked bag · changes for $25 · no refund"),
        "{rows:?}"
    );
    assert!(
        rows[0].contains("$212.40≈ Rp 3,398,400by the rate of Mon, Nov 23, 2026valid until "),
        "{rows:?}"
    );
    assert!(rows[1].starts_with("Linkmart3 seats left") && rows[1].contains("Rp 3,400,000"), "{rows:?}");
    let fare = "[...document.querySelectorAll('.fare')].find(fare => fare.textContent.includes('GA825'))";
    let price = page.browser.eval(&format!("{fare}.querySelector('.amount').textContent")).await;
    assert_eq!(price.as_str().unwrap().replace('\u{a0}', " "), "≈ Rp 3,398,400");
    assert_eq!(page.browser.eval(&format!("{fare}.querySelector('.own').textContent")).await, "$212.40");
    is_accessible(&page, "an opened offer").await;
    page.browser.look(Look::WIDE).await;

    // The same in Indonesian: what is opened stays open.
    page.click("#language").await;
    open(&page, "GA878").await;
    let told = texts(&page, offer).await.concat();
    for said in [
        "dioperasikan oleh KE",
        "3 j 30 m di Seoul (ICN)",
        "Pindah bandara: Anda mendarat di Incheon",
        "dan berangkat dari Gimpo",
        "Pindah terminal: dari Terminal 2 ke Terminal 3.",
        "Semua waktu adalah waktu setempat. Zona waktu tempat-tempat ini berbeda.",
        "06:30+1 keesokan harinya UTC+9",
        "1 bagasi kabin · 1 bagasi tercatat · ubah jadwal dengan biaya US$25",
        "menurut kurs Sen, 23 Nov 2026",
        "sisa 3 kursi",
        "Ke penjual",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }

    for (width, languages) in [(320, "id"), (390, "en"), (768, "id"), (960, "en"), (1024, "id"), (1440, "en")]
    {
        if page.browser.eval("document.documentElement.lang").await != languages {
            page.click("#language").await;
        }
        page.browser.look(Look::of_width(width)).await;
        let out = "(() => { const card = part => part.closest('.fare-card').getBoundingClientRect(); \
             return [...document.querySelectorAll('.offer:not([hidden]) *')].filter(part => !part.closest('.spoken') && part.checkVisibility() \
               && (part.getBoundingClientRect().right > card(part).right || part.getBoundingClientRect().bottom > card(part).bottom + 1)) \
               .map(part => part.className) })()";
        page.fare_tops().await;
        assert_eq!(page.browser.eval(out).await, json!([]), "{width}");
        let wide = page.browser.eval("document.documentElement.scrollWidth > innerWidth").await;
        assert_eq!(wide, false, "{width}");
    }
    assert_eq!(page.browser.complaints().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_https_links_can_be_followed() {
    let sellers = Sellers::start("2125-01-01T00:00:00Z".into()).await;
    let Some(page) = Page::open(&sellers.system, "/", Look::WIDE).await else { return };
    page.search("CGK", "NRT").await;
    page.phase("completed").await;
    open(&page, "GA825").await;
    open(&page, "GA827").await;
    let links = "[...document.querySelectorAll('.fares a')].map(link => [link.href, link.rel, link.target, link.firstChild.data])";
    assert_eq!(
        page.browser.eval(links).await,
        json!([["https://linkmart.example/buy?offer=1&from=CGK", "noopener", "_blank", "Go to the seller"]])
    );
    // The seller of only a number, a price and a link says no more.
    let bare = texts(&page, ".offer .segments > .muted").await;
    assert_eq!(bare, ["GA827 + GA828. The seller does not say more about these flights."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_that_expires_says_so() {
    let sellers = Sellers::start("2025-07-01T00:00:00Z".into()).await;
    let Some(page) = Page::open_in(&sellers.system, "id-ID", "/", Look::PHONE).await else { return };
    page.search("CGK", "NRT").await;
    page.phase("completed").await;
    open(&page, "GA878").await;
    let expiry = texts(&page, ".offer:not([hidden]) .expired").await;
    assert!(expiry.concat().contains("mungkin sudah berubah"), "{expiry:?}");
    is_accessible(&page, "an expired price").await;
}

#[tokio::test]
async fn an_offer_opens_and_closes_by_keyboard_and_stays_open_while_fares_arrive() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.search("CGK", "DPS").await;
    page.phase("completed").await;
    let first = page.fares().await[0].0.clone();
    page.browser.eval("document.querySelector('.fare .open').focus()").await;
    let enter = String::from(char::from(Key::Enter));
    page.press(&enter).await;
    page.shown(".fare .offer .point-airport").await;
    let tops = page.fare_tops().await;
    assert!(tops[1] - tops[0] > 200.0, "the next fares make room: {tops:?}");
    // It is the same one after a change of the order, and after a filter.
    page.click("[name=order][value=earliest]").await;
    let opened = "document.querySelector('.open[aria-expanded=true]').closest('.fare').querySelector('.flight').textContent";
    assert_eq!(page.browser.eval(opened).await, Value::String(first));
    page.browser.eval("document.querySelector('.open[aria-expanded=true]').focus()").await;
    page.press(&enter).await;
    page.browser.until("document.querySelectorAll('.offer:not([hidden])').length === 0").await;
    assert_eq!(page.browser.eval("document.activeElement.className").await, "link open");
}
