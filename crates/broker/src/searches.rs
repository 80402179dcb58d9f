//! A search from its submission to its end: its record, its answers, its deadline.

mod accept;
mod answers;
mod ending;
mod foreign;
mod overdue;
mod reading;
mod record;
mod sharing;
mod submit;

use std::time::Duration;

pub use accept::{Acceptance, Durability, InvalidDurability, Lane, Unfit};
pub use answers::{NewAnswer, Stored};
pub use ending::{Basis, Ended};
pub use overdue::{Limits, Overdue, Reaper};
pub use record::SearchRecord;
pub use sharing::{Sharing, Submission};
pub use submit::Created;

/// How long after its deadline a search without a record may still be one whose record Redis has lost. From then on it
/// has ended, and its record has expired. Long enough for a worker or a gateway to end it after Redis was away.
const LOST_WITHIN: Duration = Duration::from_secs(10);
