//! Suppliers and searches for the tests.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use airports::Airports;
use contracts::{
    SearchId, SearchQuery, SupplierStatus,
    outcome::Answer,
    search::{Adults, Slice, Slices},
};
use serde_json::{Value as Json, json};
use suppliers::{Registry, RegistryOptions, SupplierClient};
use tokio::time::Instant;
use traces::Span;

pub(crate) fn airports() -> Arc<Airports> {
    static AIRPORTS: OnceLock<Arc<Airports>> = OnceLock::new();
    Arc::clone(AIRPORTS.get_or_init(|| Arc::new(Airports::embedded())))
}

/// The suppliers of a file. `${KEY}` is `s3cret`.
pub(crate) fn registry(file: &str) -> Registry {
    let secrets = |name: &str| (name == "KEY").then(|| "s3cret".to_owned());
    let options = RegistryOptions { secrets: &secrets, ..RegistryOptions::default() };
    Registry::from_toml(file, options, &airports()).unwrap()
}

/// A client for a supplier of kind `http` with this URL and these additional settings.
pub(crate) fn http_client(url: &str, settings: &str) -> Arc<SupplierClient> {
    let file = format!(
        r#"
        [[supplier]]
        code = "XX"
        name = "Example Air"
        kind = "http"
        url = "{url}"
        backoff_ms = 10
        {settings}

        [supplier.response]
        offers = "/flights"
        flight_number = "/number"
        price = "/price"
        departure = "/leaves"
        arrival = "/lands"
        "#
    );
    Arc::clone(&registry(&file).select(&[])[0])
}

/// A response that [`http_client`] can read.
pub(crate) fn flights(count: usize) -> Json {
    let flight = |number: usize| {
        json!({
            "number": format!("XX{number}"), "price": 1_000_000 + number, "seats": [1, 2, 3],
            "leaves": "2025-07-10T06:05:00+07:00", "lands": "2025-07-10T09:00:00+08:00",
            "remarks": "The quick brown fox jumps over the lazy dog, and then once more for the sake of length. ".repeat(2),
        })
    };
    json!({ "flights": (0..count).map(flight).collect::<Vec<_>>() })
}

pub(crate) fn query() -> SearchQuery {
    let slice = Slice::new("CGK".parse().unwrap(), "DPS".parse().unwrap(), "2025-07-10".parse().unwrap());
    let adults: Adults = 2.try_into().unwrap();
    SearchQuery::new(Slices::one_way(slice.unwrap()), adults.into())
}

/// Asks with a deadline in 30 seconds.
pub(crate) async fn ask(client: &SupplierClient) -> Answer {
    client.ask(SearchId::random(), &query(), Instant::now() + Duration::from_secs(30), &Span::none()).await
}

pub(crate) async fn status(client: &SupplierClient) -> SupplierStatus {
    ask(client).await.report.status
}
