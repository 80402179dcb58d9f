//! A price check asks one seller for its price now, and ends as a search does.

mod requests;
mod seller;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use test_kit::{Client, eventually};

use crate::crashes::assert_announced_once;
use seller::Seller;

/// An offer of an ended search.
struct Found {
    search: String,
    offer: Value,
}

impl Found {
    /// The only offer of the documented example.
    async fn by(client: &Client) -> Self {
        let search = client.submit().await;
        let end = client.result(&search).await.json();
        assert_eq!(end["total"], 1, "{end}");
        Self { search, offer: end["results"][0].clone() }
    }

    fn path(&self) -> String {
        format!("/api/flights/search/{}/offers/{}/check", self.search, self.offer["id"].as_str().unwrap())
    }

    /// Submits a check, and returns its id.
    async fn check(&self, client: &Client, body: &Value) -> String {
        let (status, response) = post(client, &self.path(), body, &[]).await;
        assert_eq!((status, &response["data"]["status"]), (200, &json!("processing")), "{response}");
        response["data"]["check_id"].as_str().unwrap().to_owned()
    }
}

async fn post(client: &Client, path: &str, body: &Value, headers: &[(&str, &str)]) -> (u16, Value) {
    let request = client.request(Method::POST, path).json(body);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_is_the_same_has_changed_or_is_gone() {
    let (seller, file) = Seller::start(&[("Lite", 900_000), ("Flex", 1_200_000)]).await;
    let system = seller::system(&file).start().await;
    let client = system.client();
    let found = Found::by(&client).await;
    let flex = json!({"supplier": "seller", "fare_brand": "Flex"});
    let before = json!({"total": "1200000", "currency": "IDR"});

    let id = found.check(&client, &flex).await;
    let end = client.result(&id).await.json();
    assert_eq!((&end["search_id"], &end["status"]), (&json!(id), &json!("completed")));
    let told = json!({
        "search_id": found.search, "offer_id": found.offer["id"], "supplier": "SELLER", "fare_brand": "Flex",
        "outcome": "same", "before": before, "now": before,
    });
    assert_eq!(end["check"], told);
    let offer = &end["results"][0];
    assert_eq!((&offer["id"], &offer["price"]), (&found.offer["id"], &json!(1_200_000)));
    assert_eq!(offer["prices"].as_array().unwrap().len(), 1, "only what was asked for: {offer}");
    assert_eq!(client.state(&id).await.1["data"]["check"], told);

    seller.sells(&[("Lite", 900_000), ("Flex", 1_250_000)]);
    let end = client.result(&found.check(&client, &flex).await).await.json();
    let now = json!({"total": "1250000", "currency": "IDR"});
    let check = &end["check"];
    assert_eq!((&check["outcome"], &check["before"], &check["now"]), (&json!("changed"), &before, &now));
    assert_eq!(end["results"][0]["price"], 1_250_000);

    // Without a fare brand, the cheapest is checked. A check can be checked in turn.
    let cheapest = found.check(&client, &json!({"supplier": "SELLER"})).await;
    assert_eq!(client.result(&cheapest).await.json()["check"]["fare_brand"], "Lite");
    seller.sells(&[("Lite", 950_000)]);
    let again = Found { search: cheapest, offer: found.offer.clone() };
    let end = client.result(&again.check(&client, &json!({"supplier": "SELLER"})).await).await.json();
    assert_eq!((&end["check"]["outcome"], &end["results"][0]["price"]), (&json!("changed"), &json!(950_000)));

    let id = found.check(&client, &flex).await;
    let events = client.follow_partials(&id).await.all().await;
    assert_eq!(events.len(), 2, "the seller's answer and the end: {events:?}");
    let end = events[1].json();
    assert_eq!((&end["status"], &end["results"]), (&json!("completed"), &json!([])));
    assert_eq!((&end["check"]["outcome"], &end["check"]["now"]), (&json!("gone"), &Value::Null));
    assert_eq!(end["suppliers"][0]["status"], "empty");
    assert_announced_once(&system.redis, 6).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expensive_offer_is_found_among_many() {
    let (seller, file) = Seller::start(&[("Lite", 900_000)]).await;
    let system = seller::system(&file).set("MAX_RESULTS", "1").start().await;
    let client = system.client();
    let found = Found::by(&client).await;
    // More than are kept of a search, and all of them cheaper.
    seller.sells_others(300);
    let end = client.result(&found.check(&client, &json!({"supplier": "SELLER"})).await).await.json();
    assert_eq!((&end["check"]["outcome"], &end["total"]), (&json!("same"), &json!(1)), "{end}");
    assert_eq!(end["results"][0]["id"], found.offer["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seller_that_is_down_fails_the_check_within_its_limits() {
    let (seller, file) = Seller::start(&[("Lite", 900_000)]).await;
    let system = seller::system(&file).start().await;
    let client = system.client();
    let found = Found::by(&client).await;
    seller.is_down();
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let end = client.result(&found.check(&client, &json!({"supplier": "SELLER"})).await).await.json();
        assert_eq!((&end["status"], &end["results"]), (&json!("failed"), &json!([])));
        assert_eq!((&end["check"]["outcome"], &end["check"]["now"]), (&json!("unknown"), &Value::Null));
        assert_eq!(end["check"]["before"]["total"], "900000");
        statuses.push(end["suppliers"][0]["status"].as_str().unwrap().to_owned());
    }
    assert_eq!(statuses, ["error", "error", "unavailable", "unavailable"], "its breaker has opened");
    assert_eq!(seller.calls(), 1 + 4, "the search; and two checks, each with a retry");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_workers_check_goes_on_and_ends_once() {
    let (seller, file) = Seller::start(&[("Lite", 900_000)]).await;
    let mut system = seller::system(&file).set("JOB_LEASE_MS", "600").start().await;
    let client = system.client();
    let found = Found::by(&client).await;
    seller.hangs();
    let id = found.check(&client, &json!({"supplier": "SELLER"})).await;
    let stream = client.follow(&id).await;
    eventually("the seller is asked", async || (seller.calls() == 2).then_some(())).await;
    let waiting = client.state(&id).await.1;
    let outcome = &waiting["data"]["check"]["outcome"];
    assert_eq!((&waiting["data"]["status"], outcome), (&json!("processing"), &json!("unknown")));
    system.workers[0].kill().await;
    seller.sells(&[("Lite", 800_000)]);
    system.add_worker();
    let events = stream.all().await;
    assert_eq!(events.len(), 1, "{events:?}");
    let end = events[0].json();
    assert_eq!(
        (&end["check"]["outcome"], &end["check"]["now"]["total"]),
        (&json!("changed"), &json!("800000"))
    );
    assert_announced_once(&system.redis, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_without_an_answer_ends_at_its_deadline_or_when_it_is_cancelled() {
    let (seller, file) = Seller::start(&[("Lite", 900_000)]).await;
    let mut system = seller::system(&file).set("SEARCH_DEADLINE_MS", "5000").start().await;
    let client = system.client();
    let found = Found::by(&client).await;
    seller.hangs();
    let body = json!({"supplier": "SELLER"});
    let id = found.check(&client, &body).await;
    assert_eq!(client.cancel(&id).await.0, StatusCode::OK);
    let end = client.result(&id).await.json();
    assert_eq!((&end["status"], &end["check"]["outcome"]), (&json!("cancelled"), &json!("unknown")));

    system.workers[0].kill().await;
    let end = client.result(&found.check(&client, &body).await).await.json();
    assert_eq!((&end["status"], &end["check"]["outcome"]), (&json!("failed"), &json!("unknown")));
    assert_eq!(end["suppliers"][0]["status"], "timeout");
}
