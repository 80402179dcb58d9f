//! What the exit code tells. Scripts rely on it, so it is fixed here and shown by `--help`.

use std::process::ExitCode;

use contracts::EndStatus;

/// How a run went, for the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// The search completed with offers.
    Found = 0,
    /// The search completed without any.
    NoneFound = 1,
    /// The server refused the request. Also what clap exits with when it refuses the arguments.
    Refused = 2,
    /// The search failed, or somebody cancelled it.
    Unsuccessful = 3,
    /// The server is out of reach, or does not keep to its contract.
    ServerTrouble = 4,
    /// Ctrl-C: 128 and the signal's number, as shells have it.
    Interrupted = 130,
}

/// The codes as `--help` shows them.
pub(crate) const HELP: &str = "\
Exit codes:
  0    offers were found
  1    the search completed, but nobody has an offer
  2    wrong usage, or the server refused the search
  3    the search failed or was cancelled
  4    the server can't be reached, or gave no sensible answer
  130  interrupted by Ctrl-C; the search was cancelled";

impl Exit {
    /// The code for a search that ended like this, with this many offers.
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
    fn offers_of_a_search_that_failed_are_no_success() {
        assert_eq!(Exit::of(EndStatus::Completed, 1), Exit::Found);
        assert_eq!(Exit::of(EndStatus::Completed, 0), Exit::NoneFound);
        assert_eq!(Exit::of(EndStatus::Failed, 0), Exit::Unsuccessful);
        assert_eq!(Exit::of(EndStatus::Cancelled, 1), Exit::Unsuccessful);
    }

    #[test]
    fn the_help_names_every_code() {
        for code in [
            Exit::Found,
            Exit::NoneFound,
            Exit::Refused,
            Exit::Unsuccessful,
            Exit::ServerTrouble,
            Exit::Interrupted,
        ] {
            assert!(HELP.contains(&format!("\n  {} ", code as u8)), "{code:?}");
        }
    }
}
