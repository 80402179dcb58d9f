use std::fmt;

use super::{Encoding, InvalidEntry, JsonLine, compression, json::Kind};
use crate::{Offer, names::field};

/// Offers as they are written to Redis: a JSON array, perhaps compressed.
#[derive(Clone, PartialEq, Eq)]
pub struct EncodedOffers(Box<[u8]>);

/// Offers as they were read from Redis.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredOffers(JsonLine);

impl EncodedOffers {
    /// Encodes offers.
    #[must_use]
    pub fn of(offers: &[Offer], encoding: Encoding) -> Self {
        Self(encoding.encode(&offers))
    }

    /// The bytes to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether they are compressed.
    #[must_use]
    pub fn is_compressed(&self) -> bool {
        compression::is_compressed(&self.0)
    }
}

impl StoredOffers {
    /// Decodes the value of a field.
    pub(super) fn decode(name: &str, value: Vec<u8>) -> Result<Self, InvalidEntry> {
        compression::line(name, Kind::Array, value).map(Self)
    }

    /// The JSON array.
    #[must_use]
    pub fn json(&self) -> &JsonLine {
        &self.0
    }

    /// The offers.
    pub fn parse(&self) -> Result<Vec<Offer>, InvalidEntry> {
        self.0.parse(field::OFFERS)
    }
}

impl From<JsonLine> for StoredOffers {
    fn from(json: JsonLine) -> Self {
        Self(json)
    }
}

impl fmt::Debug for EncodedOffers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl fmt::Debug for StoredOffers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn offers_are_read_as_they_were_written() {
        let offers = vec![samples::offer(); 20];
        let json = serde_json::to_string(&offers).unwrap();
        for encoding in [Encoding::Json, Encoding::Compressed] {
            let encoded = EncodedOffers::of(&offers, encoding);
            let stored = StoredOffers::decode(field::OFFERS, encoded.as_bytes().to_vec()).unwrap();
            assert_eq!(stored.json().as_str(), json);
            assert_eq!(encoded.is_compressed(), encoding == Encoding::Compressed);
            assert_eq!(stored.parse().unwrap(), offers);
        }
    }

    #[test]
    fn compression_pays() {
        let offers = [samples::round_trip()];
        let [json, compressed] =
            [Encoding::Json, Encoding::Compressed].map(|encoding| EncodedOffers::of(&offers, encoding));
        assert!(compressed.as_bytes().len() * 3 < json.as_bytes().len(), "{compressed:?} of {json:?}");
        assert_eq!(EncodedOffers::of(&[], Encoding::Compressed).as_bytes(), b"[]");
    }
}
