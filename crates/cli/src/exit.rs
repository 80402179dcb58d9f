//! Exit codes. Scripts rely on them, so `--help` lists them.

use std::process::ExitCode;

use contracts::EndStatus;

/// An exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// The search completed with offers, or a command was carried out.
    Found = 0,
    /// The search completed without offers, or a checked offer is gone.
    NoneFound = 1,
    /// The server rejected the request. Also clap's exit code for invalid arguments.
    Rejected = 2,
    /// The search failed or was cancelled, or a check was not answered.
    Unsuccessful = 3,
    /// The server is unreachable, or its response is invalid.
    ServerError = 4,
    /// Ctrl-C: 128 plus the signal's number, as in shells.
    Interrupted = 130,
}

/// The codes as `--help` shows them.
pub(crate) const HELP: &str = "\
Exit codes:
  0    offers were found; the command was carried out; the checked price is known
  1    the search completed without offers; the checked offer is gone
  2    invalid arguments, or the server refused: it has no such search or offer, or the search has ended already
  3    the search failed or was cancelled; the seller did not answer the check
  4    the server is unreachable, or its response is invalid
  130  interrupted by Ctrl-C; the search goes on

`flight-search ops` has its own: flight-search ops --help";

/// The codes of `flight-search ops` as its `--help` shows them.
pub(crate) const OPS_HELP: &str = "\
Exit codes:
  0    done
  2    invalid arguments, or the service refused: there is no such search or dead letter, or the filter is invalid
  3    `status`: the service that answers has problems
  4    the service is unreachable, can't read Redis, or its response is invalid";

impl Exit {
    /// The exit code of a search with this status and number of offers.
    pub(crate) fn of(status: EndStatus, offers: usize) -> Self {
        match status {
            EndStatus::Completed if offers > 0 => Self::Found,
            EndStatus::Completed => Self::NoneFound,
            EndStatus::Failed | EndStatus::Cancelled => Self::Unsuccessful,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_search_with_offers_is_unsuccessful() {
        assert_eq!(Exit::of(EndStatus::Completed, 1), Exit::Found);
        assert_eq!(Exit::of(EndStatus::Completed, 0), Exit::NoneFound);
        assert_eq!(Exit::of(EndStatus::Failed, 0), Exit::Unsuccessful);
        assert_eq!(Exit::of(EndStatus::Cancelled, 1), Exit::Unsuccessful);
    }

    #[test]
    fn the_help_lists_every_code() {
        for code in [
            Exit::Found,
            Exit::NoneFound,
            Exit::Rejected,
            Exit::Unsuccessful,
            Exit::ServerError,
            Exit::Interrupted,
        ] {
            assert!(HELP.contains(&format!("\n  {} ", code as u8)), "{code:?}");
        }
    }
}
