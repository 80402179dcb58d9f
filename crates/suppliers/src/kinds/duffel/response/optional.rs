//! Parts that an offer may lack: one that can't be read is left out.

use super::wire::Part;
use crate::{
    error::{FieldProblem, ResponseError},
    parts::LeftOutParts,
};

/// Reads the parts of one offer that it may lack.
pub(super) struct OptionalParts {
    /// The offer's index in the list.
    index: usize,
    pub(super) left_out: LeftOutParts,
}

impl OptionalParts {
    pub(super) fn new(index: usize) -> Self {
        Self { index, left_out: LeftOutParts::default() }
    }

    /// A part as it was sent. `field` is its name in the response.
    pub(super) fn told<'a, T>(&mut self, field: &str, part: &'a Part<T>) -> Option<&'a T> {
        let index = self.index;
        self.left_out.optional(match part {
            Part::Absent => Ok(None),
            Part::Told(part) => Ok(Some(part)),
            Part::Unexpected(problem) => Err(ResponseError::UnexpectedShape {
                index,
                path: field.to_owned(),
                problem: problem.clone(),
            }),
        })
    }

    /// A text; none if it is empty.
    pub(super) fn text<'a>(&mut self, field: &str, part: &'a Part<String>) -> Option<&'a str> {
        self.told(field, part).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// A text, read with `parse`. `name` is the field of an offer that it is read for.
    pub(super) fn parsed<T>(
        &mut self,
        name: &'static str,
        field: &str,
        part: &Part<String>,
        parse: impl FnOnce(&str) -> Result<T, FieldProblem>,
    ) -> Option<T> {
        let parsed = self.text(field, part).map(parse).transpose();
        let error = |problem| ResponseError::InvalidField {
            index: self.index,
            name,
            field: field.to_owned(),
            problem,
        };
        self.left_out.optional(parsed.map_err(error))
    }
}
