//! Prices in several currencies, and the file with the exchange rates.

use std::{fmt::Write, fs, io::Write as _, time::Duration};

use serde_json::{Value, json};
use tempfile::NamedTempFile;
use test_kit::{System, SystemBuilder, within};

const RATES: &str = "Date, USD, IDR, \n23 November 2026, 1.05, 16800, \n";

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

/// A system whose suppliers sell the same flight: one in rupiah, one in dollars, one in a currency without a rate.
async fn system() -> (SystemBuilder, NamedTempFile) {
    let sellers = [("RUPIAH", "1600001", "IDR"), ("DOLLAR", "100.00", "USD"), ("OTHER", "1.50", "QQQ")];
    let routes = sellers.iter().fold(axum::Router::new(), |router, (code, price, currency)| {
        let flight =
            |number: &str| json!({ "n": number, "p": price, "c": currency, "d": "2025-07-10T06:05", "m": 110 });
        // Each sells one flight that all sell, and one of its own.
        let body = json!([flight("XX1"), flight(&format!("XX-{code}"))]);
        router.route(&format!("/{code}"), axum::routing::get(move || async { axum::Json(body) }))
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    let mut suppliers = String::new();
    for (code, ..) in sellers {
        write!(
            suppliers,
            "[[supplier]]\ncode = \"{code}\"\nname = \"{code}\"\nkind = \"http\"\n\
             url = \"http://127.0.0.1:{port}/{code}\"\n[supplier.response]\noffers = \"\"\nflight_number = \"/n\"\n\
             price = \"/p\"\ncurrency = \"/c\"\ndeparture = \"/d\"\nduration_minutes = \"/m\"\n"
        )
        .unwrap();
    }
    let suppliers = file(&suppliers);
    (System::builder().set("SUPPLIERS_FILE", suppliers.path().to_str().unwrap()), suppliers)
}

fn flights(end: &Value) -> Vec<&str> {
    end["results"].as_array().unwrap().iter().map(|offer| offer["flight_number"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_are_compared_by_the_rates_and_shown_in_the_searchs_currency() {
    let (system, _suppliers) = system().await;
    let rates = file(RATES);
    let system = system.set("EXCHANGE_RATES_FILE", rates.path().to_str().unwrap()).start().await;
    let client = system.client();
    let end = client.result(&client.submit().await).await.json();
    assert_eq!(flights(&end), ["XX-DOLLAR", "XX1", "XX-RUPIAH", "XX-OTHER"]);
    let all = &end["results"][1];
    assert_eq!(
        (&all["price"], &all["currency"]),
        (&json!(100), &json!("USD")),
        "the best price is the seller's own"
    );
    assert_eq!(all["suppliers"], json!(["DOLLAR", "RUPIAH", "OTHER"]));
    let approximate = json!({ "total": "1600000", "currency": "IDR", "rate_date": "2026-11-23" });
    let told: Vec<_> = all["prices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|price| (&price["supplier"], &price["total"], &price["approximate"]))
        .collect();
    let expected = [
        (&json!("DOLLAR"), &json!("100.00"), &approximate),
        (&json!("RUPIAH"), &json!("1600001"), &Value::Null),
        (&json!("OTHER"), &json!("1.50"), &Value::Null),
    ];
    assert_eq!(told, expected);
    assert_eq!((&all["comparable"], &end["results"][3]["comparable"]), (&Value::Null, &json!(false)));
    let ranks: Vec<_> = end["results"].as_array().unwrap().iter().map(|offer| &offer["best_rank"]).collect();
    assert_eq!(ranks, [&json!(1), &json!(2), &json!(3), &json!(4)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_rates_nothing_is_lost_and_other_currencies_come_last() {
    let (system, _suppliers) = system().await;
    let system = system.start().await;
    let client = system.client();
    let end = client.result(&client.submit().await).await.json();
    assert_eq!(flights(&end), ["XX-RUPIAH", "XX1", "XX-OTHER", "XX-DOLLAR"]);
    assert_eq!(end["results"][1]["suppliers"], json!(["RUPIAH", "OTHER", "DOLLAR"]));
    assert_eq!(end["results"][1]["prices"].as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn new_rates_are_taken_and_wrong_ones_are_not() {
    let (system, _suppliers) = system().await;
    let rates = file(RATES);
    let system = system.set("EXCHANGE_RATES_FILE", rates.path().to_str().unwrap()).start().await;
    let client = system.client();
    // The worker has read the first file.
    let end = client.result(&client.submit().await).await.json();
    assert_eq!(flights(&end)[0], "XX-DOLLAR");
    fs::write(rates.path(), "<html>").unwrap();
    let kept = "exchange rates can't be read, keeping those of before";
    within(Duration::from_mins(1), "the wrong file is noticed", async || {
        system.workers[0].log().contains(kept).then_some(())
    })
    .await;
    let end = client.result(&client.submit().await).await.json();
    assert_eq!(flights(&end)[0], "XX-DOLLAR", "the rates of before");

    fs::write(rates.path(), RATES.replace("16800", "16900").replace("23", "24")).unwrap();
    within(Duration::from_mins(1), "the new rates are read", async || {
        system.workers[0].log().contains("2026-11-24").then_some(())
    })
    .await;
    let end = client.result(&client.submit().await).await.json();
    assert_eq!(flights(&end)[0], "XX-RUPIAH", "a dollar costs more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_refuses_to_start_with_a_wrong_file() {
    let mut system = System::builder().start().await;
    let wrong = file("Date, USD\n2026-11-23, dear");
    for path in [wrong.path().to_str().unwrap(), "/does/not/exist"] {
        system.add_worker_with(&[("EXCHANGE_RATES_FILE", path)]);
        let mut worker = system.workers.pop().unwrap();
        assert_eq!(worker.exit_code().await, Some(1));
        assert!(worker.log().contains(&format!("EXCHANGE_RATES_FILE {path}")), "{}", worker.log());
    }
}
