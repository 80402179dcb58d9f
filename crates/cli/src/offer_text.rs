//! An offer in full.
//!
//! | module | content |
//! | --- | --- |
//! | `names` | the names of places and carriers |
//! | `flights` | each slice with its flights and layovers |
//! | `prices` | each seller's price, and what it includes |

mod flights;
mod names;
mod prices;

use std::fmt::Write;

use contracts::{Offer, offer::Slice};

use crate::{
    table::cells::all_numbers,
    text::{clean, price},
};
pub(crate) use names::Names;

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
