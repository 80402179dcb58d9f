//! An opened offer, while fares of other suppliers arrive.

use std::io::Write;

use axum::{Json, Router, extract::Path, routing};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use test_kit::System;
use tokio::sync::watch;

use crate::{browser::Look, page::Page};

/// A system of three suppliers. The first answers at once, and each of the others when it is its turn.
struct Turns {
    system: System,
    turn: watch::Sender<usize>,
    _suppliers: NamedTempFile,
}

impl Turns {
    async fn start() -> Self {
        let (turn, turns) = watch::channel(0);
        let answer = async move |Path((at, date)): Path<(usize, String)>| {
            let mut turns = turns.clone();
            turns.wait_for(|turn| *turn >= at).await.unwrap();
            Json(fares(at, &date))
        };
        let routes = Router::new().route("/{at}/{date}", routing::get(answer));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        let mut suppliers = NamedTempFile::new().unwrap();
        let flat = "flight_number = \"/n\"\ndeparture = \"/d\"\narrival = \"/a\"\n";
        let nested = "slices = \"/legs\"\nsegments = \"\"\n[supplier.response.segment]\ncarrier = \"/c\"\n\
             flight_number = \"/n\"\norigin = \"/from\"\ndestination = \"/to\"\ndeparture = \"/d\"\narrival = \"/a\"\n";
        let all = [("Garuda Indonesia", flat), ("Korean Air", nested), ("Garuda", flat)];
        for (at, (carrier, fields)) in all.iter().enumerate() {
            write!(
                suppliers,
                "[[supplier]]\ncode = \"S{at}\"\nname = \"Seller {at}\"\nkind = \"http\"\ntimeout_ms = 50000\n\
                 url = \"http://127.0.0.1:{port}/{at}/{{date}}\"\n[supplier.response]\noffers = \"\"\n\
                 price = \"/p\"\ncarrier = {{ default = \"{carrier}\" }}\n{fields}"
            )
            .unwrap();
        }
        let path = suppliers.path().to_str().unwrap();
        let system = System::builder().set("SUPPLIERS_FILE", path).start().await;
        system.workers_ready().await;
        Self { system, turn, _suppliers: suppliers }
    }
}

/// Two flights of Garuda; then many of a carrier that is new on the page, most of them cheaper; then a lower price for
/// Garuda's second, by a seller that calls Garuda otherwise.
fn fares(at: usize, date: &str) -> Value {
    let (departure, arrival) = (format!("{date}T08:00:00"), format!("{date}T18:30:00"));
    let flat = |number: &str, price: u32| json!({"n": number, "p": price, "d": departure, "a": arrival});
    match at {
        0 => json!([flat("GA100", 2_000_000), flat("GA200", 3_000_000)]),
        1 => (0..16)
            .map(|number| {
                let leg = json!({"c": "KE", "n": format!("{}", 9870 + number), "from": "CGK", "to": "NRT",
                    "d": departure, "a": arrival});
                json!({"p": if number == 0 { 4_000_000 } else { 1_200_000 }, "legs": [[leg]]})
            })
            .collect(),
        _ => json!([flat("GA200", 1_000_000)]),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn focus_and_selection_in_an_opened_offer_stay_while_others_arrive() {
    let turns = Turns::start().await;
    let Some(page) = Page::open(&turns.system, "/", Look::WIDE).await else { return };
    page.search("CGK", "NRT").await;
    page.browser.until("document.querySelectorAll('.fare').length === 2").await;
    page.browser.eval("document.querySelectorAll('.fare .open')[1].click()").await;
    page.shown(".offer .point-airport").await;
    let select = "(() => { const panel = document.querySelector('.offer:not([hidden])'); \
         panel.querySelector('[data-check]').focus(); \
         getSelection().selectAllChildren(panel.querySelector('.slice h3')); })()";
    page.browser.eval(select).await;
    let kept = "[getSelection().toString(), document.activeElement.dataset.check, \
         document.activeElement.closest('.fare')?.querySelector('.flight').textContent]";
    let before = page.browser.eval(kept).await;
    assert!(!before[0].as_str().unwrap().is_empty(), "{before}");
    assert_eq!((&before[1], &before[2]), (&json!(""), &json!("GA200")));

    turns.turn.send(1).unwrap();
    page.browser.until("document.querySelectorAll('.fare').length === 18").await;
    assert_eq!(page.browser.eval(kept).await, before, "many cheaper fares");

    turns.turn.send(2).unwrap();
    page.phase("completed").await;
    // A browser keeps no selection in what is moved.
    let focused = page.browser.eval(&format!("{kept}.slice(1)")).await;
    assert_eq!(
        (page.fares().await[0].0.as_str(), focused),
        ("GA200", json!(["", "GA200"])),
        "the fare has moved up"
    );
    let carrier = "document.activeElement.closest('.fare').querySelector('.carrier-name').textContent";
    assert_eq!(page.browser.eval(carrier).await, "Garuda", "as its cheapest seller calls it");
}
