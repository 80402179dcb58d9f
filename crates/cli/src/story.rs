//! What the events of a search tell.
//!
//! The system that this one replaced writes offers with a flight number and a price alone, and a terminal event
//! without details. Both are read here, since a gateway passes them on.

use contracts::{EndStatus, Offer, SearchStatus, SupplierReport, offer::DEFAULT_CURRENCY, outcome::Details};
use serde::Deserialize;

/// One supplier's answer, the data of an event named `partial`.
#[derive(Debug, Deserialize)]
pub(crate) struct Partial {
    /// Who answered, and how.
    pub(crate) supplier: SupplierReport,
    /// What it offers.
    pub(crate) results: Vec<Listed>,
    /// How far the search is with it.
    pub(crate) progress: Tally,
}

/// How many suppliers have answered, of how many.
#[derive(Debug, Deserialize)]
pub(crate) struct Tally {
    /// So many have answered,
    pub(crate) answered: u64,
    /// of so many.
    pub(crate) of: u64,
}

/// An offer with everything, or with no more than the contract asks for.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Listed {
    /// As the workers of this system write it.
    Full(Box<Offer>),
    /// The least an offer has.
    Bare {
        /// Carrier code and number.
        flight_number: String,
        /// In Indonesian rupiah, since it says nothing else.
        price: u64,
    },
}

impl Listed {
    /// The price with its currency.
    pub(crate) fn price(&self) -> (u64, &str) {
        match self {
            Self::Full(offer) => (offer.price, &offer.currency),
            Self::Bare { price, .. } => (*price, DEFAULT_CURRENCY),
        }
    }
}

/// How the search ended, the data of the unnamed event.
#[derive(Debug)]
pub(crate) struct End {
    /// The event's data as it came, for scripts.
    pub(crate) json: String,
    /// How it ended.
    pub(crate) status: EndStatus,
    /// The offers, the cheapest first.
    pub(crate) offers: Vec<Listed>,
    /// Everything else, if it is told.
    pub(crate) details: Option<Details>,
}

/// Data of an unnamed event that tells no end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvalidEnd {
    /// It is not the JSON it should be.
    #[error("its last event can't be read: {0}")]
    Json(#[from] serde_json::Error),
    /// The search is said to go on.
    #[error("its last event says that the search goes on")]
    Processing,
}

impl End {
    /// Reads the data of the unnamed event.
    pub(crate) fn read(json: String) -> Result<Self, InvalidEnd> {
        #[derive(Deserialize)]
        struct Wire {
            status: SearchStatus,
            results: Vec<Listed>,
            #[serde(flatten)]
            details: Option<Details>,
        }
        let Wire { status, results, details } = serde_json::from_str(&json)?;
        let status = status.end().ok_or(InvalidEnd::Processing)?;
        Ok(Self { json, status, offers: results, details })
    }

    /// How many offers there were before the server's cap.
    pub(crate) fn total(&self) -> usize {
        self.details.as_ref().map_or(0, |details| details.total).max(self.offers.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11";

    #[test]
    fn an_end_of_the_replaced_system_is_an_end() {
        let json = format!(
            r#"{{"search_id":"{ID}","status":"completed","results":[{{"flight_number":"GA57","price":1500000}}]}}"#
        );
        let end = End::read(json.clone()).unwrap();
        assert_eq!(end.status, EndStatus::Completed);
        assert_eq!(end.json, json);
        assert_eq!((end.total(), end.offers[0].price()), (1, (1_500_000, "IDR")));
        assert!(end.details.is_none());
    }

    #[test]
    fn an_end_with_details_tells_them_and_more_fields_do_no_harm() {
        let json = format!(
            r#"{{"search_id":"{ID}","status":"failed","results":[],"total":0,"suppliers":[{{"code":"GA",
            "name":"Garuda","status":"timeout","elapsed_ms":9,"new":1}}],"elapsed_ms":9,"reason":"late","new":[]}}"#
        );
        let end = End::read(json).unwrap();
        assert_eq!(end.status, EndStatus::Failed);
        assert_eq!(end.details.unwrap().reason.as_deref(), Some("late"));
    }

    #[test]
    fn anything_else_is_no_end() {
        for json in ["", "[]", "{}", r#"{"status":"paused","results":[]}"#, r#"{"status":"completed"}"#] {
            assert!(matches!(End::read(json.into()), Err(InvalidEnd::Json(_))), "{json}");
        }
        let going_on = r#"{"status":"processing","results":[]}"#;
        assert!(matches!(End::read(going_on.into()), Err(InvalidEnd::Processing)));
    }
}
