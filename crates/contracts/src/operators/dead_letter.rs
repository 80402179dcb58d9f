use serde::{Deserialize, Serialize};

use crate::{EpochMillis, SearchId};

/// Dead letters, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetterPage {
    /// How many there are in all.
    pub total: u64,
    /// Some of them.
    pub dead_letters: Vec<DeadLetter>,
    /// The next page is `?before=<this>`; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next: Option<String>,
}

/// A job that was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Its entry id.
    pub entry: String,
    /// When it was buried.
    pub buried_at: EpochMillis,
    /// Why.
    pub reason: String,
    /// Its search, if that can be read.
    pub search_id: Option<SearchId>,
    /// The fields of the job, without the reason; cut where they are long.
    pub fields: Vec<JobField>,
}

/// A field of a job. Bytes that are not UTF-8 are replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobField {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Whether the value is longer than what is shown.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub is_cut: bool,
}

/// What became of a dead letter that was replayed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replayed {
    /// The search that runs now.
    pub search_id: SearchId,
    /// Whether it is a new search, because that of the dead letter has ended. Otherwise the same search goes on.
    pub is_new: bool,
    /// The id of the job's new entry.
    pub job: String,
}
