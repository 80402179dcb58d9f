//! A search is defined once: each field of the definition is in everything that is derived from it.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::{collections::BTreeMap, fmt::Display};

use contracts::{
    EpochMillis, SearchId, SearchRequest,
    entry::{Fields, Job, JobTimes},
    names::field,
    search::{FieldSource, SearchField},
};
use jiff::civil::{Date, date};
use serde_json::{Value, json};

/// The dates of the searches here are later.
const TODAY: Date = date(2025, 7, 1);

/// The names of the fields that the definition reads.
#[derive(Default)]
struct Names(Vec<&'static str>);

impl FieldSource for Names {
    fn required<T: SearchField>(&mut self, name: &'static str, _: &'static str) -> Option<T> {
        self.0.push(name);
        None
    }

    fn optional<T: SearchField>(&mut self, name: &'static str, _: &'static str) -> Option<T> {
        self.0.push(name);
        None
    }

    fn refuse(&mut self, _: &'static str, _: &dyn Display) {}
}

fn names() -> Vec<&'static str> {
    let mut names = Names::default();
    SearchRequest::read(&mut names).unwrap_err();
    names.0
}

/// Two values of each field: that of a plain search, and another one. **Add a row for a new field.**
fn values() -> BTreeMap<&'static str, [Value; 2]> {
    BTreeMap::from([
        (field::FROM, [json!("CGK"), json!("SUB")]),
        (field::TO, [json!("DPS"), json!("SIN")]),
        (field::DATE, [json!("2025-07-10"), json!("2025-07-11")]),
        (field::PASSENGERS, [json!(2), json!({"adults": 2, "children": [7, 11], "infants": [1]})]),
        (field::RETURN_DATE, [Value::Null, json!("2025-07-15")]),
        (field::SLICES, [Value::Null, slices()]),
        (field::CABIN, [Value::Null, json!("business")]),
        (field::MAX_STOPS, [Value::Null, json!(0)]),
        (field::CURRENCY, [Value::Null, json!("USD")]),
        (field::SUPPLIERS, [Value::Null, json!(["GA", "SQ"])]),
        (field::TIMEOUT_MS, [Value::Null, json!(5000)]),
    ])
}

/// Slices whose first is that of the plain search but for its windows.
fn slices() -> Value {
    json!([
        {
            "from": "CGK", "to": "DPS", "date": "2025-07-10",
            "departure": {"earliest": "06:00", "latest": "12:00"}, "arrival": {"latest": "22:30"},
        },
        {"from": "SUB", "to": "CGK", "date": "2025-07-10"},
    ])
}

/// A request in which the field `other` has its other value.
fn request(other: Option<&str>) -> SearchRequest {
    let body: BTreeMap<_, _> = values()
        .into_iter()
        .map(|(name, [one, two])| (name, if other == Some(name) { two } else { one }))
        .collect();
    SearchRequest::from_json(&serde_json::to_vec(&body).unwrap(), TODAY).unwrap()
}

fn job(request: SearchRequest) -> Job {
    let created = EpochMillis(1_752_105_600_000);
    let longest = std::time::Duration::from_mins(1);
    let deadline = created + request.timeout.map_or(longest, contracts::SearchTimeout::duration);
    Job::new(SearchId::from_bytes([7; 16]), request, JobTimes { created, deadline })
}

#[test]
fn each_field_has_a_row_here() {
    let rows: Vec<_> = values().into_keys().collect();
    let mut names = names();
    names.sort_unstable();
    assert_eq!(rows, names);
}

#[test]
fn each_field_changes_the_fingerprint() {
    let mut fingerprints = vec![request(None).fingerprint()];
    for name in names() {
        let fingerprint = request(Some(name)).fingerprint();
        assert!(!fingerprints.contains(&fingerprint), "{name} is not in the fingerprint");
        fingerprints.push(fingerprint);
    }
}

#[test]
fn each_field_survives_body_job_record_and_job() {
    let plain = job(request(None));
    for name in names() {
        let written = job(request(Some(name)));
        assert_ne!(written, plain, "{name} is not in the job");
        let entry: Fields = written.encode().into_iter().collect();
        let read = Job::decode(&entry).unwrap();
        assert_eq!(read, written, "{name} is lost between job and worker");
        // A record has the job's fields except the id.
        let record: Fields = entry.pairs().filter(|(field, _)| *field != b"search_id").collect();
        let from_record = Job {
            search_id: written.search_id,
            query: Job::query(&record).unwrap(),
            suppliers: Job::suppliers(&record).unwrap(),
            check: Job::check(&record).unwrap(),
            times: read.times,
            trace: read.trace,
        };
        assert_eq!(from_record.encode(), written.encode(), "{name} is lost between record and job");
    }
}

#[test]
fn each_field_is_in_a_clients_body() {
    for name in names() {
        let request = request(Some(name));
        let body = serde_json::to_vec(&request).unwrap();
        assert_eq!(
            SearchRequest::from_json(&body, TODAY).unwrap(),
            request,
            "{name} is lost in a client's body"
        );
    }
}

#[test]
fn a_search_has_the_same_fingerprint_as_in_earlier_versions() {
    let of = |other| request(other).fingerprint().to_string();
    assert_eq!(of(None), "06274735bb8d0694c853839c7e8cb07e72c5f250ae8e020b738546d3c7d55409");
    assert_eq!(
        of(Some(field::SUPPLIERS)),
        "7e334f95c8b370f5a1da78b170bd476b452a5f0d02960a735743baff6e668bc0"
    );
}
