/// What can be wrong with a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Violation {
    /// A client did not receive the end.
    Lost,
    /// More than one end was sent or announced.
    Twice,
    /// Two clients, or a client and the log, have different ends.
    Contradicted,
    /// The result log has no end.
    Unannounced,
    /// Sequence numbers have gaps, or an event follows the end.
    OutOfOrder,
    /// An answer was sent or announced twice.
    AnswerTwice,
    /// An answer that was sent is not in the end.
    LeftOut,
    /// Clients received different events with the same sequence number.
    DifferentEvents,
    /// An answer that a live worker received in time is not in the end.
    Ignored,
    /// It ended before its deadline without the answers of all suppliers.
    CutShort,
    /// It ended long after its deadline.
    Late,
    /// It ended only at its deadline although workers had time for it.
    Neglected,
}

impl Violation {
    /// All violations.
    pub(crate) const ALL: [Self; 12] = [
        Self::Lost,
        Self::Twice,
        Self::Contradicted,
        Self::Unannounced,
        Self::OutOfOrder,
        Self::AnswerTwice,
        Self::LeftOut,
        Self::DifferentEvents,
        Self::Ignored,
        Self::CutShort,
        Self::Late,
        Self::Neglected,
    ];
}
