//! A seller is asked for its price now.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use test_kit::{System, SystemBuilder, eventually};

use crate::{
    accessibility::is_accessible,
    browser::Look,
    page::{Page, pause},
};

/// What the seller answers.
#[derive(Clone)]
enum Answer {
    /// One flight in two fares: these are their prices.
    Sells {
        lite: u64,
        flex: u64,
    },
    Nothing,
    Down,
    Hangs,
}

/// A seller that changes its mind.
#[derive(Clone)]
struct Seller(Arc<Mutex<Answer>>);

impl Seller {
    /// Starts a system whose only supplier it is.
    async fn start() -> (Self, System, NamedTempFile) {
        let seller = Self(Arc::new(Mutex::new(Answer::Sells { lite: 900_000, flex: 1_200_000 })));
        let router = Router::new().route("/flights/{date}", get(answer)).with_state(seller.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let mut file = NamedTempFile::new().unwrap();
        write!(
            file,
            "[[supplier]]\ncode = \"SELLER\"\nname = \"Penjual Tiket\"\nkind = \"http\"\n\
             url = \"http://127.0.0.1:{port}/flights/{{date}}\"\nretries = 0\n[supplier.response]\noffers = \"\"\n\
             flight_number = \"/flight\"\nprice = \"/price\"\ndeparture = \"/at\"\nduration_minutes = \"/minutes\"\n\
             carrier = {{ default = \"Garuda Indonesia\" }}\nfare_brand = \"/brand\"\ndeep_link = \"/link\"\n"
        )
        .unwrap();
        let path = file.path().to_str().unwrap();
        let system = SystemBuilder::default().set("SUPPLIERS_FILE", path).start().await;
        let client = system.client();
        eventually("the gateway knows the seller", async || {
            let (_, body) = client.get("/api/suppliers").await;
            body["data"].as_array().filter(|suppliers| !suppliers.is_empty()).map(drop)
        })
        .await;
        (seller, system, file)
    }

    fn set(&self, answer: Answer) {
        *self.0.lock().unwrap() = answer;
    }
}

async fn answer(State(seller): State<Seller>, Path(date): Path<String>) -> Response {
    let answer = seller.0.lock().unwrap().clone();
    let offer = |brand: &str, price: u64| {
        json!({
            "flight": "GA402", "brand": brand, "price": price, "minutes": 110, "at": format!("{date}T06:05:00"),
            "link": format!("https://seller.example/{brand}/{price}"),
        })
    };
    match answer {
        Answer::Sells { lite, flex } => {
            Json(json!([offer("Lite", lite), offer("Flex", flex)])).into_response()
        }
        Answer::Nothing => Json(json!([])).into_response(),
        Answer::Down => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Answer::Hangs => std::future::pending().await,
    }
}

/// The row of a fare brand.
const FLEX: &str =
    "[...document.querySelectorAll('.price-row')].find(row => row.textContent.includes('Flex'))";

/// Searches, and opens the only fare.
async fn open(page: &Page) {
    page.search("CGK", "DPS").await;
    page.phase("completed").await;
    page.click(".fare .open").await;
    page.shown(".price-row [data-check]").await;
}

/// Asks for the price of the fare brand Flex, and returns the note about it, with plain spaces.
async fn check(page: &Page) -> String {
    page.browser.eval(&format!("{FLEX}.querySelector('[data-check]').focus()")).await;
    page.browser.eval("document.activeElement.click()").await;
    page.browser.until(&format!("{FLEX}.querySelector('[data-check]').ariaDisabled === 'false'")).await;
    let note = page.browser.eval(&format!("{FLEX}.querySelector('.check-note').textContent")).await;
    note.as_str().unwrap().replace('\u{a0}', " ")
}

/// What the row of Flex shows: its totals with how they are marked, and where its link goes.
async fn row(page: &Page) -> Value {
    let script = format!(
        "[[...{FLEX}.querySelectorAll('.before, .total')].map(part => `${{part.tagName}} ${{part.textContent.replace(/\\D/g, '')}}`), \
         {FLEX}.querySelector('a')?.pathname ?? null]"
    );
    page.browser.eval(&script).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_is_the_same_has_changed_is_gone_or_is_not_known() {
    let (seller, system, _file) = Seller::start().await;
    for (languages, same, changed, gone, unknown, asking) in [
        (
            "en-US",
            "Still the same price",
            "The price has changed from Rp 1,200,000 to Rp 1,250,000",
            "No longer sold by this seller",
            "The seller did not say",
            "Asking the seller…",
        ),
        (
            "id-ID",
            "Harganya masih sama",
            "Harganya berubah dari Rp 1.200.000 menjadi Rp 1.250.000",
            "Tidak dijual lagi oleh penjual ini",
            "Penjual tidak memberi jawaban",
            "Bertanya kepada penjual…",
        ),
    ] {
        seller.set(Answer::Sells { lite: 900_000, flex: 1_200_000 });
        let Some(page) = Page::open_in(&system, languages, "/", Look::WIDE).await else { return };
        open(&page).await;

        let note = check(&page).await;
        assert!(note.starts_with(same), "{note}");
        assert_eq!(row(&page).await, json!([["SPAN 1200000"], "/Flex/1200000"]));
        assert_eq!(
            page.browser.eval(&format!("document.activeElement.closest('.price-row') === {FLEX}")).await,
            true
        );
        let announced = page.browser.eval("document.querySelector('#announcements').textContent").await;
        assert_eq!(announced.as_str().unwrap().replace('\u{a0}', " "), format!("Penjual Tiket: {note}"));

        seller.set(Answer::Sells { lite: 900_000, flex: 1_250_000 });
        let note = check(&page).await;
        assert!(note.starts_with(changed), "{note}");
        assert_eq!(
            row(&page).await,
            json!([["S 1200000", "SPAN 1250000"], "/Flex/1250000"]),
            "the link is the new one"
        );
        is_accessible(&page, "a changed price").await;
        nothing_sticks_out(&page).await;
        page.browser.look(Look::WIDE).await;

        seller.set(Answer::Down);
        let note = check(&page).await;
        assert!(note.starts_with(unknown), "{note}");
        assert_eq!(row(&page).await, json!([["SPAN 1200000"], "/Flex/1200000"]));

        seller.set(Answer::Nothing);
        let note = check(&page).await;
        assert!(note.starts_with(gone), "{note}");
        assert_eq!(row(&page).await, json!([["S 1200000"], null]), "there is nothing to buy");
        let other =
            "[...document.querySelectorAll('.check-note')].filter(note => note.checkVisibility()).length";
        assert_eq!(page.browser.eval(other).await, 1, "the other price was not checked");

        // While the seller is asked, it is not asked again. Another search forgets it.
        seller.set(Answer::Hangs);
        page.browser.eval(&format!("{FLEX}.querySelector('[data-check]').click()")).await;
        page.browser.until(&format!("{FLEX}.querySelector('.check-note').textContent === '{asking}'")).await;
        let posts =
            "performance.getEntriesByType('resource').filter(entry => entry.name.endsWith('/check')).length";
        // With this one, all five questions.
        page.browser.until(&format!("{posts} === 5")).await;
        page.browser.eval(&format!("{FLEX}.querySelector('[data-check]').click()")).await;
        seller.set(Answer::Sells { lite: 900_000, flex: 1_200_000 });
        page.click("#again").await;
        page.browser.until("document.querySelectorAll('.offer:not([hidden])').length === 0").await;
        page.phase("completed").await;
        page.click(".fare .open").await;
        assert_eq!(page.browser.eval(other).await, 0);
        assert_eq!(page.browser.eval(posts).await, 5);
        assert_eq!(page.browser.complaints().await, Vec::<String>::new());
    }
}

async fn nothing_sticks_out(page: &Page) {
    let out = "[...document.querySelectorAll('.price-row *')].filter(part => !part.closest('.spoken') && part.checkVisibility() \
         && (part.getBoundingClientRect().right > part.closest('.fare-card').getBoundingClientRect().right \
           || (part.matches('.button') && part.scrollWidth > part.clientWidth + 1))).map(part => part.textContent)";
    for width in Look::WIDTHS {
        page.browser.look(Look::of_width(width)).await;
        page.fare_tops().await;
        assert_eq!(page.browser.eval(out).await, json!([]), "{width} px");
        let sideways = page.browser.eval("document.documentElement.scrollWidth > innerWidth").await;
        assert_eq!(sideways, false, "{width} px");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_waits_for_a_worker_and_a_refused_one_says_why() {
    let (_seller, mut system, _file) = Seller::start().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    open(&page).await;
    pause(&system).await;
    page.click(".price-row [data-check]").await;
    // The gateway notices after about ten seconds; the page asks for it.
    page.browser
        .until("document.querySelector('.check-note').textContent.startsWith('No seller is listening')")
        .await;
    system.add_worker();
    page.browser
        .until("document.querySelector('.check-note').textContent.startsWith('Still the same price')")
        .await;

    system.gateways[0].service.kill().await;
    page.click(".price-row [data-check]").await;
    page.browser
        .until("document.querySelector('.check-note').textContent.includes('can’t be reached')")
        .await;
}
