//! Cuts an answer into its offers while it comes in, so that it is never in memory as a whole.
//!
//! Only as much of JSON is understood as this takes: where texts begin and end, what opens and closes, and the keys
//! on the way to the list. Whoever gets an offer parses it, and so finds out whether it is JSON; what stands outside
//! of the list is passed over unread.

use super::{
    json_pointer::Path,
    list_finder::{Led, Misplaced, Way},
};
use crate::Malformed;

/// One offer of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Element<'a> {
    /// Its place in the list, from 0.
    pub(super) index: usize,
    /// Its text; `None` if it is longer than one may be.
    pub(super) json: Option<&'a [u8]>,
}

/// How far an answer has been read.
pub(super) struct Splitter<'a> {
    path: &'a Path,
    max_element: usize,
    /// How many bytes came before the piece at hand.
    read: usize,
    text: Text,
    place: Place<'a>,
    has_list: bool,
    /// How many elements have ended.
    elements: usize,
    /// Whether another has begun, and how many objects and arrays are open in it.
    begun: bool,
    depth: usize,
    /// What earlier pieces had of it, unless that was too much.
    element: Vec<u8>,
    is_too_long: bool,
}

/// Where in the answer the next byte stands.
enum Place<'a> {
    OnTheWay(Way<'a>),
    /// In the list, around which so many objects and arrays are open.
    InTheList(usize),
    /// Behind the list, in so many objects and arrays.
    Behind(usize),
    End,
}

/// Whether the next byte stands in a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    Outside,
    Inside,
    /// Behind a backslash.
    Escaped,
}

/// What a byte means for the element at hand.
enum Turn {
    Begins,
    Ends,
    GoesOn,
}

impl<'a> Splitter<'a> {
    /// Looks for the list at `path`, whose elements may have up to `max_element` bytes.
    pub(super) fn new(path: &'a Path, max_element: usize) -> Self {
        Self {
            path,
            max_element,
            read: 0,
            text: Text::Outside,
            place: Place::OnTheWay(Way::new(path.steps())),
            has_list: false,
            elements: 0,
            begun: false,
            depth: 0,
            element: Vec::new(),
            is_too_long: false,
        }
    }

    /// Takes the next piece of the answer and hands on the elements that end in it.
    pub(super) fn push(
        &mut self,
        piece: &[u8],
        mut each: impl FnMut(Element<'_>) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        let (mut start, mut at) = (0, 0);
        while let Some((byte, rest)) = piece.get(at..).and_then(<[u8]>::split_first) {
            match self.step(*byte).map_err(|Misplaced| Malformed::NoJson { at: self.read + at })? {
                Turn::Begins => start = at,
                Turn::Ends => self.hand_on(piece.get(start..at).unwrap_or_default(), &mut each)?,
                Turn::GoesOn => {}
            }
            at += 1 + self.uneventful(rest);
        }
        self.read += piece.len();
        if self.begun {
            self.keep(piece.get(start..).unwrap_or_default());
        }
        Ok(())
    }

    /// Says that nothing more comes. An answer without a byte has no offers.
    pub(super) fn end(self) -> Result<(), Malformed> {
        match self.place {
            Place::OnTheWay(_) if self.read == 0 => Ok(()),
            Place::End if self.has_list => Ok(()),
            Place::End => Err(Malformed::NoList { pointer: self.path.to_string() }),
            _ => Err(Malformed::Unfinished),
        }
    }

    /// How many of the next bytes change nothing: most stand in a text, or between two in an offer.
    fn uneventful(&self, bytes: &[u8]) -> usize {
        let next = match (&self.place, self.text) {
            (Place::OnTheWay(_) | Place::End, _) | (_, Text::Escaped) => Some(0),
            (_, Text::Inside) => bytes.iter().position(|byte| matches!(byte, b'"' | b'\\')),
            (Place::InTheList(_), Text::Outside) if self.depth == 0 => Some(0),
            (_, Text::Outside) => {
                bytes.iter().position(|byte| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']'))
            }
        };
        next.unwrap_or(bytes.len())
    }

    fn step(&mut self, byte: u8) -> Result<Turn, Misplaced> {
        let in_text = self.text.step(byte);
        match &mut self.place {
            Place::InTheList(_) => return self.in_the_list(byte, in_text),
            Place::OnTheWay(way) if in_text => way.text(byte)?,
            Place::OnTheWay(way) => match way.step(byte)? {
                Led::On => {}
                Led::IntoTheList(within) => {
                    self.has_list = true;
                    self.place = Place::InTheList(within);
                }
                Led::ToTheEnd => self.place = Place::End,
            },
            Place::Behind(_) if in_text => {}
            Place::Behind(depth) => match byte {
                b'{' | b'[' => *depth += 1,
                b'}' | b']' if *depth == 1 => self.place = Place::End,
                b'}' | b']' => *depth -= 1,
                _ => {}
            },
            Place::End if is_blank(byte) => {}
            Place::End => return Err(Misplaced),
        }
        Ok(Turn::GoesOn)
    }

    fn in_the_list(&mut self, byte: u8, in_text: bool) -> Result<Turn, Misplaced> {
        match byte {
            _ if in_text => {}
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' if self.depth > 0 => self.depth -= 1,
            b']' => return self.list_ends(),
            b'}' => return Err(Misplaced),
            b',' if self.depth == 0 => return if self.begun { Ok(Turn::Ends) } else { Err(Misplaced) },
            _ if is_blank(byte) && !self.begun => return Ok(Turn::GoesOn),
            _ => {}
        }
        Ok(if std::mem::replace(&mut self.begun, true) { Turn::GoesOn } else { Turn::Begins })
    }

    fn list_ends(&mut self) -> Result<Turn, Misplaced> {
        if let Place::InTheList(within) = self.place {
            self.place = if within == 0 { Place::End } else { Place::Behind(within) };
        }
        match self.begun {
            true => Ok(Turn::Ends),
            false if self.elements == 0 => Ok(Turn::GoesOn),
            // Behind a comma.
            false => Err(Misplaced),
        }
    }

    /// Hands on the element that `tail` ends.
    fn hand_on(
        &mut self,
        tail: &[u8],
        each: &mut impl FnMut(Element<'_>) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        let in_one_piece = self.element.is_empty() && tail.len() <= self.max_element;
        if !in_one_piece {
            self.keep(tail);
        }
        let json = if in_one_piece { tail } else { &self.element };
        let json = (!self.is_too_long).then_some(json);
        let done = each(Element { index: self.elements, json });
        self.elements += 1;
        (self.begun, self.is_too_long) = (false, false);
        self.element.clear();
        done
    }

    fn keep(&mut self, part: &[u8]) {
        self.is_too_long |= self.element.len() + part.len() > self.max_element;
        if self.is_too_long {
            self.element.clear();
        } else {
            self.element.extend_from_slice(part);
        }
    }
}

impl Text {
    /// Takes a byte; whether it is one of a text, quotes included.
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

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests;
