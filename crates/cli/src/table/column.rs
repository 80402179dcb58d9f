use comfy_table::CellAlignment;

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Price,
    Flight,
    Carrier,
    /// Airports and times.
    Route,
    /// Times only.
    Times,
    /// The same without spaces.
    TightTimes,
    Duration,
    Stops,
    /// Duration and stops.
    Journey,
    Suppliers,
    /// The first digits of the offer's id.
    Id,
}

impl Column {
    /// Its header.
    pub(super) fn header(self) -> &'static str {
        match self {
            Self::Price => "Price",
            Self::Flight => "Flight",
            Self::Carrier => "Carrier",
            Self::Route => "Departure → arrival",
            Self::Times | Self::TightTimes => "Times",
            Self::Duration => "Duration",
            Self::Stops => "Stops",
            Self::Journey => "Journey",
            Self::Suppliers => "Suppliers",
            Self::Id => "Id",
        }
    }

    /// Numbers are aligned to the right.
    pub(super) fn alignment(self) -> CellAlignment {
        if matches!(self, Self::Price | Self::Duration) { CellAlignment::Right } else { CellAlignment::Left }
    }
}
