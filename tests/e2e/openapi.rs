//! The gateway does what `/openapi.json` says.

mod document;

use reqwest::Method;
use serde_json::{Value, json};
use test_kit::{Client, System, client::example, sse::Event};

use document::Document;

const SEARCH: &str = "/api/flights/search";

struct Asker {
    client: Client,
    document: Document,
}

impl Asker {
    async fn new(system: &System) -> Self {
        let client = system.client();
        Self { document: Document::of(&client).await, client }
    }

    /// Makes a request, checks the response against the document, and returns its body.
    async fn ask(&self, method: Method, path: &str, id: &str, status: u16) -> String {
        let (route, query) = path.split_once('?').unwrap_or((path, ""));
        let path_asked = route.replace("{id}", id).replace("{offer_id}", OFFER_ID);
        let request = self.client.request(method.clone(), &format!("{path_asked}?{query}"));
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{method} {path} {id}");
        self.document.assert_documented(&method, route, response).await
    }

    async fn post(&self, body: &str, headers: &[(&str, &str)], status: u16) -> Value {
        self.post_to(SEARCH, SEARCH, body, headers, status).await
    }

    /// POST to `path`, which is documented as `route`.
    async fn post_to(
        &self,
        route: &str,
        path: &str,
        body: &str,
        headers: &[(&str, &str)],
        status: u16,
    ) -> Value {
        let request = self.client.request(Method::POST, path).body(body.to_owned());
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{path} {body}");
        serde_json::from_str(&self.document.assert_documented(&Method::POST, route, response).await).unwrap()
    }
}

const JSON: (&str, &str) = ("content-type", "application/json");
const BY_ID: &str = "/api/flights/search/{id}";
const STREAM: &str = "/api/flights/search/{id}/stream";
const OFFER: &str = "/api/flights/search/{id}/offers/{offer_id}";
const CHECK: &str = "/api/flights/search/{id}/offers/{offer_id}/check";
/// That of no offer. `trips::a_trip_to_three_cities_is_flown_in_order` gets one that exists.
const OFFER_ID: &str = "0123456789abcdef";

