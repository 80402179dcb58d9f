use crate::Entry;

/// How many bytes one read should have, about.
const WANTED: usize = 512 * 1024;
/// How many entries it has at most: if all of them are suddenly as large as can be, they still come within a read's
/// timeout on a link of 10 MB/s.
const MOST: usize = 64;

/// How many entries of a stream to read at once. XREAD and XRANGE count entries; what a link and a timeout can bear is
/// bytes. So the count follows the sizes seen, and after a read that did not end in time it is one.
#[derive(Debug)]
pub(crate) struct Pace {
    count: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self { count: 1 }
    }
}

impl Pace {
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// These were read.
    pub(crate) fn read(&mut self, entries: &[Entry]) {
        if let Some(largest) = entries.iter().map(Entry::bytes).max() {
            let fitting = (WANTED / largest.max(1)).clamp(1, MOST);
            self.count = fitting.min(self.count * 2);
        }
    }

    /// A read did not end in time.
    pub(crate) fn stalled(&mut self) {
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
    fn follows_the_largest_entry_seen() {
        let mut pace = Pace::default();
        for _ in 0..10 {
            pace.read(&[entry(100), entry(1000)]);
        }
        assert_eq!(pace.count(), MOST);
        pace.read(&[entry(100), entry(WANTED / 3), entry(100)]);
        assert_eq!(pace.count(), 3);
        pace.read(&[entry(10 * WANTED)]);
        assert_eq!(pace.count(), 1);
        pace.read(&[]);
        pace.read(&[entry(100)]);
        assert_eq!(pace.count(), 2);
        pace.stalled();
        assert_eq!(pace.count(), 1);
    }
}
