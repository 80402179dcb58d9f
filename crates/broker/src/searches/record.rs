use contracts::{
    EpochMillis, SearchQuery, SearchStatus, SupplierCode, SupplierSelection,
    entry::{Fields, InvalidEntry, Job, StoredAnswer, StoredEnd},
    names::record,
};

/// All that is known of a search: the state machine of which the streams only carry news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchRecord {
    /// How far its story is: the place of the last event.
    pub seq: u64,
    /// What is searched; unknown where the record had to be made anew from a result alone.
    pub query: Option<SearchQuery>,
    /// The suppliers it is limited to.
    pub suppliers: SupplierSelection,
    /// When it was accepted.
    pub created: Option<EpochMillis>,
    /// When it ends at the latest.
    pub deadline: Option<EpochMillis>,
    /// When the first supplier's answer was stored.
    pub first_answer: Option<EpochMillis>,
    /// When it ended.
    pub ended: Option<EpochMillis>,
    /// The suppliers' answers, by their place in the story.
    pub answers: Vec<(SupplierCode, StoredAnswer)>,
    /// Its end, if it has ended.
    pub end: Option<StoredEnd>,
}

impl SearchRecord {
    /// Where the search stands.
    #[must_use]
    pub fn status(&self) -> SearchStatus {
        self.end.as_ref().map_or(SearchStatus::Processing, |end| end.status.into())
    }

    /// Reads a hash. What can't be read of it is left out and logged, but for the two fields without which it is no
    /// record: one supplier's answer, or a field that another version wrote, does not make the rest unreadable.
    pub(crate) fn decode(mut fields: Fields) -> Result<Self, InvalidEntry> {
        let status: SearchStatus = fields.required(record::STATUS)?;
        let end = status.end().map(|_| StoredEnd::decode(&mut fields)).transpose()?;
        let mut answers = Vec::new();
        for (name, value) in fields.pairs() {
            let Ok(name) = std::str::from_utf8(name) else { continue };
            let Some(code) = name.strip_prefix(record::ANSWER_PREFIX) else { continue };
            match (code.parse(), StoredAnswer::decode_stored(name, value)) {
                (Ok(code), Ok(answer)) => answers.push((code, answer)),
                (_, answer) => {
                    tracing::warn!(field = name, error = ?answer.err(), "a record's answer is malformed");
                }
            }
        }
        answers.sort_by_key(|(_, answer): &(SupplierCode, StoredAnswer)| answer.seq);
        Ok(Self {
            seq: fields.required(record::SEQ)?,
            query: Job::query(&fields).ok(),
            suppliers: known(Job::suppliers(&fields).map(Some)).unwrap_or_default(),
            created: known(fields.optional(record::CREATED_MS)),
            deadline: known(fields.optional(record::DEADLINE_MS)),
            first_answer: known(fields.optional(record::FIRST_ANSWER_MS)),
            ended: known(fields.optional(record::ENDED_MS)),
            answers,
            end,
        })
    }
}

/// A field that is good to know, if it can be read.
fn known<T>(field: Result<Option<T>, InvalidEntry>) -> Option<T> {
    field.inspect_err(|error| tracing::warn!(%error, "a field of a record is malformed")).ok().flatten()
}
