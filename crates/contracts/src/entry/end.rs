use super::{Fields, InvalidEntry, JsonLine, answer::json};
use crate::{EndStatus, SearchStatus, names::field};

/// The end of a search, as stored in its record and in the result log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEnd {
    /// How it ended.
    pub status: EndStatus,
    /// The merged offers, an array.
    pub results: JsonLine,
    /// The terminal event's further fields, an object; absent if the replaced system ended the search.
    pub details: Option<JsonLine>,
}

impl StoredEnd {
    /// Reads the fields of a terminal entry or an ended record.
    ///
    /// Consumers of the replaced system ignore `status` and take an entry with `results` as final. So a missing or
    /// unknown status means `completed`.
    pub fn decode(fields: &mut Fields) -> Result<Self, InvalidEntry> {
        let status = fields.optional(field::STATUS).ok().flatten().and_then(SearchStatus::end);
        let results = json(field::RESULTS, JsonLine::array, fields.take(field::RESULTS))?;
        let details = match fields.take(field::DETAILS) {
            Some(text) => Some(json(field::DETAILS, JsonLine::object, Some(text))?),
            None => None,
        };
        Ok(Self { status: status.unwrap_or(EndStatus::Completed), results, details })
    }
}
