//! A return from suppliers that sell one way only: each is asked for both ways, and a pair is two bookings.

use std::{
    fmt::Write,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::get,
};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use test_kit::{Client, System, SystemBuilder};

const RATES: &str = "Date, USD, IDR\n2026-11-23, 1, 16000\n";

/// What the sellers were asked for, such as `BOTH CGK-DPS 2125-12-08`.
#[derive(Clone, Default)]
struct Sellers(Arc<Mutex<Vec<String>>>);

impl Sellers {
    /// Starts a server that plays them, and returns a system with these of them. `OUT` flies only from CGK, and `BACK` only
    /// to it, in dollars; `BOTH` flies both ways; `HANG` never answers.
    async fn start(codes: &[&str]) -> (Self, SystemBuilder, [NamedTempFile; 2]) {
        let sellers = Self::default();
        let router =
            Router::new().route("/{seller}/{from}/{to}/{date}", get(fares)).with_state(sellers.clone());
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let mut suppliers = String::new();
        for code in codes {
            write!(
                suppliers,
                "[[supplier]]\ncode = \"{code}\"\nname = \"{code}\"\nkind = \"http\"\n\
                 url = \"http://127.0.0.1:{port}/{code}/{{from}}/{{to}}/{{date}}\"\n[supplier.response]\noffers = \"\"\n\
                 flight_number = \"/n\"\nprice = \"/p\"\ncurrency = \"/c\"\ndeparture = \"/d\"\nduration_minutes = \"/m\"\n\
                 offer_ref = \"/n\"\n"
            )
            .unwrap();
        }
        let files = [suppliers, RATES.to_owned()].map(|text| {
            let file = NamedTempFile::new().unwrap();
            std::fs::write(file.path(), text).unwrap();
            file
        });
        let system = System::builder()
            .set("SUPPLIERS_FILE", files[0].path().to_str().unwrap())
            .set("EXCHANGE_RATES_FILE", files[1].path().to_str().unwrap());
        (sellers, system, files)
    }

    fn asked(&self) -> Vec<String> {
        let mut asked = self.0.lock().unwrap().clone();
        asked.sort();
        asked
    }
}

async fn fares(
    State(sellers): State<Sellers>,
    Path((seller, from, to, date)): Path<(String, String, String, String)>,
) -> Json<Value> {
    sellers.0.lock().unwrap().push(format!("{seller} {from}-{to} {date}"));
    let (number, price, currency) = match (seller.as_str(), from.as_str()) {
        ("OUT", "CGK") => ("OU1", "900000", "IDR"),
        ("BACK", "DPS") => ("BA2", "30.00", "USD"),
        ("BOTH", "CGK") => ("BO1", "1000000", "IDR"),
        ("BOTH", "DPS") => ("BO2", "700000", "IDR"),
        ("HANG", _) => std::future::pending().await,
        _ => return Json(json!([])),
    };
    Json(json!([{ "n": number, "p": price, "c": currency, "d": format!("{date}T08:00"), "m": 110 }]))
}

fn there_and_back() -> Value {
    json!({ "from": "CGK", "to": "DPS", "date": "2125-12-08", "return_date": "2125-12-15", "passengers": 1 })
}

