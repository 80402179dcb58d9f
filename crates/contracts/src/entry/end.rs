use super::{
    Encoding, Fields, InvalidEntry, JsonLine, StoredOffers, answer::required, compression, json::Kind,
};
use crate::{EndStatus, SearchStatus, names::field, outcome::Details};

/// The terminal event's further fields as they are written to Redis: a JSON object, perhaps compressed.
#[derive(Clone, PartialEq, Eq)]
pub struct EncodedDetails(Box<[u8]>);

impl EncodedDetails {
    /// Encodes details.
    #[must_use]
    pub fn of(details: &Details, encoding: Encoding) -> Self {
        Self(encoding.encode(details))
    }

    /// The bytes to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Reads details that were stored.
    pub fn decode(value: Vec<u8>) -> Result<JsonLine, InvalidEntry> {
        compression::line(field::DETAILS, Kind::Object, value)
    }
}

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
        let details = fields.take(field::DETAILS).map(EncodedDetails::decode).transpose()?;
        Ok(Self { status: status.unwrap_or(EndStatus::Completed), results, details })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        EpochMillis, SupplierReport,
        outcome::{Outcome, Ranking, Times},
    };

    #[test]
    fn details_are_read_as_they_were_written() {
        let report = r#"{"code":"GA","name":"Garuda Indonesia","status":"ok","elapsed_ms":612,"offers":6}"#;
        let report: SupplierReport = serde_json::from_str(report).unwrap();
        let mut details = Outcome::of(
            Vec::new(),
            Times { created: EpochMillis(0), first_answer: None, ended: EpochMillis(0) },
            Ranking::default(),
        )
        .details;
        details.suppliers = vec![report; 10];
        let json = serde_json::to_string(&details).unwrap();
        for (encoding, most) in [(Encoding::Json, json.len()), (Encoding::Compressed, json.len() / 3)] {
            let stored = EncodedDetails::of(&details, encoding);
            assert!(stored.as_bytes().len() <= most, "{encoding:?}");
            assert_eq!(EncodedDetails::decode(stored.as_bytes().to_vec()).unwrap().as_str(), json);
        }
    }

    #[test]
    fn wrong_details_are_named() {
        let in_an_array = Encoding::Compressed.encode(&vec!["details"; 100]);
        for wrong in [b"[]".to_vec(), b"{".to_vec(), in_an_array.into()] {
            let error = EncodedDetails::decode(wrong).unwrap_err().to_string();
            assert_eq!(error, "field \"details\" must be a JSON object");
        }
    }
}
