//! Finds the list of offers in a JSON document that arrives byte by byte.

use super::json_pointer::Token;

/// The longest key that is compared, in bytes of JSON. A longer key never matches.
const MAX_KEY_BYTES: usize = 1024;

/// Follows a JSON Pointer through a document.
///
/// Values outside the pointer's path are skipped: only their brackets are counted.
pub(super) struct ListFinder<'a> {
    tokens: &'a [Token],
    /// The open objects and arrays on the pointer's path, from the root.
    path: Vec<Part>,
    /// The number of open objects and arrays that are being skipped.
    skipped_depth: usize,
}

/// Which part of an object or array is being read.
enum Part {
    /// A key of an object, as far as it has been read.
    Key(Vec<u8>),
    /// A value of an object, and whether its key is on the pointer's path.
    Value(bool),
    /// The element of an array with this index.
    Element(usize),
}

/// The state after a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// The list has not started yet.
    Searching,
    /// The list starts, inside this many objects and arrays.
    ListStarts(usize),
    /// The document has ended without the list.
    DocumentEnds,
}

/// A byte that is invalid JSON at this position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UnexpectedByte;

impl<'a> ListFinder<'a> {
    pub(super) fn new(tokens: &'a [Token]) -> Self {
        Self { tokens, path: Vec::new(), skipped_depth: 0 }
    }

    /// Reads a byte of a string, quotes included.
    pub(super) fn string_byte(&mut self, byte: u8) -> Result<(), UnexpectedByte> {
        match self.path.last_mut() {
            Some(Part::Key(key)) if self.skipped_depth == 0 && key.len() <= MAX_KEY_BYTES => key.push(byte),
            None if self.skipped_depth == 0 => return Err(UnexpectedByte),
            _ => {}
        }
        Ok(())
    }

    /// Reads a byte outside strings.
    pub(super) fn byte(&mut self, byte: u8) -> Result<Progress, UnexpectedByte> {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => {}
            b'{' | b'[' => return Ok(self.open(byte == b'[')),
            _ if self.skipped_depth == 0 && self.path.is_empty() => return Err(UnexpectedByte),
            b'}' | b']' => return Ok(self.close()),
            b',' if self.skipped_depth == 0 => self.next_part(),
            b':' if self.skipped_depth == 0 => self.value(),
            _ => {}
        }
        Ok(Progress::Searching)
    }

    fn open(&mut self, is_array: bool) -> Progress {
        if self.skipped_depth > 0 || !self.is_on_path() {
            self.skipped_depth += 1;
        } else if self.path.len() < self.tokens.len() {
            self.path.push(if is_array { Part::Element(0) } else { Part::Key(Vec::new()) });
        } else if is_array {
            return Progress::ListStarts(self.path.len());
        } else {
            self.skipped_depth += 1;
        }
        Progress::Searching
    }

    fn close(&mut self) -> Progress {
        if self.skipped_depth > 0 {
            self.skipped_depth -= 1;
        } else {
            self.path.pop();
        }
        if self.skipped_depth == 0 && self.path.is_empty() {
            Progress::DocumentEnds
        } else {
            Progress::Searching
        }
    }

    fn next_part(&mut self) {
        match self.path.last_mut() {
            Some(Part::Element(index)) => *index += 1,
            Some(part) => *part = Part::Key(Vec::new()),
            None => {}
        }
    }

    fn value(&mut self) {
        let token = self.path.len().checked_sub(1).and_then(|at| self.tokens.get(at));
        if let (Some(part), Some(token)) = (self.path.last_mut(), token)
            && let Part::Key(key) = part
        {
            *part = Part::Value(token.matches_json_key(key));
        }
    }

    /// Whether the value that starts now is on the pointer's path.
    fn is_on_path(&self) -> bool {
        let Some(at) = self.path.len().checked_sub(1) else { return true };
        match (self.path.get(at), self.tokens.get(at)) {
            (Some(Part::Value(is_on_path)), _) => *is_on_path,
            (Some(Part::Element(index)), Some(token)) => token.matches_index(*index),
            _ => false,
        }
    }
}