async fn submit(client: &Client) -> String {
    let (status, response) = client.post(&there_and_back()).await;
    assert_eq!(status, 200, "{response}");
    response["data"]["search_id"].as_str().unwrap().to_owned()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

/// The flights of each offer, the seller and the total of each booking, and the total of both.
fn pairs(end: &Value) -> Vec<(String, String, String)> {
    let told = |offer: &Value| {
        let [price] = &list(&offer["prices"])[..] else { panic!("{offer}") };
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let bookings = list(&price["bookings"]).iter().map(|booking| {
            format!(
                "{} {} {}",
                text(&booking["supplier"]),
                text(&booking["total"]),
                text(&booking["currency"])
            )
        });
        let flights = list(&offer["slices"]).iter().map(|slice| {
            let segment = &slice["segments"][0];
            text(&segment["carrier"]) + &text(&segment["flight_number"])
        });
        (
            flights.collect::<Vec<_>>().join(" "),
            bookings.collect::<Vec<_>>().join(" + "),
            format!("{} {}", text(&price["total"]), text(&price["currency"])),
        )
    };
    list(&end["results"]).iter().map(told).collect()
}

fn told(flights: &str, bookings: &str, total: &str) -> (String, String, String) {
    (flights.into(), bookings.into(), total.into())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_ways_of_different_sellers_are_two_bookings_with_one_total() {
    let (sellers, system, _files) = Sellers::start(&["OUT", "BACK", "BOTH"]).await;
    let system = system.start().await;
    let client = system.client();
    let id = submit(&client).await;
    let events: Vec<_> =
        client.follow_partials(&id).await.all().await.iter().map(test_kit::sse::Event::json).collect();
    let (end, partials) = events.split_last().unwrap();
    let asked = ["BACK", "BOTH", "OUT"]
        .map(|seller| [format!("{seller} CGK-DPS 2125-12-08"), format!("{seller} DPS-CGK 2125-12-15")]);
    assert_eq!(sellers.asked(), asked.concat(), "each for each way");

    let both = told("BO1 BO2", "BOTH 1000000 IDR + BOTH 700000 IDR", "1700000 IDR");
    assert_eq!(partials.len(), 3);
    for partial in partials {
        let report = &partial["supplier"];
        let (status, own) =
            if report["code"] == "BOTH" { ("ok", vec![both.clone()]) } else { ("empty", vec![]) };
        assert_eq!(
            (report["status"].as_str(), pairs(partial)),
            (Some(status), own),
            "its own pairs: {partial}"
        );
    }
    assert_eq!(end["status"], "completed");
    let expected = [
        told("OU1 BA2", "OUT 900000 IDR + BACK 30.00 USD", "1380000 IDR"),
        told("BO1 BA2", "BOTH 1000000 IDR + BACK 30.00 USD", "1480000 IDR"),
        told("OU1 BO2", "OUT 900000 IDR + BOTH 700000 IDR", "1600000 IDR"),
        both,
    ];
    assert_eq!(pairs(end), expected);
    assert_eq!(end["total"], 4);
    let best = &end["results"][0];
    assert_eq!((&best["price"], &best["suppliers"]), (&json!(1_380_000), &json!(["OUT", "BACK"])));
    let price = &best["prices"][0];
    let rated = json!({ "total": "1380000", "currency": "IDR", "rate_date": "2026-11-23" });
    assert_eq!(price["approximate"], rated, "the total of two currencies is by the rates");
    let back = &price["bookings"][1];
    assert_eq!((&back["offer_ref"], &back["approximate"]["total"]), (&json!("BA2"), &json!("480000")));

    // Each booking has the id that it has in a search for one way.
    let mut one_way = there_and_back();
    one_way.as_object_mut().unwrap().remove("return_date");
    let (_, response) = client.post(&one_way).await;
    let end = client.result(response["data"]["search_id"].as_str().unwrap()).await.json();
    assert!(
        list(&end["results"]).iter().any(|offer| offer["id"] == price["bookings"][0]["offer_id"]),
        "{end}"
    );

    let path = format!("/api/flights/search/{id}/offers/{}", best["id"].as_str().unwrap());
    assert_eq!(client.get(&path).await.1["data"], *best);
    let check = client.request(Method::POST, &format!("{path}/check")).json(&json!({ "supplier": "BACK" }));
    let response = check.send().await.unwrap();
    assert_eq!(response.status(), 409);
    assert_eq!(response.json::<Value>().await.unwrap()["code"], "two_bookings");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_ends_the_search_pairs_them() {
    let (_sellers, system, _files) = Sellers::start(&["OUT", "BACK", "HANG"]).await;
    let mut system = system.set("SEARCH_DEADLINE_MS", "12000").start().await;
    let client = system.client();
    let id = submit(&client).await;
    let mut stream = client.follow_partials(&id).await;
    for _ in 0..2 {
        let partial = stream.next().await.unwrap().json();
        assert_eq!(partial["supplier"]["status"], "empty", "{partial}");
    }
    system.workers[0].kill().await;
    let end = stream.next().await.unwrap().json();
    assert_eq!(end["status"], "completed", "{end}");
    let expected = [told("OU1 BA2", "OUT 900000 IDR + BACK 30.00 USD", "1380000 IDR")];
    assert_eq!(pairs(&end), expected, "the gateway, at the deadline");
}
