//! The schemas of the events.
//!
//! No value of these types is ever made: `contracts::event` writes the events as text, around the JSON that workers have
//! stored, so that the gateway neither parses nor copies offers.
#![expect(dead_code, reason = "the types only describe what contracts::event writes")]

use contracts::{Offer, SearchId, SupplierReport, check::CheckResult};
use utoipa::ToSchema;

/// The data of an event named `partial`: one supplier has answered.
#[derive(ToSchema)]
pub(crate) struct PartialEvent {
    search_id: SearchId,
    /// `processing`.
    #[schema(example = "processing", pattern = "^processing$")]
    status: String,
    supplier: SupplierReport,
    /// The supplier's offers.
    results: Vec<Offer>,
    progress: Progress,
}

/// The progress of a search.
#[derive(ToSchema)]
pub(crate) struct Progress {
    /// The number of suppliers that have answered.
    #[schema(example = 3)]
    answered: u32,
    /// The number of suppliers that are asked.
    #[schema(example = 8)]
    of: u32,
}

/// The data of the terminal event: the last event, and the only one without a name.
#[derive(ToSchema)]
pub(crate) struct TerminalEvent {
    search_id: SearchId,
    /// `completed` if at least one supplier answered, even without offers; `failed` if none did; or `cancelled`.
    #[schema(example = "completed", pattern = "^(completed|failed|cancelled)$")]
    status: String,
    /// The merged offers, cheapest first.
    results: Vec<Offer>,
    /// The number of offers found; `results` may have fewer (`MAX_RESULTS`).
    total: Option<u64>,
    /// Every supplier that was asked, and how it answered.
    suppliers: Option<Vec<SupplierReport>>,
    /// From acceptance to the first supplier's answer, in milliseconds.
    first_answer_ms: Option<u64>,
    /// From acceptance to the end, in milliseconds.
    elapsed_ms: Option<u64>,
    /// Why the search ended before every supplier answered.
    reason: Option<String>,
    /// What a price check found; absent in other searches.
    #[schema(nullable = false)]
    check: Option<CheckResult>,
}

/// One Server-Sent Event. Each property is a line of it.
#[derive(ToSchema)]
pub(crate) struct StreamEvent {
    /// `partial`. The terminal event has no name; clients treat it as `message`.
    #[schema(nullable = false, pattern = "^(message|partial)$", example = "partial")]
    event: Option<String>,
    /// The event's sequence number in its search, from 1.
    #[schema(pattern = "^[0-9]+$", example = "9")]
    id: String,
    /// JSON: a `PartialEvent` if the event is named `partial`, otherwise a `TerminalEvent`.
    #[schema(content_media_type = "application/json")]
    data: String,
}

/// A stream without options.
pub(crate) const TERMINAL_EXAMPLE: &str = r#"retry: 1000
id: 9
data: {"search_id":"7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11","status":"completed","results":[{"flight_number":"GA57","price":1500000,"currency":"IDR","carrier":"Garuda Indonesia","origin":"CGK","destination":"DPS","departure":"2025-07-10T06:05:00+07:00","arrival":"2025-07-10T08:55:00+08:00","duration_minutes":110,"stops":0,"suppliers":["GA"]}],"total":1,"suppliers":[{"code":"GA","name":"Garuda Indonesia","status":"ok","elapsed_ms":612,"offers":1}],"first_answer_ms":614,"elapsed_ms":615}

"#;

/// A stream with partials.
pub(crate) const PARTIALS_EXAMPLE: &str = r#"retry: 1000
event: partial
id: 1
data: {"search_id":"7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11","status":"processing","supplier":{"code":"JT","name":"Lion Air","status":"empty","elapsed_ms":420,"offers":0},"results":[],"progress":{"answered":1,"of":1}}

id: 2
data: {"search_id":"7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11","status":"completed","results":[],"total":0,"suppliers":[{"code":"JT","name":"Lion Air","status":"empty","elapsed_ms":420,"offers":0}],"first_answer_ms":422,"elapsed_ms":423}

"#;
