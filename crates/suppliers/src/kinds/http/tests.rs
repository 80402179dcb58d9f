use std::sync::Arc;

use airports::Airports;
use reqwest::{Method, header::AUTHORIZATION};

use super::*;
use crate::{
    file,
    http_client::{new_client, send},
    memory_budget::MemoryBudget,
    testing::query,
};

const FILE: &str = r#"
[[supplier]]
code = "XX"
name = "Example Air"
kind = "http"
url = "https://api.example.com/v1/{from}/{to}"
query = { on = "{date}", key = "${KEY}" }
headers = { authorization = "Bearer ${KEY}" }
body = { search = { from = "{from}", adults = "{passengers}", text = "for {passengers}", cabins = ["Y", 1, 1.5, true] } }
response = { offers = "", flight_number = "/n", price = "/p", departure = "/d", arrival = "/a" }
"#;

fn http(file: &str) -> Result<Http, String> {
    let secrets = |name: &str| (name == "KEY").then(|| "s3cret&{from}".to_owned());
    let options = RegistryOptions { secrets: &secrets, ..RegistryOptions::default() };
    let entry = file::parse(file).map_err(|error| error.to_string())?.remove(0);
    let airports = Arc::new(Airports::embedded());
    let context = HttpContext { client: new_client().unwrap(), budget: MemoryBudget::new(1), airports };
    Http::from_entry(&entry, options, context).map_err(|error| error.to_string())
}

fn request() -> Request {
    http(FILE).unwrap().request(&query("CGK", "DPS")).unwrap()
}

#[test]
fn the_request_contains_the_search_and_the_secrets() {
    let request = request();
    assert_eq!(request.method(), Method::POST, "because it has a body");
    assert_eq!(
        request.url().as_str(),
        "https://api.example.com/v1/CGK/DPS?key=s3cret%26%7Bfrom%7D&on=2025-07-10"
    );
    assert_eq!(request.headers()[AUTHORIZATION], "Bearer s3cret&{from}");
    assert_eq!(request.headers()[ACCEPT], "application/json");
    let body: serde_json::Value =
        serde_json::from_slice(request.body().unwrap().as_bytes().unwrap()).unwrap();
    let expected = serde_json::json!({
        "search": { "from": "CGK", "adults": 2, "text": "for 2", "cabins": ["Y", 1, 1.5, true] }
    });
    assert_eq!(body, expected);
}

#[test]
fn headers_are_not_shown_in_debug_output() {
    assert!(!format!("{:?}", request().headers()).contains("s3cret"));
}

#[test]
fn an_error_names_the_field() {
    for (from, to, field) in [
        ("https://", "ftp://", "`url`: must be"),
        ("https://api.example.com", "", "`url`: must be"),
        ("{to}", "{two}", "`url`: there is no placeholder `{two}`"),
        ("{date}", "{date", "`query.on`: a single `{`"),
        ("Bearer ${KEY}", "Bearer ${TOKEN}", "`headers.authorization`: `${TOKEN}` is not set"),
        ("authorization =", "'no name' =", "`headers.no name`: is not a valid header name"),
        ("Bearer", "Bea\\nrer", "`headers.authorization`: has characters"),
        ("for {passengers}", "for {people}", "`body`: there is no placeholder `{people}`"),
        ("url =", "passenger_types = ['child']\nurl =", "`passenger_types` must have `adult`"),
        ("url =", "trips = []\nurl =", "`trips` and `cabins` must not be empty"),
        ("url =", "trips = ['return']\nurl =", "`trips`: needs {return_date} or each_slice in the request"),
        ("url =", "trips = ['multi_city']\nurl =", "`trips`: needs each_slice in the request"),
        ("url =", "cabins = ['business']\nurl =", "`cabins`: needs {cabin} in the request"),
        ("url =", "passenger_types = ['adult', 'child']\nurl =", "`passenger_types`: needs {children}"),
        ("url =", "passenger_types = ['adult', 'infant']\nurl =", "`passenger_types`: needs {infants}"),
        ("url =", "serves = ['Java']\nurl =", "must be an airport or city like CGK"),
        ("on = \"{date}\"", "on = \"{age}\"", "`body`: {passenger_type} and {age} have a value only within"),
        ("price = \"/p\"", "price = \"p\"", "response.price"),
        ("price = \"/p\",", "", "`price`"),
        ("departure = \"/d\",", "", "`response.departure`: is missing"),
        ("arrival =", "segment.arrival =", "`response.flight_number`: is not read"),
        ("on = \"{date}\"", "on = \"{offer_ref}\"", "`check`: is missing: only there"),
        (
            "url =",
            "check = { url = 'https://a.example/{offer_ref}' }\nurl =",
            "`check`: needs `offer_ref` in the",
        ),
        (
            "url =",
            "check = { url = 'https://a.example/' }\nurl =",
            "`check`: needs {offer_ref} in the request",
        ),
        ("url =", "check = { url = 'ftp://{offer_ref}' }\nurl =", "`check.url`: must be"),
        ("url =", "check = { url = 'https://{two}' }\nurl =", "`check.url`: there is no placeholder `{two}`"),
        ("url =", "check = { uri = 'https://{offer_ref}' }\nurl =", "uri"),
        ("url =", "max_response_bytes = 0\nurl =", "max_response_bytes"),
        ("url =", "methud = 'GET'\nurl =", "methud"),
    ] {
        let error = http(&FILE.replace(from, to)).err().unwrap();
        assert!(error.starts_with("supplier XX: ") && error.contains(field), "{from} -> {to}: {error}");
    }
}

#[tokio::test]
async fn long_responses_that_exceed_the_budget_are_read_one_after_the_other() {
    let offer =
        |number| format!(r#"{{"n": "X{number}", "p": 1, "d": "2025-07-10T06:00", "a": "2025-07-10T09:00"}}"#);
    let body = format!("[{}]", (0..2000).map(offer).collect::<Vec<_>>().join(","));
    assert!(body.len() > 128 * 1024);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let file = FILE.replace("https://api.example.com", &format!("http://{}", listener.local_addr().unwrap()));
    let router = axum::Router::new().fallback(async move || body);
    tokio::spawn(async move { axum::serve(listener, router).await });

    // The budget is one byte, so only one response can hold it.
    let (http, query, airports) = (http(&file).unwrap(), query("CGK", "DPS"), Airports::embedded());
    let deadline = Instant::now() + std::time::Duration::from_mins(1);
    let ask = async || {
        let mut offers = OfferCollector::new(&query, &airports, 200);
        http.search(&query, deadline, None, &mut offers).await.unwrap();
        offers.finish().unwrap().valid
    };
    assert_eq!(tokio::join!(ask(), ask(), ask()), (2000, 2000, 2000));
}

#[tokio::test]
async fn no_error_contains_the_secret_in_the_url() {
    // Nothing listens on port 1, and the name does not resolve.
    for host in ["127.0.0.1:1", "nobody.invalid"] {
        let file = FILE.replace("https://api.example.com", &format!("http://{host}"));
        let request = http(&file).unwrap().request(&query("CGK", "DPS")).unwrap();
        assert!(request.url().as_str().contains("s3cret"));
        let error = send(&new_client().unwrap(), request, None).await.err().unwrap();
        assert!(matches!(error, SupplierError::Connection(_)), "{error}");
        assert!(!format!("{error:?} {error}").contains("s3cret"), "{error:?}");
    }
}
