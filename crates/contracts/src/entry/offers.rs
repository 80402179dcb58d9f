use std::fmt;

use super::{InvalidEntry, JsonLine, compression, json::NotJson};
use crate::{Offer, names::field};

/// How offers are written. Either way is always read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// As JSON. Older gateways read nothing else.
    #[default]
    Json,
    /// As a frame of zstd (RFC 8878) with a dictionary of this crate: about a fifteenth of its size. JSON below 512 bytes is
    /// not compressed.
    Compressed,
}

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
        // Writing can't fail: offers are plain data.
        let json = serde_json::to_vec(offers).unwrap_or_else(|_| b"[]".to_vec());
        match encoding {
            Encoding::Json => Self(json.into()),
            Encoding::Compressed => Self(compression::compressed_if_long(json)),
        }
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
    /// Decodes the value of a field. Of compressed JSON only what keeps an event on one line is checked, not the syntax:
    /// that takes ten times as long as decompressing, and only this system's workers write it.
    pub(super) fn decode(name: &str, value: Vec<u8>) -> Result<Self, InvalidEntry> {
        let invalid = |error: NotJson| InvalidEntry::new(name, error.to_string());
        if !compression::is_compressed(&value) {
            return JsonLine::array(value).map(Self).map_err(invalid);
        }
        JsonLine::own_array(compression::decompress(name, &value)?).map(Self).map_err(invalid)
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
