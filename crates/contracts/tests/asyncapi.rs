//! `docs/asyncapi.yaml` describes the streams as the contracts define them.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by a panic")]

use std::collections::BTreeSet;

use contracts::{
    Currency, EndStatus, EpochMillis, Offer, PriceCheck, SearchId, SearchRequest, SearchStatus,
    SupplierReport, SupplierStatus, TraceContext,
    entry::{Fields, Job, JobTimes, JsonLine, ResultEntry},
    names,
    outcome::{Answer, Details, Outcome, Ranking, Times},
};
use serde_json::{Map, Value, json};

fn document() -> Value {
    serde_saphyr::from_str(include_str!("../../../docs/asyncapi.yaml")).expect("the document is YAML")
}

fn schema(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}"), "components": document()["components"]})
}

fn assert_valid(schema: &Value, value: &Value) {
    let validator = jsonschema::options().should_validate_formats(true).build(schema).unwrap();
    let errors: Vec<_> = validator.iter_errors(value).map(|e| format!("{} {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:?}\n{value}");
}

/// Checks an entry, and the JSON in its fields, against the document.
fn assert_entry(name: &str, entry: &Map<String, Value>) {
    assert_valid(&schema(name), &Value::Object(entry.clone()));
    let document = document();
    for (field, property) in document["components"]["schemas"][name]["properties"].as_object().unwrap() {
        if let (Some(content), Some(text)) = (property.get("contentSchema"), entry.get(field)) {
            let mut content = content.clone();
            content["components"] = document["components"].clone();
            assert_valid(&content, &serde_json::from_str(text.as_str().unwrap()).unwrap());
        }
    }
}

fn entry<K: Into<String>>(fields: impl IntoIterator<Item = (K, String)>) -> Map<String, Value> {
    fields.into_iter().map(|(field, value)| (field.into(), Value::String(value))).collect()
}

fn trace() -> TraceContext {
    let parent = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    TraceContext::parse(Some(parent), Some(b"rojo=00f067aa0ba902b7")).unwrap()
}

fn examples(message: &str) -> Vec<Map<String, Value>> {
    let examples = document()["components"]["messages"][message]["examples"].clone();
    examples.as_array().unwrap().iter().map(|one| one["payload"].as_object().unwrap().clone()).collect()
}

fn fields(entry: &Map<String, Value>) -> Fields {
    entry.iter().map(|(field, value)| (field.as_str(), value.as_str().unwrap())).collect()
}

fn properties(name: &str) -> BTreeSet<String> {
    let properties = document()["components"]["schemas"][name]["properties"].clone();
    properties.as_object().unwrap().keys().cloned().collect()
}

const ID: &str = "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11";

fn offer() -> Offer {
    serde_json::from_value(json!({
        "flight_number": "GA57", "price": 1_500_000, "currency": "IDR", "carrier": "Garuda Indonesia",
        "origin": "CGK", "destination": "DPS", "departure": "2025-07-10T06:05:00+07:00",
        "arrival": "2025-07-10T08:55:00+08:00", "duration_minutes": 110, "stops": 0,
    }))
    .unwrap()
}

/// An offer with all that a supplier may tell, and that is added to it.
fn full_offer() -> Value {
    let segment = json!({
        "carrier": "GA", "flight_number": "57", "operating_carrier": "GA", "origin": "CGK", "origin_terminal": "3",
        "destination": "DPS", "destination_terminal": "D", "departure": "2025-07-10T06:05:00+07:00",
        "arrival": "2025-07-10T08:55:00+08:00", "duration_minutes": 110, "aircraft": "738", "cabin": "economy",
    });
    let slice = json!({
        "origin": "CGK", "destination": "DPS", "departure": "2025-07-10T06:05:00+07:00",
        "arrival": "2025-07-10T08:55:00+08:00", "duration_minutes": 110, "stops": 0, "segments": [segment],
    });
    let condition = json!({ "allowed": true, "penalty": "25.00" });
    let price = json!({
        "supplier": "GA", "total": "212.40", "currency": "USD", "base": "180.00", "tax": "32.40",
        "fare_brand": "Eco Flex", "baggage": { "cabin_pieces": 1, "checked_pieces": 1, "checked_kg": 20 },
        "approximate": { "total": "3432000", "currency": "IDR", "rate_date": "2025-07-09" },
        "conditions": { "change": condition, "refund": condition }, "seats_left": 4,
        "fetched_at": "2025-07-09T09:30:00Z", "expires_at": "2025-07-09T10:00:00Z",
        "deep_link": "https://ga.example/", "offer_ref": "off_1",
    });
    let mut booking = price.clone();
    booking["offer_id"] = json!("8a3f5e0c92d14b67");
    let mut price = price;
    price["bookings"] = json!([booking, booking]);
    let mut offer = serde_json::to_value(offer()).unwrap();
    for (field, value) in [
        ("currency", json!("USD")),
        ("id", json!("8a3f5e0c92d14b67")),
        ("suppliers", json!(["GA"])),
        ("cabin", json!("economy")),
        ("slices", json!([slice])),
        ("prices", json!([price])),
        ("comparable", json!(false)),
        ("best_rank", json!(1)),
    ] {
        offer[field] = value;
    }
    offer
}

#[test]
fn all_that_an_offer_may_tell_is_documented() {
    let offer = full_offer();
    let read: Offer = serde_json::from_value(offer.clone()).unwrap();
    assert_eq!(serde_json::to_value(read).unwrap(), offer, "each field is a field of the contract");
    assert_valid(&schema("Offer"), &offer);
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(properties("Offer"), keys(&offer));
    assert_eq!(properties("Price"), keys(&offer["prices"][0]));
    assert_eq!(properties("Slice"), keys(&offer["slices"][0]));
    assert_eq!(properties("Segment"), keys(&offer["slices"][0]["segments"][0]));
}

fn report(status: SupplierStatus) -> SupplierReport {
    SupplierReport {
        code: "GA".parse().unwrap(),
        name: "Garuda Indonesia".into(),
        status,
        elapsed_ms: 612,
        offers: 1,
        rejected: 2,
        reason: (status == SupplierStatus::Skipped).then(|| "it sells no return trips".into()),
    }
}

#[test]
fn the_streams_have_the_documented_names() {
    let document = document();
    for (channel, name) in [
        ("requested", names::REQUESTED_STREAM),
        ("results", names::RESULTS_STREAM),
        ("dead", names::DEAD_STREAM),
        ("cancelled", names::CANCELLED_STREAM),
    ] {
        assert_eq!(document["channels"][channel]["address"], name);
    }
    let description = document["channels"]["requested"]["description"].as_str().unwrap();
    assert!(description.contains(names::CONSUMER_GROUP));
}

/// A search with each field of the definition.
const EVERY_WISH: &str = r#"{
    "slices": [
        {"from": "CGK", "to": "DPS", "date": "2026-12-08",
         "departure": {"earliest": "06:00"}, "arrival": {"latest": "23:59"}},
        {"from": "SUB", "to": "CGK", "date": "2026-12-15"}
    ],
    "passengers": {"adults": 2, "children": [7], "infants": [0]},
    "cabin": "premium_economy", "max_stops": 3, "currency": "USD"
}"#;

