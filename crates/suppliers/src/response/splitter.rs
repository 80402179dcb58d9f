//! Splits a JSON response into its offers while it arrives.
//!
//! The splitter understands only as much JSON as it needs: strings, brackets, and the keys on the path to the list.
//! It does not validate the rest: the offers are validated when they are parsed, and what is outside the list is
//! skipped.

use super::{
    json_pointer::JsonPointer,
    list_finder::{ListFinder, Progress, UnexpectedByte},
};
use crate::error::ResponseError;

/// One element of the list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Element<'a> {
    /// Its index in the list.
    pub(super) index: usize,
    /// Its JSON, or `None` if it is too long.
    pub(super) json: Option<&'a [u8]>,
}

/// Splits one response.
pub(super) struct Splitter<'a> {
    pointer: &'a JsonPointer,
    max_element_bytes: usize,
    /// The number of bytes in earlier chunks.
    bytes_read: usize,
    string: StringState,
    position: Position<'a>,
    list_found: bool,
    /// The number of complete elements.
    count: usize,
    element: CurrentElement,
}

/// The element that is being read.
#[derive(Default)]
struct CurrentElement {
    has_started: bool,
    /// The number of open objects and arrays in it.
    depth: usize,
    /// The part of it in earlier chunks; empty once it is too long.
    buffer: Vec<u8>,
    is_too_long: bool,
}

/// Where in the document the next byte is.
enum Position<'a> {
    BeforeList(ListFinder<'a>),
    /// In the list, inside this many objects and arrays.
    InList(usize),
    /// After the list, inside this many objects and arrays.
    AfterList(usize),
    /// After the document.
    End,
}

/// Whether the next byte is in a string.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StringState {
    Outside,
    Inside,
    /// After a backslash.
    Escaped,
}

/// What a byte means for the current element.
enum ElementEvent {
    Starts,
    Ends,
    Continues,
}

impl<'a> Splitter<'a> {
    /// Splits the list at `pointer`. Longer elements than `max_element_bytes` are reported without their JSON.
    pub(super) fn new(pointer: &'a JsonPointer, max_element_bytes: usize) -> Self {
        Self {
            pointer,
            max_element_bytes,
            bytes_read: 0,
            string: StringState::Outside,
            position: Position::BeforeList(ListFinder::new(pointer.tokens())),
            list_found: false,
            count: 0,
            element: CurrentElement::default(),
        }
    }

    /// Reads the next chunk and calls `on_element` for each element that ends in it.
    pub(super) fn push(
        &mut self,
        chunk: &[u8],
        mut on_element: impl FnMut(Element<'_>) -> Result<(), ResponseError>,
    ) -> Result<(), ResponseError> {
        let (mut start, mut at) = (0, 0);
        while let Some((byte, rest)) = chunk.get(at..).and_then(<[u8]>::split_first) {
            let event = self
                .step(*byte)
                .map_err(|UnexpectedByte| ResponseError::InvalidJson { at: self.bytes_read + at })?;
            match event {
                ElementEvent::Starts => start = at,
                ElementEvent::Ends => {
                    self.end_element(chunk.get(start..at).unwrap_or_default(), &mut on_element)?;
                }
                ElementEvent::Continues => {}
            }
            at += 1 + self.skippable(rest);
        }
        self.bytes_read += chunk.len();
        if self.element.has_started {
            self.element.append(chunk.get(start..).unwrap_or_default(), self.max_element_bytes);
        }
        Ok(())
    }

    /// Ends the response. An empty body is a response without offers.
    pub(super) fn finish(self) -> Result<(), ResponseError> {
        match self.position {
            Position::BeforeList(_) if self.bytes_read == 0 => Ok(()),
            Position::End if self.list_found => Ok(()),
            Position::End => Err(ResponseError::MissingList { pointer: self.pointer.to_string() }),
            _ => Err(ResponseError::Truncated),
        }
    }

    /// How many of the next bytes change no state. Most bytes are in a string or in an offer.
    fn skippable(&self, bytes: &[u8]) -> usize {
        let next = match (&self.position, self.string) {
            (Position::BeforeList(_) | Position::End, _) | (_, StringState::Escaped) => Some(0),
            (_, StringState::Inside) => bytes.iter().position(|byte| matches!(byte, b'"' | b'\\')),
            (Position::InList(_), StringState::Outside) if self.element.depth == 0 => Some(0),
            (_, StringState::Outside) => {
                bytes.iter().position(|byte| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']'))
            }
        };
        next.unwrap_or(bytes.len())
    }

