use std::fmt;

use super::{Encoding, InvalidEntry, compression};
use crate::{names::record, outcome::OneWays};

/// A supplier's one-ways in a record: JSON, compressed if it is long, whatever gateways read. Versions that do not know them
/// do not read them, and an end without them lacks pairs across suppliers.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredOneWays(Box<[u8]>);

impl StoredOneWays {
    /// Encodes one-ways.
    #[must_use]
    pub fn of(one_ways: &OneWays) -> Self {
        Self(Encoding::Compressed.encode(one_ways))
    }

    /// What a record has.
    #[must_use]
    pub fn from_record(value: &[u8]) -> Self {
        Self(value.into())
    }

    /// The bytes to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The one-ways.
    pub fn parse(&self) -> Result<OneWays, InvalidEntry> {
        let json = compression::decompressed(record::ONE_WAYS_PREFIX, &self.0)?;
        serde_json::from_slice(&json)
            .map_err(|error| InvalidEntry::new(record::ONE_WAYS_PREFIX, error.to_string()))
    }
}

impl fmt::Debug for StoredOneWays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::round_trip;

    #[test]
    fn one_ways_are_read_as_they_were_written() {
        let offers = vec![round_trip(); 3];
        for one_ways in [OneWays::default(), OneWays { there: offers.clone(), back: Vec::new() }] {
            let stored = StoredOneWays::of(&one_ways);
            assert_eq!(StoredOneWays::from_record(stored.as_bytes()).parse().unwrap(), one_ways);
        }
        let stored = StoredOneWays::of(&OneWays { there: offers.clone(), back: offers });
        assert!(stored.as_bytes().len() < 1_500, "{stored:?}");
        assert!(StoredOneWays::from_record(b"[").parse().is_err());
    }
}
