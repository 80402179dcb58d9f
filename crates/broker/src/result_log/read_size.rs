use crate::Entry;

/// The target size of a read, in bytes.
const TARGET_BYTES: usize = 512 * 1024;
/// The most entries in a read. Even if all suddenly have the maximum size, they arrive within the timeout at 10 MB/s.
const MAX_ENTRIES: usize = 64;

/// How many entries to read at once.
///
/// XREAD and XRANGE take a number of entries, but the time that a read takes depends on bytes. So the number follows
/// the size of recent entries, and of what is read of records because of them. After a timeout, it is 1.
#[derive(Debug)]
pub(crate) struct ReadSize {
    count: usize,
}

impl Default for ReadSize {
    fn default() -> Self {
        Self { count: 1 }
    }
}

impl ReadSize {
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Adjusts to the size of these entries.
    pub(crate) fn adjust(&mut self, entries: &[Entry]) {
        if let Some(largest) = entries.iter().map(Entry::bytes).max() {
            let fits = (TARGET_BYTES / largest.max(1)).clamp(1, MAX_ENTRIES);
            self.count = fits.min(self.count * 2);
        }
    }

    /// Starts over at 1 after a timeout.
    pub(crate) fn reset(&mut self) {
        self.count = 1;
    }
}

#[cfg(test)]
mod tests {
    use contracts::entry::Fields;

    use super::*;
    use crate::EntryId;

    fn entry(bytes: usize) -> Entry {
        let fields = Fields::from(vec![(Vec::new(), vec![0; bytes])]);
        Entry { id: EntryId::default(), fields: Some(fields) }
    }

    #[test]
    fn follows_the_largest_recent_entry() {
        let mut size = ReadSize::default();
        for _ in 0..10 {
            size.adjust(&[entry(100), entry(1000)]);
        }
        assert_eq!(size.count(), MAX_ENTRIES);
        size.adjust(&[entry(100), entry(TARGET_BYTES / 3), entry(100)]);
        assert_eq!(size.count(), 3);
        size.adjust(&[entry(10 * TARGET_BYTES)]);
        assert_eq!(size.count(), 1);
        size.adjust(&[]);
        size.adjust(&[entry(100)]);
        assert_eq!(size.count(), 2);
        size.reset();
        assert_eq!(size.count(), 1);
    }
}
