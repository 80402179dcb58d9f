//! Names of streams, groups, keys and fields in Redis. The first three come from the replaced system.

use crate::{Fingerprint, IdempotencyKey, SearchId};

/// Jobs: one entry for each search in the queue or in progress.
pub const REQUESTED_STREAM: &str = "flight.search.requested";
/// The result log: every partial and terminal event, those with long offers only announced, trimmed by age.
pub const RESULTS_STREAM: &str = "flight.search.results";
/// The workers' consumer group on [`REQUESTED_STREAM`].
pub const CONSUMER_GROUP: &str = "search-processors";
/// Dead letters: jobs that can't be decoded or were delivered more than three times, with the reason.
pub const DEAD_STREAM: &str = "flight.search.dead";
/// Cancelled searches, for the workers that have their jobs.
pub const CANCELLED_STREAM: &str = "flight.search.cancelled";
/// Open searches: a sorted set of ids by deadline, in milliseconds since the epoch by Redis' clock.
pub const OPEN_SEARCHES: &str = "flight.search.open";
/// The workers' suppliers, a JSON array of code and name. Workers renew it before it expires.
pub const SUPPLIERS_KEY: &str = "flight.search.suppliers";

/// The gateways: a sorted set of names and versions by the time of their last sign of life, in milliseconds since the
/// epoch by Redis' clock.
pub const GATEWAYS_KEY: &str = "flight.search.gateways";
/// Prefix of the key with a worker's status report, a JSON object. The worker's name follows.
pub const WORKER_PREFIX: &str = "flight.search.worker:";

/// Prefix of a record's key. The search's id follows.
pub const RECORD_PREFIX: &str = "flight.search.record:";

/// The key of a search's record, a hash with the fields of [`record`].
#[must_use]
pub fn record_key(id: SearchId) -> String {
    format!("{RECORD_PREFIX}{id}")
}

/// The key of the search that was submitted with an idempotency key: a hash of `search_id` and `fingerprint`.
#[must_use]
pub fn idempotency_key(key: &IdempotencyKey) -> String {
    format!("flight.search.idempotency:{}", key.digest())
}

/// The key of the latest search with a fingerprint, for equal searches to share. Its value is the id.
#[must_use]
pub fn youngest_key(fingerprint: Fingerprint) -> String {
    format!("flight.search.youngest:{fingerprint}")
}

