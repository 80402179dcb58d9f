//! JSON of offers and of what belongs to them as it is stored: compressed, with a dictionary.

use std::borrow::Cow;

use serde::Serialize;
use zstd::{
    bulk::{Compressor, Decompressor},
    zstd_safe::{CParameter, get_frame_content_size},
};

use super::{InvalidEntry, JsonLine, json::Kind};
use crate::MAX_OFFERS_BYTES;

/// How offers, and the details of an end, are written. Either way is always read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// As JSON. Older gateways read nothing else.
    #[default]
    Json,
    /// As a frame of zstd (RFC 8878) with a dictionary of this crate: offers take about a fifteenth of their size. JSON below
    /// 512 bytes is not compressed.
    Compressed,
}

/// Offers as they are written. What is compressed refers to it, so that even the names of the first offer's fields take
/// hardly any space: with it, a seller's answer takes a quarter less.
///
/// **Never change it**: what was compressed with it can't be read without it. A frame's checksum shows if it differs.
const DICTIONARY: &[u8] = include_bytes!("offers.dictionary.json");
/// Shorter JSON is written as it is: compression would save little.
const MIN_COMPRESSED: usize = 512;
/// Redis' memory runs out before workers' CPU time does. Level 1 takes a third of the time, and 10 % more memory.
const LEVEL: i32 = 7;
/// How many bytes must be alike to refer to them. What offers have in common is long: not looking for less saves space and
/// time.
const MIN_MATCH: u32 = 6;
/// The most that is decompressed. Offers are at most [`MAX_OFFERS_BYTES`] when they are written, and a later version may
/// add to them.
const MAX_JSON_BYTES: usize = 2 * MAX_OFFERS_BYTES;
/// How a frame of zstd begins. JSON begins otherwise.
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

impl Encoding {
    /// What is stored of `value`, which is plain data of this crate.
    pub(super) fn encode(self, value: &impl Serialize) -> Box<[u8]> {
        // Writing can't fail: no type of this crate refuses it.
        let json = serde_json::to_vec(value).unwrap_or_default();
        match self {
            Self::Json => json.into(),
            Self::Compressed => compressed_if_long(json),
        }
    }
}

/// Whether a stored value is compressed.
pub(super) fn is_compressed(value: &[u8]) -> bool {
    value.starts_with(&MAGIC)
}

fn compressed_if_long(json: Vec<u8>) -> Box<[u8]> {
    if json.len() < MIN_COMPRESSED {
        return json.into();
    }
    // It fails only if there is no memory.
    compress(&json).map_or_else(|_| json.into(), Into::into)
}

/// The JSON in the value of the field `name`, compressed or not, on one line. Of compressed JSON only what keeps an event on
/// one line is checked, not the syntax: that takes ten times as long as decompressing, and only this system writes it.
pub(super) fn line(name: &str, kind: Kind, value: Vec<u8>) -> Result<JsonLine, InvalidEntry> {
    let line = if is_compressed(&value) {
        JsonLine::own(kind, decompress(name, &value)?)
    } else {
        JsonLine::checked(kind, value)
    };
    line.map_err(|error| InvalidEntry::new(name, error.to_string()))
}

/// The JSON in the value of the field `name`, compressed or not.
pub(super) fn decompressed<'a>(name: &str, value: &'a [u8]) -> Result<Cow<'a, [u8]>, InvalidEntry> {
    if is_compressed(value) { decompress(name, value).map(Cow::Owned) } else { Ok(Cow::Borrowed(value)) }
}

/// The JSON in a frame of zstd, the value of the field `name`.
fn decompress(name: &str, frame: &[u8]) -> Result<Vec<u8>, InvalidEntry> {
    let length = get_frame_content_size(frame).ok().flatten().and_then(|length| usize::try_from(length).ok());
    let Some(length @ ..=MAX_JSON_BYTES) = length else {
        return Err(InvalidEntry::new(name, "is compressed, and too large or of unknown size"));
    };
    Decompressor::with_dictionary(DICTIONARY)
        .and_then(|mut decompressor| decompressor.decompress(frame, length))
        .map_err(|_| InvalidEntry::new(name, "can't be decompressed"))
}

fn compress(json: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut compressor = Compressor::with_dictionary(LEVEL, DICTIONARY)?;
    compressor.set_parameter(CParameter::MinMatch(MIN_MATCH))?;
    compressor.include_checksum(true)?;
    compressor.compress(json)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Offer, entry::StoredOffers};

    fn decode(bytes: &[u8]) -> Result<StoredOffers, InvalidEntry> {
        StoredOffers::decode("offers", bytes.to_vec())
    }

    fn problem(bytes: &[u8]) -> String {
        decode(bytes).unwrap_err().to_string()
    }

    #[test]
    fn the_dictionary_is_as_offers_are_written() {
        let offers: Vec<Offer> = serde_json::from_slice(DICTIONARY).unwrap();
        assert_eq!(serde_json::to_string(&offers).unwrap().as_bytes(), DICTIONARY);
    }

    #[test]
    fn what_an_earlier_version_compressed_is_read() {
        let stored = include_bytes!("offers.sample.zst");
        let mut offers: Vec<Offer> = serde_json::from_slice(DICTIONARY).unwrap();
        offers.reverse();
        assert_eq!(decode(stored).unwrap().parse().unwrap(), offers);
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(problem(&MAGIC), "field \"offers\" is compressed, and too large or of unknown size");
        let json = [DICTIONARY; 2].concat();
        let frame = compress(&json).unwrap();
        assert_eq!(problem(&frame[..frame.len() - 1]), "field \"offers\" can't be decompressed");
        let other_dictionary = DICTIONARY.to_ascii_lowercase();
        let mut compressor = Compressor::with_dictionary(LEVEL, &other_dictionary).unwrap();
        compressor.include_checksum(true).unwrap();
        let frame = compressor.compress(&other_dictionary).unwrap();
        assert_eq!(problem(&frame), "field \"offers\" can't be decompressed");
        let large = compress(&vec![b' '; MAX_JSON_BYTES + 1]).unwrap();
        assert_eq!(problem(&large), "field \"offers\" is compressed, and too large or of unknown size");
        for json in ["{}", "[1\n]", "[", ""] {
            assert!(decode(&compress(json.as_bytes()).unwrap()).is_err(), "{json:?}");
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
