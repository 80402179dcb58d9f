use super::{Fields, InvalidEntry, JsonLine, StoredOffers, StoredOneWays};
use crate::{names::field, outcome::Answer};

/// One supplier's answer, as stored in its record and in the result log. The JSON stays as written, so that live and
/// replayed events are identical.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnswer {
    /// Sequence number, from 1. Also the number of suppliers that have answered, because only answers precede the end.
    pub seq: u64,
    /// Number of suppliers that are asked.
    pub of: u32,
    /// The supplier's report, an object.
    pub report: JsonLine,
    /// Its offers.
    pub offers: StoredOffers,
    /// What its pairs are made of, if it sells only one way. Only in a record.
    pub one_ways: Option<StoredOneWays>,
}

impl StoredAnswer {
    /// Reads the fields of a partial entry.
    pub fn decode(fields: &mut Fields) -> Result<Self, InvalidEntry> {
        let seq = fields.required(field::SEQ)?;
        let of = fields.required(field::OF)?;
        let report = json(field::SUPPLIER, JsonLine::object, fields.take(field::SUPPLIER))?;
        let offers = required(field::OFFERS, fields.take(field::OFFERS))?;
        let offers = StoredOffers::decode(field::OFFERS, offers)?;
        Ok(Self { seq, of, report, offers, one_ways: None })
    }

    /// Reads a field of a record: four lines with `seq`, `of`, the report and the offers.
    pub fn decode_stored(name: &str, value: &[u8]) -> Result<Self, InvalidEntry> {
        let mut lines = value.splitn(4, |byte| *byte == b'\n');
        let mut line = || lines.next().ok_or_else(|| InvalidEntry::new(name, "must have four lines"));
        let fields =
            [field::SEQ, field::OF, field::SUPPLIER, field::OFFERS].map(|field| Ok((field, line()?)));
        Self::decode(&mut fields.into_iter().collect::<Result<_, InvalidEntry>>()?)
    }

    /// Parses report and offers. One-ways that can't be read are left out: the answer has its own pairs without them.
    pub fn parse(&self) -> Result<Answer, InvalidEntry> {
        let one_ways = self.one_ways.as_ref().and_then(|stored| stored.parse().ok()).map(Box::new);
        Ok(Answer { report: self.report.parse(field::SUPPLIER)?, offers: self.offers.parse()?, one_ways })
    }
}

pub(super) fn json<E: std::fmt::Display>(
    name: &str,
    parse: impl FnOnce(Vec<u8>) -> Result<JsonLine, E>,
    value: Option<Vec<u8>>,
) -> Result<JsonLine, InvalidEntry> {
    parse(required(name, value)?).map_err(|error| InvalidEntry::new(name, error.to_string()))
}

pub(super) fn required(name: &str, value: Option<Vec<u8>>) -> Result<Vec<u8>, InvalidEntry> {
    value.ok_or_else(|| InvalidEntry::new(name, "is missing"))
}
