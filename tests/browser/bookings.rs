//! What a fare says beside its price.

use std::io::Write;

use axum::{Json, Router, extract::Path, routing};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use test_kit::System;

use crate::{accessibility::is_accessible, browser::Look, layout::faults, page::Page};

/// A system of two sellers that sell one way only: one in rupiah, and one in dollars, for which there is no rate.
async fn start() -> (System, NamedTempFile) {
    let routes = Router::new().route("/{seller}/{from}/{date}", routing::get(fares));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    let mut suppliers = NamedTempFile::new().unwrap();
    for seller in ["AA", "BB"] {
        write!(
            suppliers,
            "[[supplier]]\ncode = \"{seller}\"\nname = \"Seller {seller}\"\nkind = \"http\"\n\
             url = \"http://127.0.0.1:{port}/{seller}/{{from}}/{{date}}\"\n[supplier.response]\noffers = \"\"\n\
             flight_number = \"/n\"\nprice = \"/p\"\ncurrency = \"/c\"\ndeparture = \"/d\"\nduration_minutes = \"/m\"\n"
        )
        .unwrap();
    }
    let path = suppliers.path().to_str().unwrap();
    let system = System::builder().set("SUPPLIERS_FILE", path).start().await;
    system.workers_ready().await;
    (system, suppliers)
}

async fn fares(Path((seller, from, date)): Path<(String, String, String)>) -> Json<Value> {
    let (price, currency) = if seller == "AA" { ("900000", "IDR") } else { ("60.50", "USD") };
    let number = format!("{seller}{}", if from == "CGK" { 1 } else { 2 });
    Json(json!([{ "n": number, "p": price, "c": currency, "d": format!("{date}T08:00"), "m": 110 }]))
}

/// The flights of each fare, and what stands below its price.
async fn notes(page: &Page) -> Value {
    let script = "[...document.querySelectorAll('.fare')].map(fare => \
         ['.flight', '.own', '.pair'].map(part => fare.querySelector(part).textContent))";
    page.browser.eval(script).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_without_a_rate_and_one_of_two_bookings_say_so_before_they_are_opened() {
    let (system, _suppliers) = start().await;
    for (languages, no_rate, two) in
        [("en-US", "no exchange rate", "Two bookings"), ("id-ID", "kurs tidak tersedia", "Dua pemesanan")]
    {
        let Some(page) = Page::open_in(&system, languages, "/", Look::WIDE).await else { return };
        page.search("CGK", "DPS").await;
        page.phase("completed").await;
        assert_eq!(notes(&page).await, json!([["AA1", "", ""], ["BB1", no_rate, ""]]));
        page.click("#add-return").await;
        page.click("#submit").await;
        page.browser.until("document.querySelector('#route').textContent === 'CGK ⇄ DPS'").await;
        page.phase("completed").await;
        assert_eq!(notes(&page).await, json!([["AA1 · AA2", "", two], ["BB1 · BB2", no_rate, two]]));
        is_accessible(&page, "two bookings").await;
        for width in Look::WIDTHS {
            page.browser.look(Look::of_width(width)).await;
            assert_eq!(faults(&page).await, json!([]), "{languages}, {width} px");
        }
    }
}
