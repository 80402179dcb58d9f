//! Stream entries and records in Redis, and their decoders. An error names the invalid field. No input causes a panic.

mod answer;
mod compression;
mod end;
mod fields;
mod flat_offers;
mod in_record;
mod job;
mod json;
mod offers;
mod one_ways;
mod result_entry;

pub use answer::StoredAnswer;
pub use compression::Encoding;
pub use end::{EncodedDetails, StoredEnd};
pub use fields::{Fields, InvalidEntry};
pub use flat_offers::flat_results;
pub use in_record::InRecord;
pub use job::{Job, JobTimes};
pub use json::JsonLine;
pub use offers::{EncodedOffers, StoredOffers};
pub use one_ways::StoredOneWays;
pub use result_entry::ResultEntry;
