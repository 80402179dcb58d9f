//! Finds the list of offers in an answer that comes in byte by byte.

use super::json_pointer::Step;

/// Keys are compared up to this length, in bytes as they are written; a longer one leads nowhere.
const MAX_KEY_BYTES: usize = 1024;

/// Where the bytes read so far have led.
pub(super) struct Way<'a> {
    steps: &'a [Step],
    /// The objects and arrays that were entered, and which part of each is at hand.
    entered: Vec<Part>,
    /// How many are open beside the way.
    aside: usize,
}

enum Part {
    /// Of an object, a key as far as it has been read.
    Key(Vec<u8>),
    /// Of an object, a value, and whether it leads on.
    Value(bool),
    /// Of an array, the element with this index.
    Element(usize),
}

/// What a byte has led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Led {
    /// Nothing new.
    On,
    /// The list begins. So many objects and arrays are open around it.
    IntoTheList(usize),
    /// The answer has ended without a list.
    ToTheEnd,
}

/// A byte that can't stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Misplaced;

impl<'a> Way<'a> {
    pub(super) fn new(steps: &'a [Step]) -> Self {
        Self { steps, entered: Vec::new(), aside: 0 }
    }

    /// Takes a byte of a text, quotes included.
    pub(super) fn text(&mut self, byte: u8) -> Result<(), Misplaced> {
        match self.entered.last_mut() {
            Some(Part::Key(key)) if self.aside == 0 && key.len() <= MAX_KEY_BYTES => key.push(byte),
            None if self.aside == 0 => return Err(Misplaced),
            _ => {}
        }
        Ok(())
    }

    /// Takes a byte that stands in no text.
    pub(super) fn step(&mut self, byte: u8) -> Result<Led, Misplaced> {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => {}
            b'{' | b'[' => return Ok(self.open(byte == b'[')),
            _ if self.aside == 0 && self.entered.is_empty() => return Err(Misplaced),
            b'}' | b']' => return Ok(self.close()),
            b',' if self.aside == 0 => self.next_part(),
            b':' if self.aside == 0 => self.value(),
            _ => {}
        }
        Ok(Led::On)
    }

    fn open(&mut self, is_array: bool) -> Led {
        if self.aside > 0 || !self.leads_on() {
            self.aside += 1;
        } else if self.entered.len() < self.steps.len() {
            self.entered.push(if is_array { Part::Element(0) } else { Part::Key(Vec::new()) });
        } else if is_array {
            return Led::IntoTheList(self.entered.len());
        } else {
            self.aside += 1;
        }
        Led::On
    }

    fn close(&mut self) -> Led {
        if self.aside > 0 {
            self.aside -= 1;
        } else {
            self.entered.pop();
        }
        if self.aside == 0 && self.entered.is_empty() { Led::ToTheEnd } else { Led::On }
    }

    fn next_part(&mut self) {
        match self.entered.last_mut() {
            Some(Part::Element(index)) => *index += 1,
            Some(part) => *part = Part::Key(Vec::new()),
            None => {}
        }
    }

    fn value(&mut self) {
        let step = self.entered.len().checked_sub(1).and_then(|at| self.steps.get(at));
        if let (Some(part), Some(step)) = (self.entered.last_mut(), step)
            && let Part::Key(key) = part
        {
            *part = Part::Value(step.leads_into_written(key));
        }
    }

    /// Whether the value at hand is the next on the way.
    fn leads_on(&self) -> bool {
        let Some(at) = self.entered.len().checked_sub(1) else { return true };
        match (self.entered.get(at), self.steps.get(at)) {
            (Some(Part::Value(leads_on)), _) => *leads_on,
            (Some(Part::Element(index)), Some(step)) => step.leads_into_element(*index),
            _ => false,
        }
    }
}
