use super::code::IataCode;

/// Origin and destination of a slice as far as they could be read: a search that is invalid in other ways may name
/// places that do not exist, and its client wants to know all that is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// Where the slice is in the body: `slices[1].`, or empty.
    pub path: String,
    /// Airport or city to leave from.
    pub origin: Option<IataCode>,
    /// Airport or city to arrive at.
    pub destination: Option<IataCode>,
}

impl Route {
    /// The same in a field `name`.
    #[must_use]
    pub(super) fn inside(self, name: &str) -> Self {
        Self { path: format!("{name}{}", self.path), ..self }
    }
}