#[test]
fn jobs_are_as_documented() {
    for example in examples("job") {
        assert_entry("Job", &example);
        let job = Job::decode(&fields(&example)).unwrap();
        assert_eq!(entry(job.encode()), example, "encoding restores the entry");
    }
    let mut job = Job::decode(&fields(&examples("job")[0])).unwrap();
    job.query = SearchRequest::from_json(EVERY_WISH.as_bytes(), jiff::civil::Date::MIN).unwrap().query;
    job.times = Some(JobTimes { created: EpochMillis(0), deadline: EpochMillis(u64::MAX) });
    job.suppliers = "GA,A_LONG-AGGREGATO".parse().unwrap();
    let read: Offer = serde_json::from_value(full_offer()).unwrap();
    job.check = Some(Box::new(PriceCheck::new(job.search_id, read.id, &read.prices[0])));
    job.trace = Some(trace());
    let written = entry(job.encode());
    assert_entry("Job", &written);
    assert_eq!(
        properties("Job"),
        written.keys().cloned().collect(),
        "exactly the written fields are documented"
    );
}

#[test]
fn partials_are_as_documented() {
    for example in examples("partial") {
        assert_entry("Partial", &example);
        if example.contains_key(names::field::IN_RECORD) {
            continue;
        }
        let ResultEntry::Answer(answer) = ResultEntry::decode(fields(&example)).unwrap() else {
            panic!("not an answer")
        };
        answer.parse().unwrap();
    }
    for status in SupplierStatus::ALL {
        let mut written = examples("partial")[0].clone();
        written["supplier"] = JsonLine::of(&report(status)).unwrap().as_str().into();
        written["offers"] = JsonLine::of(&[offer()]).unwrap().as_str().into();
        written.extend(entry(trace().fields()));
        assert_entry("Partial", &written);
        let mut announced = written.clone();
        announced.remove(names::field::OFFERS);
        announced.insert(names::field::IN_RECORD.into(), "3000".into());
        assert_entry("Partial", &announced);
        let both: BTreeSet<String> = written.keys().chain(announced.keys()).cloned().collect();
        assert_eq!(properties("Partial"), both);
    }
    assert!(
        !properties("Partial").contains(names::field::RESULTS),
        "with it, a partial would count as an end"
    );
}

