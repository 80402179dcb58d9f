//! Says in the log what is wrong with a supplier, as often as is of use.

use std::{
    error::Error,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// So many lines may be written in any [`SPAN`] that begins with one.
const MOST: u32 = 5;
const SPAN: Duration = Duration::from_secs(10);

/// A cause is cut to so many characters.
const MAX_CAUSE: usize = 300;

/// Counts the lines about a supplier.
#[derive(Debug, Default)]
pub(super) struct Complaints(Mutex<Count>);

#[derive(Debug, Default)]
struct Count {
    since: Option<Instant>,
    written: u32,
    suppressed: u64,
}

impl Complaints {
    /// Whether a line may be written now, and if so, how many were suppressed since the last.
    pub(super) fn admit(&self) -> Option<u64> {
        let mut count = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if count.since.is_none_or(|since| since.elapsed() >= SPAN) {
            (count.since, count.written) = (Some(Instant::now()), 0);
        }
        if count.written >= MOST {
            count.suppressed += 1;
            return None;
        }
        count.written += 1;
        Some(std::mem::take(&mut count.suppressed))
    }
}

/// An error and its sources on one line of bounded length. What a supplier sent may be in it.
pub(super) fn cause(error: &(dyn Error + 'static)) -> String {
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let words = error.to_string();
        // Some errors have their source's words in their own.
        if !told.ends_with(&words) {
            told = format!("{told}: {words}");
        }
        source = error.source();
    }
    let line = told.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    line.take(MAX_CAUSE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SupplierError;

    #[tokio::test(start_paused = true)]
    async fn lines_are_few_and_tell_how_many_were_not_written() {
        let complaints = Complaints::default();
        let admitted: Vec<_> = (0..100).map(|_| complaints.admit()).collect();
        assert_eq!(admitted.iter().flatten().collect::<Vec<_>>(), [&0; 5]);
        tokio::time::advance(SPAN).await;
        assert_eq!([complaints.admit(), complaints.admit()], [Some(95), Some(0)]);
    }

    #[test]
    fn a_cause_is_one_short_line_with_each_source_once() {
        let io = std::io::Error::other("it is\nout of order");
        let error = SupplierError::Connection(Box::new(io));
        assert_eq!(cause(&error), "the connection failed: it is out of order");
        let detail = "long ".repeat(1000);
        let error = SupplierError::Status { status: 422, detail, retry: crate::Retry::Never };
        assert_eq!(cause(&error).chars().count(), MAX_CAUSE);
    }
}
