/// Something that is wrong with a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Violation {
    /// A client was not told the end.
    Lost,
    /// More than one end was told or announced.
    Twice,
    /// Two clients, or a client and the log, have different ends.
    Contradicted,
    /// The end does not stand in the log.
    Unannounced,
    /// Events out of order.
    OutOfOrder,
    /// An answer that was told or announced twice.
    AnswerTwice,
    /// An answer that was told is not in the end.
    LeftOut,
    /// Clients heard different events at one place.
    ToldDifferently,
    /// An answer that a live worker had in time is not in the end.
    Ignored,
    /// It ended before its deadline without all suppliers heard.
    CutShort,
    /// It ended long after its deadline.
    Late,
    /// It waited for its deadline although workers had time for it.
    Neglected,
}

impl Violation {
    /// All there are.
    pub(crate) const ALL: [Self; 12] = [
        Self::Lost,
        Self::Twice,
        Self::Contradicted,
        Self::Unannounced,
        Self::OutOfOrder,
        Self::AnswerTwice,
        Self::LeftOut,
        Self::ToldDifferently,
        Self::Ignored,
        Self::CutShort,
        Self::Late,
        Self::Neglected,
    ];
}
