//! Shapes of JSON that no one type of the program stands for: they are read field by field, or written by hand.
#![expect(dead_code, reason = "these types are only there to be described")]

use contracts::{
    IataCode, Offer, Passengers, SearchId, SearchStatus, SupplierListing, SupplierReport, TravelDate,
    envelope::Warning,
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

/// Where a search stands, and what has come so far.
#[derive(ToSchema)]
#[schema(as = SearchState)]
pub(crate) struct SearchStateBody {
    search_id: SearchId,
    status: SearchStatus,
    from: Option<IataCode>,
    to: Option<IataCode>,
    date: Option<TravelDate>,
    passengers: Option<Passengers>,
    /// Who is asked, for showing whose answer is still to come; nobody while no worker has said who there is.
    asked: Vec<SupplierListing>,
    /// The offers, the cheapest first: final ones, or merged as far as they have come.
    results: Vec<Offer>,
    /// How many offers there were before the cap.
    total: Option<u64>,
    /// Every supplier that has answered, with its outcome; of an ended search every one that was asked.
    suppliers: Option<Vec<SupplierReport>>,
    /// From acceptance to the first supplier's answer, in milliseconds.
    first_answer_ms: Option<u64>,
    /// From acceptance to the end, or to now, in milliseconds.
    elapsed_ms: Option<u64>,
    /// Why the search ended otherwise than by all suppliers having been heard.
    reason: Option<String>,
    /// When the search was accepted, in UTC.
    #[schema(required, format = DateTime, example = "2025-07-01T09:30:00.125Z")]
    created_at: Option<String>,
    /// When it ends at the latest, in UTC.
    #[schema(required, format = DateTime, example = "2025-07-01T09:31:00.125Z")]
    deadline_at: Option<String>,
    /// When the first supplier's answer was stored, in UTC.
    #[schema(required, format = DateTime, example = "2025-07-01T09:30:00.604Z")]
    first_answer_at: Option<String>,
    /// When it ended, in UTC.
    #[schema(required, format = DateTime, example = "2025-07-01T09:30:06.250Z")]
    ended_at: Option<String>,
    /// What keeps it from going on, such as `no_worker`; absent where nothing does.
    #[schema(nullable = false, required = false)]
    warnings: Vec<Warning>,
}

/// A place that a text being typed may mean.
#[derive(ToSchema)]
#[schema(as = Place)]
pub(crate) struct PlaceBody {
    code: IataCode,
    /// The airport's name, or the city's.
    #[schema(example = "Soekarno-Hatta International Airport")]
    name: String,
    /// The city's name; empty where the source names none.
    #[schema(example = "Jakarta")]
    city: String,
    /// ISO 3166-1 alpha-2 code.
    #[schema(example = "ID")]
    country: String,
    /// What the code stands for: one airport, or all airports of a city.
    #[schema(pattern = "^(airport|city)$", example = "airport")]
    kind: String,
}

/// The data of an event named `partial`: one supplier has answered.
#[derive(ToSchema)]
pub(crate) struct PartialEvent {
    search_id: SearchId,
    /// `processing`.
    #[schema(example = "processing", pattern = "^processing$")]
    status: String,
    supplier: SupplierReport,
    /// That supplier's offers.
    results: Vec<Offer>,
    progress: Progress,
}

/// How far a search is.
#[derive(ToSchema)]
pub(crate) struct Progress {
    /// How many suppliers have answered.
    #[schema(example = 3)]
    answered: u32,
    /// How many are asked.
    #[schema(example = 8)]
    of: u32,
}

/// The data of the terminal event, the only one without a name, and the last.
#[derive(ToSchema)]
pub(crate) struct TerminalEvent {
    search_id: SearchId,
    /// `completed` if at least one supplier answered, be it with nothing; `failed` if none did; or `cancelled`.
    #[schema(example = "completed", pattern = "^(completed|failed|cancelled)$")]
    status: String,
    /// The merged offers, the cheapest first.
    results: Vec<Offer>,
    /// How many offers there were before the cap.
    total: Option<u64>,
    /// Every supplier that was asked, with its outcome.
    suppliers: Option<Vec<SupplierReport>>,
    /// From acceptance to the first supplier's answer, in milliseconds.
    first_answer_ms: Option<u64>,
    /// From acceptance to the end, in milliseconds.
    elapsed_ms: Option<u64>,
    /// Why the search ended otherwise than by all suppliers having been heard.
    reason: Option<String>,
}

/// A switch in a query.
pub(crate) struct Partials;

impl ToSchema for Partials {}

impl PartialSchema for Partials {
    fn schema() -> RefOr<Schema> {
        let values = ["true", "1", "", "false", "0"];
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(values)).build().into()
    }
}

/// One event of a stream, by the names of its lines.
#[derive(ToSchema)]
pub(crate) struct StreamEvent {
    /// `partial`; the terminal event has no name, which readers take for `message`.
    #[schema(nullable = false, pattern = "^(message|partial)$", example = "partial")]
    event: Option<String>,
    /// The event's place in the search's story, from 1.
    #[schema(pattern = "^[0-9]+$", example = "9")]
    id: String,
    /// JSON: a `PartialEvent`, or without a name a `TerminalEvent`.
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