#[tokio::test(flavor = "multi_thread")]
async fn every_response_is_as_documented() {
    let system = System::builder().set("MAX_BACKLOG", "20").start().await;
    let asker = Asker::new(&system).await;
    let search = example().to_string();
    let id = asker.post(&search, &[JSON], 200).await["data"]["search_id"].as_str().unwrap().to_owned();
    asker.ask(Method::GET, BY_ID, &id, 200).await;
    let stream = asker.ask(Method::GET, STREAM, &id, 200).await;
    let last = stream.lines().find_map(|line| line.strip_prefix("id: ")).expect("an event has an id");
    asker.ask(Method::GET, &format!("{STREAM}?last_event_id={last}"), &id, 204).await;
    asker.ask(Method::GET, BY_ID, &id, 200).await;
    asker.ask(Method::DELETE, BY_ID, &id, 409).await;
    let unknown = uuid::Uuid::new_v4().to_string();
    asker.ask(Method::GET, OFFER, &id, 404).await;
    for (method, path) in
        [(Method::GET, BY_ID), (Method::DELETE, BY_ID), (Method::GET, STREAM), (Method::GET, OFFER)]
    {
        asker.ask(method.clone(), path, &unknown, 404).await;
        asker.ask(method, path, "nonsense", 400).await;
    }
    asker.ask(Method::GET, &format!("{STREAM}?partials=maybe"), &id, 400).await;
    asker.ask(Method::GET, &format!("{STREAM}?partials=1&partials=1"), &id, 400).await;
    asker.ask(Method::GET, "/health/live", "", 200).await;
    asker.ask(Method::GET, "/health/ready", "", 200).await;
    let airports = asker.ask(Method::GET, "/api/airports?q=jak&limit=3", "", 200).await;
    assert!(airports.contains("CGK"), "{airports}");
    asker.ask(Method::GET, "/api/airports", "", 400).await;
    asker.ask(Method::GET, "/api/airports?q=a&q=b", "", 400).await;
    test_kit::eventually("the gateway knows the suppliers", async || {
        let (_, response) = asker.client.get("/api/suppliers").await;
        response["data"].as_array().is_some_and(|data| !data.is_empty()).then_some(())
    })
    .await;
    let suppliers = asker.ask(Method::GET, "/api/suppliers", "", 200).await;
    assert!(suppliers.contains("\"GA\""), "{suppliers}");

    asker.post("{}", &[JSON], 400).await;
    asker.post("{", &[JSON], 400).await;
    asker.post(&" ".repeat(17 * 1024), &[JSON], 413).await;
    asker.post(&search, &[], 415).await;
    asker.post(&search, &[JSON, ("idempotency-key", "two words")], 400).await;
    asker.post(&search, &[JSON, ("idempotency-key", "one")], 200).await;
    asker.post(&search.replace("CGK", "SUB"), &[JSON, ("idempotency-key", "one")], 422).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_response_to_a_price_check_is_as_documented() {
    let system = System::start().await;
    let asker = Asker::new(&system).await;
    let end = asker.client.result(&asker.client.submit().await).await.json();
    let (id, offer) = (end["search_id"].as_str().unwrap(), &end["results"][0]);
    let path = CHECK.replace("{id}", id).replace("{offer_id}", offer["id"].as_str().unwrap());
    let body = json!({"supplier": offer["suppliers"][0]}).to_string();
    let checked = asker.post_to(CHECK, &path, &body, &[JSON], 200).await;
    let check = checked["data"]["check_id"].as_str().unwrap();
    let events = asker.client.follow_partials(check).await.all().await;
    for (event, name) in events.iter().zip(["PartialEvent", "TerminalEvent"]) {
        let schema = json!({"$ref": format!("#/components/schemas/{name}")});
        asker.document.assert_valid(&schema, &event.json(), name);
    }
    assert_eq!(events[1].json()["check"]["offer_id"], offer["id"]);
    asker.ask(Method::GET, BY_ID, check, 200).await;

    asker.post_to(CHECK, &path, "{}", &[JSON], 400).await;
    asker.post_to(CHECK, &path, "{", &[JSON], 400).await;
    asker.post_to(CHECK, &path.replace(id, "nonsense"), &body, &[JSON], 400).await;
    asker.post_to(CHECK, &path, &" ".repeat(17 * 1024), &[JSON], 413).await;
    asker.post_to(CHECK, &path, &body, &[], 415).await;
    asker.post_to(CHECK, &path.replace(id, &uuid::Uuid::new_v4().to_string()), &body, &[JSON], 404).await;
    asker.post_to(CHECK, &path, r#"{"supplier":"NOBODY"}"#, &[JSON], 409).await;
    let key = ("idempotency-key", "one");
    asker.post_to(CHECK, &path, &body, &[JSON, key], 200).await;
    let other = json!({"supplier": offer["suppliers"][0], "fare_brand": offer["prices"][0]["fare_brand"]});
    asker.post_to(CHECK, &path, &other.to_string(), &[JSON, key], 422).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_error_response_is_as_documented() {
    let mut system = System::builder().workers(0).set("MAX_BACKLOG", "1").start().await;
    let asker = Asker::new(&system).await;
    let search = example().to_string();
    let id = asker.post(&search, &[JSON], 200).await["data"]["search_id"].as_str().unwrap().to_owned();
    assert_eq!(asker.post(&search, &[JSON], 503).await["code"], "backlog_full");
    asker.ask(Method::GET, BY_ID, &id, 200).await;
    asker.ask(Method::DELETE, BY_ID, &id, 200).await;
    asker.ask(Method::GET, BY_ID, &id, 200).await;
    system.redis.kill().await;
    asker.ask(Method::GET, BY_ID, &id, 503).await;
    asker.ask(Method::DELETE, BY_ID, &id, 503).await;
    test_kit::eventually("the gateway is not ready", async || {
        (asker.client.get("/health/ready").await.0 == 503).then_some(())
    })
    .await;
    asker.ask(Method::GET, "/health/ready", "", 503).await;
    asker.ask(Method::GET, "/health/live", "", 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_limit_is_as_documented() {
    let limits = System::builder().workers(0).set("MAX_STREAMS_PER_SEARCH", "1");
    let system = limits.set("RATE_LIMIT_PER_MINUTE", "1").start().await;
    let asker = Asker::new(&system).await;
    let search = example().to_string();
    let id = asker.post(&search, &[JSON], 200).await["data"]["search_id"].as_str().unwrap().to_owned();
    asker.post(&search, &[JSON], 429).await;
    let _follower = asker.client.follow(&id).await;
    asker.ask(Method::GET, STREAM, &id, 429).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_events_are_as_documented() {
    let system = System::start().await;
    let document = Document::of(&system.client()).await;
    let client = system.client();
    let id = client.submit().await;
    let events: Vec<Event> = client.follow_partials(&id).await.all().await;
    assert!(events.len() > 1, "{events:?}");
    for event in events {
        let name = if event.is_terminal() { "TerminalEvent" } else { "PartialEvent" };
        let schema = json!({"$ref": format!("#/components/schemas/{name}")});
        document.assert_valid(&schema, &event.json(), name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_match_their_schemas() {
    let system = System::builder().workers(0).start().await;
    let Document(document) = &Document::of(&system.client()).await;
    assert_eq!(document["openapi"], "3.1.0");
    let operations = document["paths"].as_object().unwrap().values();
    let operations = operations.flat_map(|item| item.as_object().unwrap().values());
    let contents = operations.flat_map(|operation| {
        let responses = operation["responses"].as_object().unwrap().values();
        responses.chain(operation.get("requestBody")).filter_map(|one| one["content"].as_object())
    });
    let mut seen = 0;
    // A stream's examples show the whole stream; its schema describes one event.
    let media = contents.flatten().filter(|(kind, _)| *kind != "text/event-stream").map(|(_, media)| media);
    for media in media {
        let examples = media["examples"].as_object().into_iter().flat_map(serde_json::Map::values);
        for example in examples.map(|example| &example["value"]).chain(media.get("example")) {
            Document(document.clone()).assert_valid(&media["schema"], example, "an example");
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen} examples");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_docs_page_loads_nothing_from_other_hosts() {
    let system = System::builder().workers(0).start().await;
    let client = system.client();
    for (path, content_type) in
        [("/docs", "text/html"), ("/docs/docs.js", "text/javascript"), ("/docs/docs.css", "text/css")]
    {
        let response = client.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with(content_type), "{path}");
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"), "{policy}");
        let text = response.text().await.unwrap();
        assert!(!text.contains("http://") && !text.contains("https://"), "{path} names another host");
    }
}
