use std::{borrow::Cow, fmt};

use zstd::zstd_safe::get_frame_content_size;

use super::{InvalidEntry, JsonLine, json::NotJson};
use crate::{MAX_OFFERS_BYTES, Offer, names::field};

/// Shorter JSON is written as it is: compression would save little.
const MIN_COMPRESSED: usize = 512;
/// Offers are alike: higher levels save a tenth more and take ten times as long.
const LEVEL: i32 = 1;
/// The most that is decompressed. Offers are at most [`MAX_OFFERS_BYTES`] when they are written, and a later version may
/// add to them.
const MAX_JSON_BYTES: usize = 2 * MAX_OFFERS_BYTES;
/// How a frame of zstd begins. JSON begins otherwise.
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// How offers are written. Either way is always read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// As JSON. Older gateways read nothing else.
    #[default]
    Json,
    /// As a frame of zstd (RFC 8878) that contains the JSON and says how long it is: about a tenth of its size. JSON below
    /// 512 bytes is not compressed.
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
            Encoding::Compressed => Self(compressed_if_long(json)),
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
        self.0.starts_with(&MAGIC)
    }
}

impl StoredOffers {
    /// Decodes the value of a field. Of compressed JSON only what keeps an event on one line is checked, not the syntax:
    /// that takes ten times as long as decompressing, and only this system's workers write it.
    pub(super) fn decode(name: &str, value: Vec<u8>) -> Result<Self, InvalidEntry> {
        let invalid = |error: NotJson| InvalidEntry::new(name, error.to_string());
        if !value.starts_with(&MAGIC) {
            return JsonLine::array(value).map(Self).map_err(invalid);
        }
        JsonLine::own_array(decompress(name, &value)?).map(Self).map_err(invalid)
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

/// JSON as it is stored.
pub(super) fn compressed_if_long(json: Vec<u8>) -> Box<[u8]> {
    if json.len() < MIN_COMPRESSED {
        return json.into();
    }
    // It fails only if there is no memory.
    zstd::bulk::compress(&json, LEVEL).map_or_else(|_| json.into(), Into::into)
}

/// The JSON in the value of the field `name`, compressed or not.
pub(super) fn decompressed<'a>(name: &str, value: &'a [u8]) -> Result<Cow<'a, [u8]>, InvalidEntry> {
    if value.starts_with(&MAGIC) { decompress(name, value).map(Cow::Owned) } else { Ok(Cow::Borrowed(value)) }
}

/// The JSON in a frame of zstd, the value of the field `name`.
fn decompress(name: &str, frame: &[u8]) -> Result<Vec<u8>, InvalidEntry> {
    let length = get_frame_content_size(frame).ok().flatten().and_then(|length| usize::try_from(length).ok());
    let Some(length @ ..=MAX_JSON_BYTES) = length else {
        return Err(InvalidEntry::new(name, "is compressed, and too large or of unknown size"));
    };
    zstd::bulk::decompress(frame, length).map_err(|_| InvalidEntry::new(name, "can't be decompressed"))
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
    use proptest::prelude::*;

    use super::*;
    use crate::samples;

    fn decode(bytes: &[u8]) -> Result<StoredOffers, InvalidEntry> {
        StoredOffers::decode(field::OFFERS, bytes.to_vec())
    }

    fn problem(bytes: &[u8]) -> String {
        decode(bytes).unwrap_err().to_string()
    }

    #[test]
    fn offers_are_read_as_they_were_written() {
        let offers = vec![samples::offer(); 20];
        let json = serde_json::to_string(&offers).unwrap();
        for encoding in [Encoding::Json, Encoding::Compressed] {
            let encoded = EncodedOffers::of(&offers, encoding);
            let stored = decode(encoded.as_bytes()).unwrap();
            assert_eq!(stored.json().as_str(), json);
            assert_eq!(encoded.is_compressed(), encoding == Encoding::Compressed);
            assert_eq!(stored.parse().unwrap(), offers);
        }
    }

    #[test]
    fn compression_pays() {
        let offers = vec![samples::offer(); 20];
        let [json, compressed] =
            [Encoding::Json, Encoding::Compressed].map(|encoding| EncodedOffers::of(&offers, encoding));
        assert!(compressed.as_bytes().len() * 10 < json.as_bytes().len(), "{compressed:?} of {json:?}");
        assert_eq!(EncodedOffers::of(&[], Encoding::Compressed).as_bytes(), b"[]");
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(problem(&MAGIC), "field \"offers\" is compressed, and too large or of unknown size");
        let mut cut = zstd::bulk::compress(&[b' '; 1000], LEVEL).unwrap();
        cut.pop();
        assert_eq!(problem(&cut), "field \"offers\" can't be decompressed");
        let large = zstd::bulk::compress(&vec![b' '; MAX_JSON_BYTES + 1], LEVEL).unwrap();
        assert_eq!(problem(&large), "field \"offers\" is compressed, and too large or of unknown size");
        for json in ["{}", "[1\n]", "[", ""] {
            let frame = zstd::bulk::compress(json.as_bytes(), LEVEL).unwrap();
            assert!(decode(&frame).is_err(), "{json:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = decode(&bytes);
            let _ = decode(&[&MAGIC, bytes.as_slice()].concat());
        }
    }
}
