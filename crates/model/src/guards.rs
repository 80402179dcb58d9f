/// The protocol's guards. Each can be turned off, so that the checker shows which property then fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Guards {
    /// A worker checks for takeovers with the permit for its next job. Without: takeover needs another permit, and the
    /// reader holds the last one.
    pub takeover_before_new_work: bool,
    /// `answer`, `end` and `bury` refuse a worker whose job is pending for another.
    pub fence: bool,
    /// `hand_back` stores the new entry in the record, and `answer` and `end` refuse the old one.
    pub fence_handed_back: bool,
    /// A record expires only after its search has ended and its deadline is past by
    /// [`LOST_WITHIN`](crate::Clock::LongOverdue).
    pub records_outlive_deadlines: bool,
    /// After the deadline and `LOST_WITHIN`, a missing record means that the search has ended, unless it is open.
    pub missing_record_has_ended: bool,
    /// Workers end overdue searches, not only gateways.
    pub workers_end_overdue: bool,
    /// An open search without a record is ended only if it is still open.
    pub recheck_open: bool,
    /// The three commands of a submit are one transaction.
    pub atomic_submit: bool,
    /// `end` refuses answers of another version of the record. Without: fewer answers than the record has.
    pub ends_check_version: bool,
}

impl Guards {
    /// The protocol with all guards.
    pub const ALL: Self = Self {
        takeover_before_new_work: true,
        fence: true,
        fence_handed_back: true,
        records_outlive_deadlines: true,
        missing_record_has_ended: true,
        workers_end_overdue: true,
        recheck_open: true,
        atomic_submit: true,
        ends_check_version: true,
    };
}
