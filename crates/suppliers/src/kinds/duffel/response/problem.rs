//! How a problem with an offer names its field.

use crate::error::FieldProblem;

/// What is wrong with an offer: the field of [`contracts::Offer`], the field in the response, and the problem.
pub(super) type Problem = (&'static str, String, FieldProblem);

/// Names the field of a problem.
pub(super) fn field(name: &'static str, field: &str) -> impl FnOnce(FieldProblem) -> Problem {
    let field = field.to_owned();
    move |problem| (name, field, problem)
}

/// A text that is there and not empty.
pub(super) fn told(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.is_empty()).cloned()
}
