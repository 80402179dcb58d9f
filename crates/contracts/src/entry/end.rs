use super::{
    Fields, InvalidEntry, JsonLine, StoredOffers,
    answer::{json, required},
};
use crate::{EndStatus, SearchStatus, names::field};

/// The end of a search, as stored in its record and in the result log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEnd {
    /// How it ended.
    pub status: EndStatus,
    /// The merged offers.
    pub results: StoredOffers,
    /// The terminal event's further fields, an object; absent if the replaced system ended the search.
    pub details: Option<JsonLine>,
}

impl StoredEnd {
    /// Reads the fields of a terminal entry or an ended record. If an entry has `offers`, then its `results` are only what
    /// the replaced system reads of them.
    ///
    /// Consumers of the replaced system ignore `status` and take an entry with `results` as final. So a missing or
    /// unknown status means `completed`.
    pub fn decode(fields: &mut Fields) -> Result<Self, InvalidEntry> {
        let status = fields.optional(field::STATUS).ok().flatten().and_then(SearchStatus::end);
        let name = if fields.get(field::OFFERS).is_some() { field::OFFERS } else { field::RESULTS };
        let results = StoredOffers::decode(name, required(name, fields.take(name))?)?;
        let details = match fields.take(field::DETAILS) {
            Some(text) => Some(json(field::DETAILS, JsonLine::object, Some(text))?),
            None => None,
        };
        Ok(Self { status: status.unwrap_or(EndStatus::Completed), results, details })
    }
}