    fn step(&mut self, byte: u8) -> Result<ElementEvent, UnexpectedByte> {
        let in_string = self.string.step(byte);
        match &mut self.position {
            Position::InList(_) => return self.step_in_list(byte, in_string),
            Position::BeforeList(finder) if in_string => finder.string_byte(byte)?,
            Position::BeforeList(finder) => match finder.byte(byte)? {
                Progress::Searching => {}
                Progress::ListStarts(depth) => {
                    self.list_found = true;
                    self.position = Position::InList(depth);
                }
                Progress::DocumentEnds => self.position = Position::End,
            },
            Position::AfterList(_) if in_string => {}
            Position::AfterList(depth) => match byte {
                b'{' | b'[' => *depth += 1,
                b'}' | b']' if *depth == 1 => self.position = Position::End,
                b'}' | b']' => *depth -= 1,
                _ => {}
            },
            Position::End if is_whitespace(byte) => {}
            Position::End => return Err(UnexpectedByte),
        }
        Ok(ElementEvent::Continues)
    }

    fn step_in_list(&mut self, byte: u8, in_string: bool) -> Result<ElementEvent, UnexpectedByte> {
        let element = &mut self.element;
        match byte {
            _ if in_string => {}
            b'{' | b'[' => element.depth += 1,
            b'}' | b']' if element.depth > 0 => element.depth -= 1,
            b']' => return self.end_list(),
            b'}' => return Err(UnexpectedByte),
            b',' if element.depth == 0 => {
                return if element.has_started { Ok(ElementEvent::Ends) } else { Err(UnexpectedByte) };
            }
            _ if is_whitespace(byte) && !element.has_started => return Ok(ElementEvent::Continues),
            _ => {}
        }
        let had_started = std::mem::replace(&mut element.has_started, true);
        Ok(if had_started { ElementEvent::Continues } else { ElementEvent::Starts })
    }

    fn end_list(&mut self) -> Result<ElementEvent, UnexpectedByte> {
        if let Position::InList(depth) = self.position {
            self.position = if depth == 0 { Position::End } else { Position::AfterList(depth) };
        }
        match self.element.has_started {
            true => Ok(ElementEvent::Ends),
            false if self.count == 0 => Ok(ElementEvent::Continues),
            // A trailing comma.
            false => Err(UnexpectedByte),
        }
    }

    /// Reports the current element, which ends with `tail`.
    fn end_element(
        &mut self,
        tail: &[u8],
        on_element: &mut impl FnMut(Element<'_>) -> Result<(), ResponseError>,
    ) -> Result<(), ResponseError> {
        let is_in_one_chunk = self.element.buffer.is_empty() && tail.len() <= self.max_element_bytes;
        if !is_in_one_chunk {
            self.element.append(tail, self.max_element_bytes);
        }
        let json = if is_in_one_chunk { tail } else { &self.element.buffer };
        let json = (!self.element.is_too_long).then_some(json);
        let result = on_element(Element { index: self.count, json });
        self.count += 1;
        self.element.clear();
        result
    }
}

impl CurrentElement {
    /// Appends a part of the element to the buffer, unless that makes it longer than `max_bytes`.
    fn append(&mut self, part: &[u8], max_bytes: usize) {
        self.is_too_long |= self.buffer.len() + part.len() > max_bytes;
        if self.is_too_long {
            self.buffer.clear();
        } else {
            self.buffer.extend_from_slice(part);
        }
    }

    /// Prepares for the next element. Keeps the buffer's allocation.
    fn clear(&mut self) {
        (self.has_started, self.is_too_long) = (false, false);
        self.buffer.clear();
    }
}

impl StringState {
    /// Reads a byte. Returns whether it belongs to a string, quotes included.
    fn step(&mut self, byte: u8) -> bool {
        let before = *self;
        *self = match (before, byte) {
            (Self::Outside, b'"') | (Self::Escaped, _) => Self::Inside,
            (Self::Inside, b'"') => Self::Outside,
            (Self::Inside, b'\\') => Self::Escaped,
            _ => before,
        };
        before != Self::Outside || *self != Self::Outside
    }
}

fn is_whitespace(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests;
