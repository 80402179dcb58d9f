//! Searches for more than one adult's way there.

use std::collections::HashSet;

use reqwest::StatusCode;
use serde_json::{Value, json};
use test_kit::{Client, System};

use crate::suppliers::{Airlines, suppliers};

/// Submits a search, and returns its events: all partials and the end.
async fn events(client: &Client, body: &Value) -> Vec<Value> {
    let (status, response) = client.post(body).await;
    assert_eq!(status, StatusCode::OK, "{response}");
    let id = response["data"]["search_id"].as_str().unwrap().to_owned();
    let events = client.follow_partials(&id).await.all().await;
    events.iter().map(test_kit::sse::Event::json).collect()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_for_a_family_in_business_has_both_ways_and_the_same_ids_in_every_event() {
    let system = System::start().await;
    let body = json!({
        "from": "JKT", "to": "DPS", "date": "2125-12-08", "return_date": "2125-12-15",
        "passengers": {"adults": 2, "children": [7]}, "cabin": "business", "max_stops": 1, "currency": "USD",
    });
    let events = events(&system.client(), &body).await;
    let (end, partials) = events.split_last().unwrap();
    assert_eq!(end["status"], "completed");
    let offers = list(&end["results"]);
    assert!(offers.len() > 5, "{end}");
    for offer in offers {
        assert_eq!(offer["cabin"], "business", "{offer}");
        let slices = list(&offer["slices"]);
        assert_eq!(slices.len(), 2, "{offer}");
        assert_eq!(
            (&slices[0]["destination"], &slices[1]["origin"]),
            (&json!("DPS"), &json!("DPS")),
            "{offer}"
        );
        for flat in ["origin", "destination", "departure", "arrival", "duration_minutes", "stops"] {
            assert_eq!(offer[flat], slices[0][flat], "{flat} tells the first slice");
        }
        assert!(slices.iter().all(|slice| slice["stops"].as_u64().unwrap() <= 1), "{offer}");
        let suppliers: HashSet<_> =
            list(&offer["prices"]).iter().map(|price| price["supplier"].as_str()).collect();
        let named = list(&offer["suppliers"]).iter().map(Value::as_str).collect();
        assert_eq!(suppliers, named, "each seller has a price");
    }
    let ids = |offers: &Value| list(offers).iter().map(|offer| offer["id"].clone()).collect::<Vec<_>>();
    let in_partials: HashSet<_> = partials.iter().flat_map(|partial| ids(&partial["results"])).collect();
    let in_end = ids(&end["results"]);
    assert!(in_end.iter().all(|id| in_partials.contains(id)), "a client merges by id");
    assert_eq!(in_end.iter().collect::<HashSet<_>>().len(), in_end.len());
    // Without rates, rupiah can't be compared with dollars.
    assert!(offers.iter().all(|offer| offer["comparable"] == false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trip_to_three_cities_is_flown_in_order() {
    let system = System::start().await;
    let slice = |from: &str, to: &str, date: &str| json!({"from": from, "to": to, "date": date});
    let body = json!({
        "slices": [
            slice("CGK", "DPS", "2125-12-08"), slice("DPS", "SUB", "2125-12-12"), slice("SUB", "CGK", "2125-12-15"),
        ],
        "passengers": 1,
    });
    let client = system.client();
    let events = events(&client, &body).await;
    let end = events.last().unwrap();
    let offers = list(&end["results"]);
    assert!(!offers.is_empty(), "{end}");
    for offer in offers {
        let route: Vec<_> = list(&offer["slices"])
            .iter()
            .map(|slice| {
                format!("{}-{}", slice["origin"].as_str().unwrap(), slice["destination"].as_str().unwrap())
            })
            .collect();
        assert_eq!(route, ["CGK-DPS", "DPS-SUB", "SUB-CGK"]);
    }
    let id = end["search_id"].as_str().unwrap();
    let path = format!("/api/flights/search/{id}/offers/{}", offers[0]["id"].as_str().unwrap());
    let (status, offer) = client.get(&path).await;
    assert_eq!((status, &offer["data"]), (StatusCode::OK, &offers[0]));
    let state = client.state(id).await.1;
    assert_eq!(list(&state["data"]["slices"]).len(), 3, "{state}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supplier_is_not_asked_for_what_it_does_not_sell() {
    let (airlines, port) = Airlines::start().await;
    let file = suppliers(port, &[("fast", ""), ("free", "serves = [\"CGK-SIN\"]")]);
    let system = System::builder().set("SUPPLIERS_FILE", file.path().to_str().unwrap()).start().await;
    let client = system.client();
    let reports = |events: &[Value]| {
        let mut reports: Vec<_> = list(&events.last().unwrap()["suppliers"])
            .iter()
            .map(|report| (report["code"].clone(), report["status"].clone(), report["reason"].clone()))
            .collect();
        reports.sort_by_key(|(code, ..)| code.to_string());
        reports
    };
    let plain = events(&client, &test_kit::client::example()).await;
    let elsewhere = "it does not fly from CGK to DPS";
    assert_eq!(
        reports(&plain),
        [(json!("FAST"), json!("ok"), Value::Null), (json!("FREE"), json!("skipped"), json!(elsewhere)),]
    );
    let slice = |from: &str, to: &str, date: &str| json!({"from": from, "to": to, "date": date});
    let body = json!({
        "slices": [slice("CGK", "DPS", "2125-07-10"), slice("DPS", "SUB", "2125-07-17")], "passengers": 2,
    });
    let onward = events(&client, &body).await;
    let skipped = "it sells no trips to several cities";
    assert_eq!(
        reports(&onward),
        [
            (json!("FAST"), json!("skipped"), json!(skipped)),
            (json!("FREE"), json!("skipped"), json!(skipped)),
        ]
    );
    assert_eq!(onward.last().unwrap()["status"], "completed", "that nobody sells it is an answer");
    assert!(onward.last().unwrap()["first_answer_ms"].is_null(), "nobody was asked");
    assert!(plain.last().unwrap()["first_answer_ms"].is_u64(), "one was asked");
    assert_eq!(onward.len(), 3, "each supplier has a partial");
    assert_eq!((airlines.calls("fast").began.len(), airlines.calls("free").began.len()), (1, 0));
}
