use std::error::Error;

/// The longest cause, in characters.
const MAX_CHARS: usize = 300;

/// Formats an error and its sources as one line of at most 300 characters. It may quote a supplier's response, so
/// control characters are replaced.
pub(crate) fn cause(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let message = error.to_string();
        // Some errors repeat their source in their own message.
        if !text.ends_with(&message) {
            text = format!("{text}: {message}");
        }
        source = error.source();
    }
    text.chars().map(|char| if char.is_control() { ' ' } else { char }).take(MAX_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Retry, SupplierError};

    #[test]
    fn a_cause_is_one_short_line_that_names_each_source_once() {
        let io = std::io::Error::other("it is\nout of order");
        let error = SupplierError::Connection(Box::new(io));
        assert_eq!(cause(&error), "the connection failed: it is out of order");
        let detail = "long ".repeat(1000);
        let error = SupplierError::Status { status: 422, detail, retry: Retry::Never };
        assert_eq!(cause(&error).chars().count(), MAX_CHARS);
    }
}
