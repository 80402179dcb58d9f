/// What the protocol's mends are, each a switch, so that the model shows what goes wrong without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Guards {
    /// A worker looks for jobs to take over with the permit that it holds for reading new ones. Without: care asks for
    /// a permit of its own, and the reader holds the last one.
    pub takeover_before_new_work: bool,
    /// `answer`, `finish` and `bury` refuse a worker whose job is pending for another one.
    pub fence: bool,
    /// `hand_back` notes the new entry in the record, and the fence refuses the old one.
    pub fence_handed_back: bool,
    /// The record of a search that has not ended does not expire, and that of an ended one not before its deadline and
    /// [`LOST_WITHIN`](crate::Clock::Over) are over.
    pub records_outlive_deadlines: bool,
    /// A search without a record has ended once its deadline and `LOST_WITHIN` are over, unless it is open.
    pub missing_has_ended: bool,
    /// Workers end what is overdue, not only gateways.
    pub workers_end_overdue: bool,
    /// What was found among the open searches and has no record is ended only if it is still open.
    pub still_open: bool,
    /// A submit is one transaction: no other command comes in between its three.
    pub submit_at_once: bool,
    /// `finish` refuses an end that was made of another version of the record. Without: of fewer answers than it has.
    pub ends_name_a_version: bool,
}

impl Guards {
    /// The protocol as it is.
    pub const ALL: Self = Self {
        takeover_before_new_work: true,
        fence: true,
        fence_handed_back: true,
        records_outlive_deadlines: true,
        missing_has_ended: true,
        workers_end_overdue: true,
        still_open: true,
        submit_at_once: true,
        ends_name_a_version: true,
    };
}
