//! Checks that a request describes all that its supplier sells: else it would be answered as another search.

use contracts::{Cabin, search::Trip};

use super::{body_template::BodyTemplate, placeholder::Placeholder, request::RequestTemplate};
use crate::file::{entry::SupplierEntry, error::RegistryError, selling::PassengerType};

/// The request for a search, and what its response tells.
pub(super) struct Described<'a> {
    pub(super) request: &'a RequestTemplate,
    /// Whether the price in the response is for one passenger.
    pub(super) price_per_passenger: bool,
}

impl Described<'_> {
    /// Fails with the setting that promises what no placeholder describes.
    pub(super) fn check(&self, entry: &SupplierEntry) -> Result<(), RegistryError> {
        let common = &entry.common;
        let each_slice = self.request.body.as_ref().is_some_and(BodyTemplate::has_each_slice);
        let of_a_passenger = [Placeholder::PassengerType, Placeholder::Age];
        let each_passenger = of_a_passenger.iter().any(|placeholder| self.request.has(*placeholder));
        if of_a_passenger.iter().any(|placeholder| self.request.has_outside_of_passengers(*placeholder)) {
            let problem = "{passenger_type} and {age} have a value only within each_passenger";
            return Err(entry.field_error("body", problem));
        }
        if self.request.has(Placeholder::OfferRef) {
            return Err(entry.field_error("check", &"is missing: only there, {offer_ref} has a value"));
        }
        let sells = |trip| common.trips.iter().flatten().any(|sold| *sold == trip);
        let takes = |kind| common.passenger_types.iter().flatten().any(|taken| *taken == kind);
        let other_cabins = common.cabins.iter().flatten().any(|cabin| *cabin != Cabin::Economy);
        if self.price_per_passenger && (takes(PassengerType::Child) || takes(PassengerType::Infant)) {
            let problem = "needs a price for all, because children and infants do not pay what adults do";
            return Err(entry.field_error("response.price_per_passenger", problem));
        }
        let undescribed = [
            (
                "trips",
                "{return_date} or each_slice",
                sells(Trip::Return) && !each_slice && !self.request.has(Placeholder::ReturnDate),
            ),
            ("trips", "each_slice", sells(Trip::MultiCity) && !each_slice),
            ("cabins", "{cabin}", other_cabins && !self.request.has(Placeholder::Cabin)),
            (
                "passenger_types",
                "{children} or each_passenger",
                takes(PassengerType::Child) && !each_passenger && !self.request.has(Placeholder::Children),
            ),
            (
                "passenger_types",
                "{infants} or each_passenger",
                takes(PassengerType::Infant) && !each_passenger && !self.request.has(Placeholder::Infants),
            ),
        ];
        match undescribed.into_iter().find(|(_, _, is_missing)| *is_missing) {
            Some((setting, wanted, _)) => {
                Err(entry.field_error(setting, &format!("needs {wanted} in the request")))
            }
            None => Ok(()),
        }
    }
}
