//! The data of a search's events.
//!
//! The replaced system writes offers with only a flight number and a price, and a terminal event without details.
//! A gateway passes both on, so both are valid here.

use contracts::{
    EndStatus, Offer, SearchStatus, SupplierReport,
    offer::{DEFAULT_CURRENCY, OfferId},
    outcome::Details,
};
use serde::Deserialize;

/// The data of a `partial` event: one supplier's answer.
#[derive(Debug, Deserialize)]
pub(crate) struct Partial {
    /// The supplier's report.
    pub(crate) supplier: SupplierReport,
    /// Its offers.
    pub(crate) results: Vec<ListedOffer>,
    /// How many suppliers have answered.
    pub(crate) progress: SupplierCount,
}

/// The progress of a search.
#[derive(Debug, Deserialize)]
pub(crate) struct SupplierCount {
    /// Suppliers that have answered.
    pub(crate) answered: u64,
    /// Suppliers that were asked.
    pub(crate) of: u64,
}

/// An offer in an event.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum ListedOffer {
    /// With all fields.
    Full(Box<Offer>),
    /// With the required fields only.
    Bare {
        /// Carrier code and number.
        flight_number: String,
        /// In [`DEFAULT_CURRENCY`].
        price: u64,
    },
}

impl ListedOffer {
    /// Carrier code and number of the first slice.
    pub(crate) fn flight_number(&self) -> &str {
        match self {
            Self::Full(offer) => &offer.flight_number,
            Self::Bare { flight_number, .. } => flight_number,
        }
    }

    /// Its id, if it has one.
    pub(crate) fn id(&self) -> Option<OfferId> {
        match self {
            Self::Full(offer) if !offer.id.is_unset() => Some(offer.id),
            Self::Full(_) | Self::Bare { .. } => None,
        }
    }

    /// Price and currency.
    pub(crate) fn price(&self) -> (u64, &str) {
        match self {
            Self::Full(offer) => (offer.price, offer.currency.as_str()),
            Self::Bare { price, .. } => (*price, DEFAULT_CURRENCY.as_str()),
        }
    }
}

/// The data of the terminal event.
#[derive(Debug)]
pub(crate) struct End {
    /// The data as received, for `--json`.
    pub(crate) json: String,
    /// How it ended.
    pub(crate) status: EndStatus,
    /// The offers, cheapest first.
    pub(crate) offers: Vec<ListedOffer>,
    /// The other fields. The replaced system has none.
    pub(crate) details: Option<Details>,
}

/// Invalid data of a terminal event.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvalidEnd {
    /// Not JSON with the required fields.
    #[error("the terminal event is invalid: {0}")]
    Json(#[from] serde_json::Error),
    /// Its status is `processing`.
    #[error("the terminal event is invalid: its status is processing")]
    Processing,
}

impl End {
    /// Parses the data.
    pub(crate) fn parse(json: String) -> Result<Self, InvalidEnd> {
        #[derive(Deserialize)]
        struct Wire {
            status: SearchStatus,
            results: Vec<ListedOffer>,
            #[serde(flatten)]
            details: Option<Details>,
        }
        let Wire { status, results, details } = serde_json::from_str(&json)?;
        let status = status.end().ok_or(InvalidEnd::Processing)?;
        Ok(Self { json, status, offers: results, details })
    }

    /// Number of offers before the server's limit.
    pub(crate) fn total(&self) -> usize {
        self.details.as_ref().map_or(0, |details| details.total).max(self.offers.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11";

    #[test]
    fn an_end_of_the_replaced_system_is_valid() {
        let json = format!(
            r#"{{"search_id":"{ID}","status":"completed","results":[{{"flight_number":"GA57","price":1500000}}]}}"#
        );
        let end = End::parse(json.clone()).unwrap();
        assert_eq!(end.status, EndStatus::Completed);
        assert_eq!(end.json, json);
        assert_eq!((end.total(), end.offers[0].price()), (1, (1_500_000, "IDR")));
        assert!(end.details.is_none());
    }

    #[test]
    fn an_end_has_details_and_may_have_unknown_fields() {
        let json = format!(
            r#"{{"search_id":"{ID}","status":"failed","results":[],"total":0,"suppliers":[{{"code":"GA",
            "name":"Garuda","status":"timeout","elapsed_ms":9,"new":1}}],"elapsed_ms":9,"reason":"late","new":[]}}"#
        );
        let end = End::parse(json).unwrap();
        assert_eq!(end.status, EndStatus::Failed);
        assert_eq!(end.details.unwrap().reason.as_deref(), Some("late"));
    }

    #[test]
    fn anything_else_is_invalid() {
        for json in ["", "[]", "{}", r#"{"status":"paused","results":[]}"#, r#"{"status":"completed"}"#] {
            assert!(matches!(End::parse(json.into()), Err(InvalidEnd::Json(_))), "{json}");
        }
        let processing = r#"{"status":"processing","results":[]}"#;
        assert!(matches!(End::parse(processing.into()), Err(InvalidEnd::Processing)));
    }
}
