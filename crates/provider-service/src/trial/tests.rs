use std::sync::{Arc, Mutex};

use axum::{Json, Router, extract::State, routing::post};
use clap::Parser;
use serde_json::{Value, json};

use super::*;
use crate::config::Command;

/// A supplier on its own port that keeps the bodies that it gets, and answers with `offers`.
async fn supplier(offers: Value) -> (String, Arc<Mutex<Vec<Value>>>) {
    let bodies: Arc<Mutex<Vec<Value>>> = Arc::default();
    let keep = async move |State(bodies): State<Arc<Mutex<Vec<Value>>>>, Json(body): Json<Value>| {
        bodies.lock().unwrap().push(body);
        Json(offers)
    };
    let router = Router::new().route("/trips", post(keep)).with_state(Arc::clone(&bodies));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://user:s3cret@{}/trips", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, bodies)
}

/// Tries a supplier with this URL, and returns what is printed.
async fn tried(url: &str, search: &str) -> Result<Tried, TryError> {
    let file = format!(
        r#"
        [[supplier]]
        code = "XX"
        name = "Example"
        kind = "http"
        trips = ["one_way", "multi_city"]
        url = "{url}"

        [supplier.body]
        api_key = "abc12345"
        legs = {{ each_slice = {{ from = "{{from}}", to = "{{to}}", on = "{{date}}" }} }}

        [supplier.response]
        offers = "/trips"
        price = "/p"
        seats_left = "/seats"
        slices = "/legs"
        segment = {{ flight_number = "/n", origin = "/a", destination = "/b", departure = "/t", duration_minutes = "/m", origin_terminal = "/terminal" }}
        "#
    );
    let path = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&path, file).unwrap();
    let arguments =
        ["provider-service", "--suppliers-file", path.path().to_str().unwrap(), "try"].into_iter();
    let config = Config::parse_from(arguments.chain(search.split_whitespace()));
    let Some(Command::Try(args)) = &config.command else { panic!("{:?}", config.command) };
    try_supplier(&config, args).await
}

#[tokio::test]
async fn a_trip_to_several_cities_is_sent_as_each_slice() {
    let leg = |number: &str, from: &str, to: &str, at: &str| json!({ "n": number, "a": from, "b": to, "t": at, "m": 110 });
    let mut first = leg("GA57", "CGK", "DPS", "2127-12-08T06:05");
    first["terminal"] = json!("Terminal 3 Ultimate");
    let legs =
        [first, leg("GA58", "DPS", "SUB", "2127-12-12T06:05"), leg("GA59", "SUB", "CGK", "2127-12-14T06:05")];
    let (url, bodies) = supplier(json!({ "trips": [{ "p": 900_000, "legs": legs, "seats": "9+" }] })).await;
    let search = "--slice CGK:DPS:2127-12-08 --slice DPS:SUB:2127-12-12 --slice SUB:CGK:2127-12-14";
    let Tried { text, answered } = tried(&url, search).await.unwrap();
    assert!(answered, "{text}");
    let legs = json!([
        { "from": "CGK", "to": "DPS", "on": "2127-12-08" },
        { "from": "DPS", "to": "SUB", "on": "2127-12-12" },
        { "from": "SUB", "to": "CGK", "on": "2127-12-14" },
    ]);
    assert_eq!(*bodies.lock().unwrap(), [json!({ "api_key": "abc12345", "legs": legs })]);
    for part in [
        r#"{"api_key":"(hidden)","legs":[{"from":"CGK""#,
        "authorization: (hidden)",
        "GA59, SUB 2127-12-14T06:05:00+07:00 to CGK",
        "Parts left out of offers (the first ones):\n",
        "  offer 0: seats_left (`/seats`) is not a small whole number\n",
        "  offer 0: slices[0].segments[0].origin_terminal is not 1 to 16 printable bytes\n",
        "Itineraries: 1, offers left out: 0",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("s3cret") && !text.contains("abc12345"), "{text}");
}

#[tokio::test]
async fn impossible_trips_are_not_sent() {
    let (url, bodies) = supplier(json!({ "trips": [] })).await;
    for (search, problem) in [
        ("--slice CGK:DPS:2127-12-08 --slice DPS:SUB:2127-12-07", "on the day of the one before or later"),
        ("--slice CGK:CGK:2127-12-08", "must go to another place"),
        (&"--slice CGK:DPS:2127-12-08 ".repeat(7), "1 to 6 flights"),
        ("CGK DPS 2127-12-08 --return 2127-12-07", "--return must not be before <DATE>"),
    ] {
        let error = tried(&url, search).await.unwrap_err().to_string();
        assert!(error.contains(problem), "{search}: {error}");
    }
    assert!(bodies.lock().unwrap().is_empty());
    for search in ["CGK DPS", "--slice CGK:DPS", "CGK DPS 2127-12-08 --slice CGK:DPS:2127-12-08", ""] {
        let line = ["provider-service", "try"].into_iter().chain(search.split_whitespace());
        assert!(Config::try_parse_from(line).is_err(), "{search}");
    }
}
