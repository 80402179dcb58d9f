use airports::Airports;
use contracts::{IataCode, SupplierListing};

use crate::text::clean;

/// The names of places and carriers.
pub(crate) struct Names<'a> {
    /// All airports.
    pub(crate) airports: &'a Airports,
    /// The suppliers. One with a carrier's code has its name.
    pub(crate) suppliers: &'a [SupplierListing],
}

impl Names<'_> {
    /// `Jakarta (CGK)`
    pub(super) fn city(&self, code: IataCode) -> String {
        match self.airports.airport(code) {
            Some(airport) if !airport.city.is_empty() => format!("{} ({code})", airport.city),
            Some(airport) => format!("{} ({code})", airport.name),
            None => code.to_string(),
        }
    }

    /// `CGK Jakarta, Soekarno-Hatta International Airport`
    pub(super) fn airport(&self, code: IataCode) -> String {
        match self.airports.airport(code) {
            Some(airport) if airport.city.is_empty() => format!("{code} {}", airport.name),
            Some(airport) => format!("{code} {}, {}", airport.city, airport.name),
            None => code.to_string(),
        }
    }

    /// The name of a carrier or a seller, or its code.
    pub(super) fn company(&self, code: &str) -> String {
        let listing = self.suppliers.iter().find(|listing| listing.code.as_str() == code);
        clean(listing.map_or(code, |listing| &listing.name))
    }
}
