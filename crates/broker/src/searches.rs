//! A search from submission to end: its record, its answers, its deadline.

mod accept;
mod answers;
mod ending;
mod foreign;
mod history;
mod overdue;
mod reading;
mod recent;
mod record;
mod sharing;
mod spans;
mod submit;

use std::time::Duration;

pub use accept::{Acceptance, Durability, InvalidDurability, Lane};
pub use answers::{NewAnswer, Stored};
pub use ending::{Basis, Ended};
pub use overdue::{Limits, Overdue, Reaper};
pub use record::SearchRecord;
pub use sharing::{Sharing, Submission};
pub use submit::Created;
pub(crate) use submit::record_fields;

/// Until this long after its deadline, a search without a record has lost it. Later, the search has ended and its
/// record has expired. Long enough for a worker or a gateway to end the search after Redis was away.
const MIN_RECORD_LIFE: Duration = Duration::from_secs(10);