#[test]
fn ends_are_as_documented() {
    for example in examples("end") {
        assert_entry("End", &example);
        let ResultEntry::End { end, .. } = ResultEntry::decode(fields(&example)).unwrap() else {
            panic!("not an end")
        };
        let details = end.details.map(|details| serde_json::from_str::<Details>(details.as_str()).unwrap());
        assert_eq!(details.is_some(), example.contains_key(names::field::DETAILS));
    }
    let times = Times { created: EpochMillis(0), first_answer: Some(EpochMillis(1)), ended: EpochMillis(2) };
    let answers = vec![Answer { report: report(SupplierStatus::Ok), offers: vec![offer()], one_ways: None }];
    let outcome =
        Outcome::of(answers, times, Ranking { currency: Currency::IDR, max: 200 }).with_reason("deadline");
    let read: Offer = serde_json::from_value(full_offer()).unwrap();
    let check = PriceCheck::new(ID.parse().unwrap(), outcome.offers[0].id, &read.prices[0]);
    let outcome = outcome.with_check(Some(&check));
    for status in [EndStatus::Completed, EndStatus::Failed, EndStatus::Cancelled] {
        let mut written = entry([
            (names::field::SEARCH_ID, ID.to_owned()),
            (names::field::STATUS, status.as_str().to_owned()),
            (names::field::RESULTS, JsonLine::of(&outcome.offers).unwrap().as_str().to_owned()),
            (names::field::SEQ, "9".to_owned()),
            (names::field::OFFERS, "a frame of zstd".to_owned()),
            (names::field::DETAILS, JsonLine::of(&outcome.details).unwrap().as_str().to_owned()),
        ]);
        written.extend(entry(trace().fields()));
        assert_entry("End", &written);
        let mut announced = written.clone();
        announced.remove(names::field::OFFERS);
        announced.insert(names::field::IN_RECORD.into(), "3000".into());
        assert_entry("End", &announced);
        let all: BTreeSet<String> = written.keys().chain(announced.keys()).cloned().collect();
        assert_eq!(properties("End"), all);
        written.extend(announced);
        let validator = jsonschema::validator_for(&schema("End")).unwrap();
        assert!(!validator.is_valid(&Value::Object(written)), "one of both");
    }
    let validator = jsonschema::validator_for(&schema("End")).unwrap();
    let mut running = examples("end")[0].clone();
    running["status"] = SearchStatus::Processing.as_str().into();
    assert!(!validator.is_valid(&Value::Object(running)), "an end is not `processing`");
}

#[test]
fn the_other_entries_are_as_documented() {
    for example in examples("deadLetter") {
        assert_entry("DeadLetter", &example);
        assert!(Job::decode(&fields(&example)).is_err(), "its job is invalid");
    }
    let written = BTreeSet::from([names::field::REASON, names::field::ENTRY_ID].map(str::to_owned));
    assert_eq!(properties("DeadLetter"), written);
    for example in examples("cancellation") {
        assert_entry("Cancellation", &example);
        assert_eq!(ResultEntry::search_id(&fields(&example)), Ok(ID.parse::<SearchId>().unwrap()));
    }
}
