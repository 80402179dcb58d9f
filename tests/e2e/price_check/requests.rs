//! Which requests for a price check are accepted, and as which job.

use reqwest::StatusCode;
use serde_json::{Value, json};
use test_kit::client::example;

use super::{
    Found, post,
    seller::{self, Seller},
};

const JOBS: &str = "flight.search.requested";

#[tokio::test(flavor = "multi_thread")]
async fn each_wrong_request_is_refused_by_its_own_name() {
    let (_seller, file) = Seller::start(&[("Lite", 900_000)]).await;
    let system = seller::system(&file).start().await;
    let client = system.client();
    let found = Found::by(&client).await;
    let path = found.path();
    let good = json!({"supplier": "SELLER"});
    for (path, body, expected, code, field) in [
        (path.replace(&found.search, "nonsense"), good.clone(), 400, "invalid_request", Some("id")),
        (
            path.replace(found.offer["id"].as_str().unwrap(), "9"),
            good.clone(),
            400,
            "invalid_request",
            Some("offer_id"),
        ),
        (path.clone(), json!({}), 400, "invalid_request", Some("supplier")),
        (path.clone(), json!({"supplier": "no such code"}), 400, "invalid_request", Some("supplier")),
        (
            path.clone(),
            json!({"supplier": "SELLER", "fare_brand": 1}),
            400,
            "invalid_request",
            Some("fare_brand"),
        ),
        (
            path.clone(),
            json!({"supplier": "SELLER", "offer_ref": {}}),
            400,
            "invalid_request",
            Some("offer_ref"),
        ),
        (path.clone(), json!([]), 400, "invalid_body", None),
        (
            path.replace(&found.search, &uuid::Uuid::new_v4().to_string()),
            good.clone(),
            404,
            "unknown_search",
            None,
        ),
        (
            path.replace(found.offer["id"].as_str().unwrap(), "0123456789abcdef"),
            good,
            404,
            "unknown_offer",
            None,
        ),
        (path.clone(), json!({"supplier": "SQ"}), 409, "not_sold", None),
        (path.clone(), json!({"supplier": "SELLER", "fare_brand": "First"}), 409, "not_sold", None),
        (path.clone(), json!({"supplier": "SELLER", "offer_ref": "other"}), 409, "not_sold", None),
    ] {
        let (status, response) = post(&client, &path, &body, &[]).await;
        assert_eq!((status, response["code"].as_str()), (expected, Some(code)), "{path} {body}: {response}");
        assert_eq!(response["errors"][0]["field"].as_str(), field, "{path} {body}: {response}");
        if code == "not_sold" {
            let message = "this supplier has no such price for the offer; while the search is running, one may still arrive";
            assert_eq!(response["message"], message);
        }
    }
    assert!(system.redis.entries(JOBS).await.is_empty(), "none of them is a job");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_needs_a_worker_that_knows_checks() {
    let (_seller, file) = Seller::start(&[("Lite", 900_000)]).await;
    let mut system = seller::system(&file).start().await;
    let client = system.client();
    let found = Found::by(&client).await;
    system.workers[0].kill().await;
    let id = found.check(&client, &json!({"supplier": "SELLER"})).await;
    let jobs = system.redis.entries(JOBS).await;
    assert_eq!(jobs.len(), 1);
    assert_eq!((&*jobs[0]["search_id"], &*jobs[0]["needs"], &*jobs[0]["suppliers"]), (&*id, "3", "SELLER"));
    assert_eq!((&*jobs[0]["from"], &*jobs[0]["to"], &*jobs[0]["passengers"]), ("CGK", "DPS", "2"));
    let check: Value = serde_json::from_str(&jobs[0]["check"]).unwrap();
    let expected = json!({
        "search_id": found.search, "offer_id": found.offer["id"], "supplier": "SELLER", "fare_brand": "Lite",
        "offer_ref": "ref-Lite", "before": {"total": "900000", "currency": "IDR"},
    });
    assert_eq!(check, expected);
    // A worker that knows them does not search instead if it can't read what is asked for.
    let malformed = jobs[0].iter().map(|(name, value)| (&**name, if name == "check" { "{}" } else { value }));
    let fields: Vec<_> = malformed.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let mut redis = system.redis.connect().await;
    let _: () = redis::cmd("DEL").arg(JOBS).query_async(&mut redis).await.unwrap();
    let _: String = redis::cmd("XADD").arg(JOBS).arg("*").arg(&fields).query_async(&mut redis).await.unwrap();
    system.add_worker();
    let end = client.result(&id).await.json();
    assert_eq!((&end["status"], &end["check"]["outcome"]), (&json!("failed"), &json!("unknown")), "{end}");
    assert!(end["reason"].as_str().unwrap().contains("\"check\""), "{end}");
}

#[tokio::test(flavor = "multi_thread")]
async fn checks_are_shared_by_their_key_only_and_never_with_searches() {
    let (seller, file) = Seller::start(&[("Lite", 900_000)]).await;
    let system = seller::system(&file).set("COALESCE_SECS", "60").start().await;
    let client = system.client();
    let found = Found::by(&client).await;
    let body = json!({"supplier": "SELLER"});
    let first = found.check(&client, &body).await;
    assert_ne!(found.check(&client, &body).await, first, "each asks for the price at its time");
    let mut same_suppliers = example();
    same_suppliers["suppliers"] = json!(["SELLER"]);
    let search = client.post(&same_suppliers).await.1["data"]["search_id"].clone();
    assert!(search != first.as_str(), "a search shares no check");

    let key = [("idempotency-key", "order-1")];
    let keyed = post(&client, &found.path(), &body, &key).await;
    assert_eq!(keyed.0, 200);
    client.result(keyed.1["data"]["check_id"].as_str().unwrap()).await;
    // The request is the same, though the price is not any more.
    seller.sells(&[("Lite", 1)]);
    assert_eq!(post(&client, &found.path(), &json!({"supplier": "seller"}), &key).await, keyed);
    let (status, response) = client.post_with(&example(), &key).await;
    assert_eq!((status.as_u16(), &response["code"]), (422, &json!("idempotency_key_reused")));
    let other = json!({"supplier": "SELLER", "fare_brand": "Lite"});
    assert_eq!(post(&client, &found.path(), &other, &key).await.0, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn checks_count_as_searches_of_their_client() {
    let (_seller, file) = Seller::start(&[("Lite", 900_000)]).await;
    let system = seller::system(&file).set("RATE_LIMIT_PER_MINUTE", "2").start().await;
    let client = system.client();
    let found = Found::by(&client).await;
    let body = json!({"supplier": "SELLER"});
    found.check(&client, &body).await;
    let (status, response) = post(&client, &found.path(), &body, &[]).await;
    assert_eq!((status, &response["code"]), (429, &json!("rate_limited")));
    assert_eq!(client.post(&example()).await.0, StatusCode::TOO_MANY_REQUESTS);
}
