//! The examples in `docs/suppliers.md` work.

use axum::{Json, Router, http::HeaderMap, routing::post};
use serde_json::Value;
use suppliers::{Registry, RegistryOptions};

use crate::{
    support::{airports, ask},
    test_server::TestServer,
};

const PAGE: &str = include_str!("../../../../docs/suppliers.md");

/// The first block of code in this language.
fn block(language: &str) -> &'static str {
    let (_, rest) = PAGE.split_once(&format!("\n```{language}\n")).unwrap();
    rest.split_once("\n```").unwrap().0
}

fn registry(file: &str) -> Registry {
    let secrets = |name: &str| ["ACME_KEY", "DUFFEL_TOKEN"].contains(&name).then(|| format!("the {name}"));
    let options = RegistryOptions { secrets: &secrets, ..RegistryOptions::default() };
    Registry::from_toml(file, options, &airports()).unwrap()
}

#[tokio::test]
async fn the_example_file_reads_the_example_response() {
    async fn acme(headers: HeaderMap, Json(body): Json<Value>) -> Json<Value> {
        assert_eq!(headers["authorization"], "Bearer the ACME_KEY");
        assert_eq!(body["passengers"]["adults"], 2);
        Json(serde_json::from_str(block("json")).unwrap())
    }
    let server = TestServer::start(Router::new().route("/v1/flights/CGK/DPS", post(acme))).await;
    let registry = registry(&block("toml").replace("https://api.acme.example", &server.url));
    let codes: Vec<_> = registry.listing().iter().map(|listing| listing.code.to_string()).collect();
    assert_eq!(codes, ["ACME", "DUFFEL", "XX"]);

    let offers = ask(&registry.select(&["ACME".parse().unwrap()])[0]).await.offers;
    assert_eq!((offers[0].flight_number.as_str(), offers[0].price), ("AC57", 1_500_000));
    assert_eq!(offers[0].arrival.to_string(), "2025-07-10T09:00:00+08:00");
}

#[test]
fn an_error_names_the_missing_secret() {
    let file = block("toml").replace("${ACME_KEY}", "${OTHER_KEY}");
    let secrets = |name: &str| (name != "OTHER_KEY").then(|| "s3cret".to_owned());
    let options = RegistryOptions { secrets: &secrets, ..RegistryOptions::default() };
    let error = Registry::from_toml(&file, options, &airports()).err().unwrap().to_string();
    assert_eq!(error, "supplier ACME: `headers.authorization`: `${OTHER_KEY}` is not set");
}