/// Fields of stream entries.
pub mod field {
    /// The search's id.
    pub const SEARCH_ID: &str = "search_id";
    /// Origin code of a job: of its first slice.
    pub const FROM: &str = "from";
    /// Destination code of a job: of its first slice.
    pub const TO: &str = "to";
    /// Departure date of a job, of its first slice, `YYYY-MM-DD`.
    pub const DATE: &str = "date";
    /// Passengers of a job with a seat, 1 to 9. In a POST body also an object with children and infants.
    pub const PASSENGERS: &str = "passengers";
    /// The passengers of a job with children or infants: JSON as in a POST body. Absent: adults.
    pub const PASSENGER_TYPES: &str = "passenger_types";
    /// The day of the way back in a POST body. A job has [`SLICES`] instead.
    pub const RETURN_DATE: &str = "return_date";
    /// All slices of a job: JSON as in a POST body. Absent if [`FROM`], [`TO`] and [`DATE`] say it all.
    pub const SLICES: &str = "slices";
    /// The cabin of a job. Absent: any.
    pub const CABIN: &str = "cabin";
    /// The most stops of a slice of a job, 0 to 3. Absent: any.
    pub const MAX_STOPS: &str = "max_stops";
    /// The currency of a job, in which offers are ranked. Absent: the default.
    pub const CURRENCY: &str = "currency";
    /// When the search was accepted, milliseconds since the epoch. Not in jobs of the replaced system.
    pub const CREATED_MS: &str = "created_ms";
    /// When the search ends at the latest, milliseconds since the epoch. Not in jobs of the replaced system.
    pub const DEADLINE_MS: &str = "deadline_ms";
    /// The suppliers to ask, codes separated by commas. Absent: all.
    pub const SUPPLIERS: &str = "suppliers";
    /// The price that is to be asked for again: JSON. Only a price check has it.
    pub const CHECK: &str = "check";
    /// The lowest [`DEFINITION_VERSION`](crate::search::DEFINITION_VERSION) of a worker that can process the search.
    /// Absent: 1.
    pub const NEEDS: &str = "needs";
    /// The timeout in a POST body, in milliseconds. A job has [`DEADLINE_MS`] instead.
    pub const TIMEOUT_MS: &str = "timeout_ms";
    /// Terminal status of a result.
    pub const STATUS: &str = "status";
    /// Merged offers of a result, a JSON array. **Its presence makes an entry terminal** for consumers of the
    /// replaced system, so no other entry may have it. If the entry also has [`OFFERS`], these are the same offers with
    /// only the fields that the replaced system reads. In a record, it is the whole offers, perhaps compressed.
    pub const RESULTS: &str = "results";
    /// Sequence number of an event, from 1.
    pub const SEQ: &str = "seq";
    /// Further fields of the terminal event, a JSON object.
    pub const DETAILS: &str = "details";
    /// A supplier's report in a partial entry, a JSON object.
    pub const SUPPLIER: &str = "supplier";
    /// Offers, a JSON array, perhaps compressed ([`Encoding`](crate::entry::Encoding)): a supplier's in a partial entry, the
    /// merged ones in a terminal entry if [`RESULTS`] has not all of them.
    pub const OFFERS: &str = "offers";
    /// Number of suppliers that are asked, in a partial entry.
    pub const OF: &str = "of";
    /// Instead of [`OFFERS`]: they are long, so only the search's record has them
    /// ([`InRecord`](crate::entry::InRecord)). The value is their size in bytes.
    pub const IN_RECORD: &str = "in_record";
    /// The trace that the entry belongs to, as in W3C's header. The span that it names is the one that added the entry.
    /// Absent without a trace.
    pub const TRACEPARENT: &str = "traceparent";
    /// What tracing systems pass along with [`TRACEPARENT`], as in W3C's header. Often absent.
    pub const TRACESTATE: &str = "tracestate";
    /// Why a job is a dead letter.
    pub const REASON: &str = "reason";
    /// The entry id of a dead letter in [`REQUESTED_STREAM`](super::REQUESTED_STREAM).
    pub const ENTRY_ID: &str = "entry_id";
}

/// Fields of [`idempotency_key`].
pub mod idempotency {
    pub use super::field::SEARCH_ID;

    /// The search's fingerprint.
    pub const FINGERPRINT: &str = "fingerprint";
}

/// Fields of a search's record. Those of the job have the names in [`field`].
pub mod record {
    pub use super::field::{
        CREATED_MS, DATE, DEADLINE_MS, DETAILS, FROM, PASSENGERS, RESULTS, SEQ, STATUS, SUPPLIERS, TO,
    };

    /// The job's current entry after a hand-back. A worker with another entry is no longer the owner.
    pub const ENTRY: &str = "entry";
    /// When the search ended, milliseconds since the epoch.
    pub const ENDED_MS: &str = "ended_ms";
    /// When the first supplier's answer was stored, milliseconds since the epoch.
    pub const FIRST_ANSWER_MS: &str = "first_answer_ms";
    /// Number of clients that share the search, without the one that submitted it and those that have left. Absent: none.
    /// -1: the last one has left, and the search is about to be cancelled.
    pub const SHARERS: &str = "sharers";
    /// Prefix of a supplier's answer. The supplier's code follows. The value is four lines: `seq`, `of`, the report and
    /// the offers.
    pub const ANSWER_PREFIX: &str = "supplier:";
    /// Prefix of the one-ways that a supplier's pairs are made of, JSON, perhaps compressed. The supplier's code follows.
    /// Absent unless the supplier was asked for each way of a return. Versions before this ignore them.
    pub const ONE_WAYS_PREFIX: &str = "one_ways:";
}
