//! An offer in full.
//!
//! | module | content |
//! | --- | --- |
//! | `flights` | each slice with its flights and layovers |
//! | `prices` | each seller's price, and what it includes |

mod flights;
mod prices;

use std::fmt::Write;

use airports::Airports;
use contracts::{IataCode, Offer, SupplierListing, offer::Slice};

use crate::{
    table::cells::all_numbers,
    text::{clean, price},
};

/// The names of places and carriers.
pub(crate) struct Names<'a> {
    /// All airports.
    pub(crate) airports: &'a Airports,
    /// The suppliers. One with a carrier's code has its name.
    pub(crate) suppliers: &'a [SupplierListing],
}

impl Names<'_> {
    /// `Jakarta (CGK)`
    fn city(&self, code: IataCode) -> String {
        match self.airports.airport(code) {
            Some(airport) if !airport.city.is_empty() => format!("{} ({code})", airport.city),
            Some(airport) => format!("{} ({code})", airport.name),
            None => code.to_string(),
        }
    }

    /// `CGK Jakarta, Soekarno-Hatta International Airport`
    fn airport(&self, code: IataCode) -> String {
        match self.airports.airport(code) {
            Some(airport) if airport.city.is_empty() => format!("{code} {}", airport.name),
            Some(airport) => format!("{code} {}, {}", airport.city, airport.name),
            None => code.to_string(),
        }
    }

    /// The name of a carrier or a seller, or its code.
    fn company(&self, code: &str) -> String {
        let listing = self.suppliers.iter().find(|listing| listing.code.as_str() == code);
        clean(listing.map_or(code, |listing| &listing.name))
    }
}

/// The offer's flights, and what each seller asks for it.
pub(crate) fn offer_text(offer: &Offer, names: &Names<'_>) -> String {
    let mut text = String::new();
    // Writing to a String can't fail.
    let _ = write!(text, "{}  {}", all_numbers(offer, ", "), clean(&offer.carrier));
    if let Some(cabin) = offer.cabin {
        let _ = write!(text, ", {}", cabin.as_str().replace('_', " "));
    }
    let _ = writeln!(text, ", {}", price(offer.price, offer.currency.as_str()));
    if !offer.id.is_unset() {
        let _ = writeln!(text, "Offer {}", offer.id);
    }
    for slice in slices(offer) {
        let _ = write!(text, "\n{}", flights::slice_text(&slice, names));
    }
    text.push_str("\nPrices for all passengers together:\n");
    for one in &offer.prices {
        text.push_str(&prices::price_text(one, names));
    }
    text
}

/// The slices. An offer without any has one, whose flights are not known.
fn slices(offer: &Offer) -> Vec<Slice> {
    if !offer.slices.is_empty() {
        return offer.slices.clone();
    }
    let Offer { origin, destination, departure, arrival, duration_minutes, stops, .. } = *offer;
    vec![Slice { origin, destination, departure, arrival, duration_minutes, stops, segments: Vec::new() }]
}

#[cfg(test)]
mod tests;
