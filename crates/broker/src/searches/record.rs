use contracts::{
    EpochMillis, PriceCheck, SearchQuery, SearchStatus, SupplierCode, SupplierSelection, TraceContext,
    entry::{Fields, InvalidEntry, Job, StoredAnswer, StoredEnd, StoredOneWays},
    names::record,
};

/// The state of a search. The streams only carry changes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchRecord {
    /// The sequence number of the last event.
    pub seq: u64,
    /// The query; unknown if the record was created from an end that the replaced system announced.
    pub query: Option<SearchQuery>,
    /// The suppliers that the search is limited to.
    pub suppliers: SupplierSelection,
    /// The price that is asked for, if it is a price check.
    pub check: Option<Box<PriceCheck>>,
    /// When the search was accepted.
    pub created: Option<EpochMillis>,
    /// When the search ends at the latest.
    pub deadline: Option<EpochMillis>,
    /// When the first answer was stored.
    pub first_answer: Option<EpochMillis>,
    /// When the search ended.
    pub ended: Option<EpochMillis>,
    /// The answers, by sequence number.
    pub answers: Vec<(SupplierCode, StoredAnswer)>,
    /// The trace that the search belongs to, at its submission.
    pub trace: Option<TraceContext>,
    /// The end, once the search has ended.
    pub end: Option<StoredEnd>,
}

impl SearchRecord {
    /// The status of the search.
    #[must_use]
    pub fn status(&self) -> SearchStatus {
        self.end.as_ref().map_or(SearchStatus::Processing, |end| end.status.into())
    }

    /// Decodes a record. Fails only if `status` or `seq` is malformed. Other malformed fields are logged and left out,
    /// such as one supplier's answer.
    pub(crate) fn decode(mut fields: Fields) -> Result<Self, InvalidEntry> {
        let status: SearchStatus = fields.required(record::STATUS)?;
        let end = status.end().map(|_| StoredEnd::decode(&mut fields)).transpose()?;
        let mut answers = Vec::new();
        for (name, value) in fields.pairs() {
            let Ok(name) = std::str::from_utf8(name) else { continue };
            let Some(code) = name.strip_prefix(record::ANSWER_PREFIX) else { continue };
            match (code.parse(), StoredAnswer::decode_stored(name, value)) {
                (Ok(code), Ok(mut answer)) => {
                    let one_ways = fields.get(&format!("{}{code}", record::ONE_WAYS_PREFIX));
                    answer.one_ways = one_ways.map(StoredOneWays::from_record);
                    answers.push((code, answer));
                }
                (_, answer) => {
                    tracing::warn!(field = name, error = ?answer.err(), "a record's answer is malformed");
                }
            }
        }
        answers.sort_by_key(|(_, answer): &(SupplierCode, StoredAnswer)| answer.seq);
        Ok(Self {
            seq: fields.required(record::SEQ)?,
            query: Job::query(&fields).ok(),
            suppliers: lenient(Job::suppliers(&fields).map(Some)).unwrap_or_default(),
            check: lenient(Job::check(&fields)),
            created: lenient(fields.optional(record::CREATED_MS)),
            deadline: lenient(fields.optional(record::DEADLINE_MS)),
            first_answer: lenient(fields.optional(record::FIRST_ANSWER_MS)),
            ended: lenient(fields.optional(record::ENDED_MS)),
            answers,
            trace: fields.trace(),
            end,
        })
    }
}

/// Logs an error, and treats the field as missing.
fn lenient<T>(field: Result<Option<T>, InvalidEntry>) -> Option<T> {
    field.inspect_err(|error| tracing::warn!(%error, "a field of a record is malformed")).ok().flatten()
}
