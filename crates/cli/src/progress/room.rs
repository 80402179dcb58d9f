/// What a line has room for behind the supplier's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// The name, the time and the offers.
    All,
    /// The time and the offers.
    Answer,
    /// The offers.
    Offers,
}

impl Room {
    /// The room in a terminal of this width.
    pub(super) fn of(width: usize) -> Self {
        match width {
            ..52 => Self::Offers,
            52..72 => Self::Answer,
            _ => Self::All,
        }
    }

    /// A supplier that is waited for.
    pub(super) fn waiting(self, name: &str) -> String {
        if self == Self::All { format!("{name:<24}{:>7}", "…") } else { format!("{name} …") }
    }

    /// An answer.
    pub(super) fn line(self, name: &str, time: &str, offers: &str) -> String {
        match self {
            Self::All => format!("{name:<24}{time:>7}  {offers}"),
            Self::Answer => format!("{time:>7}  {offers}"),
            Self::Offers => offers.to_owned(),
        }
    }
}
