//! The order of a request's fields: that of their definition, which the API's document has as well.

use std::fmt::Display;

use super::{
    SearchRequest,
    field::{FieldSource, SearchField},
    slices_json,
};
use crate::FieldError;

/// Sorts the errors of a request by their fields, those of a slice with the slice.
pub fn sort_by_field(errors: &mut [FieldError]) {
    let mut names = Names(Vec::new());
    // Nothing is read: this only goes through the fields.
    let _ = SearchRequest::read(&mut names);
    errors.sort_by_key(|error| position(&error.field, &names.0));
}

/// The positions of `slices[1].date`: of the field, of the slice, and of the field in the slice. Other fields with parts
/// are read in order.
fn position(path: &str, names: &[&str]) -> (usize, usize, usize) {
    let among = |names: &[&str], name| names.iter().position(|known| *known == name).unwrap_or(names.len());
    let (name, rest) = path.split_at(path.find(['[', '.']).unwrap_or(path.len()));
    let Some((slice, part)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return (among(names, name), 0, 0);
    };
    let part = part.split('.').nth(1).map_or(0, |part| among(&slices_json::FIELDS, part));
    (among(names, name), slice.parse().unwrap_or(0), part)
}

/// The names of all fields.
struct Names(Vec<&'static str>);

impl FieldSource for Names {
    fn required<T: SearchField>(&mut self, name: &'static str, about: &'static str) -> Option<T> {
        self.optional(name, about)
    }

    fn optional<T: SearchField>(&mut self, name: &'static str, _about: &'static str) -> Option<T> {
        self.0.push(name);
        None
    }

    fn refuse(&mut self, _name: &'static str, _problem: &dyn Display) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_in_the_order_of_the_definition() {
        let sorted = [
            "from",
            "to",
            "date",
            "passengers.children[1]",
            "passengers.children[0]",
            "return_date",
            "slices",
            "slices[0].to",
            "slices[1].from",
            "slices[1].date",
            "slices[1].departure.latest",
            "slices[1].arrival.earliest",
            "slices[10].from",
            "cabin",
            "max_stops",
            "currency",
            "suppliers",
            "timeout_ms",
            "others",
        ];
        let mut errors: Vec<_> = sorted.into_iter().map(|name| FieldError::new(name, "is wrong")).collect();
        // Those of passengers stay in the order in which they were found.
        errors.sort_by_key(|error| (!error.field.starts_with("passengers"), error.field.len()));
        sort_by_field(&mut errors);
        assert_eq!(errors.into_iter().map(|error| error.field).collect::<Vec<_>>(), sorted);
    }
}
