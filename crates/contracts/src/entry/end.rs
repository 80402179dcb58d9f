use super::{Fields, InvalidEntry, JsonLine, answer::json};
use crate::{EndStatus, SearchStatus, names::field};

/// The end of a search as it is stored and announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEnd {
    /// How it ended.
    pub status: EndStatus,
    /// The merged offers, an array.
    pub results: JsonLine,
    /// The terminal event's further fields, an object; absent where the replaced system ended the search.
    pub details: Option<JsonLine>,
}

impl StoredEnd {
    /// Reads the fields of a terminal entry or an ended record.
    ///
    /// Consumers of the replaced system take whatever has `results` as final and never look at `status`, so a
    /// missing or unknown one counts as `completed` here: the offers are there.
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
