//! What stands in the Redis streams, and the way from there to types. Every decoder names the field that is
//! wrong; none of them panics, whatever the entry holds.

mod answer;
mod end;
mod fields;
mod job;
mod json;
mod result_entry;

pub use answer::StoredAnswer;
pub use end::StoredEnd;
pub use fields::{Fields, InvalidEntry};
pub use job::{Job, JobTimes};
pub use json::JsonLine;
pub use result_entry::ResultEntry;
