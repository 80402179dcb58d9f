use std::str::FromStr;

use crate::problem::Problem;

/// Parses a part of a path or a query. `what` names it, and `like` is an example.
pub(crate) fn parse<T: FromStr>(text: &str, what: &str, like: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::Invalid(format!("the {what} must be like {like}")))
}

/// An example of an entry id.
pub(crate) const ENTRY: &str = "1735689600000-0";
/// An example of a search id.
pub(crate) const SEARCH: &str = "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11";
