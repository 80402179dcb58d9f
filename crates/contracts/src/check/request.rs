use serde_json::{Map, Value};

use crate::{
    FieldError, Fingerprint, SearchId, SupplierCode,
    offer::{Offer, OfferId, Price},
    search::{InvalidRequest, RequestedCodes},
};

/// A POST body: which seller's price is to be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({"supplier": "GA"})))]
pub struct CheckRequest {
    /// The seller: one that has a price for the offer.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[A-Za-z0-9_-]{2,16}$", format = "supplier-code"))]
    pub supplier: SupplierCode,
    /// The fare brand of the price. Without it, the seller's cheapest price is checked.
    #[cfg_attr(feature = "openapi", schema(example = "Eco Flex"))]
    pub fare_brand: Option<String>,
    /// The seller's name for the offer, which a price has as `offer_ref`: another way to choose one of several prices.
    #[cfg_attr(feature = "openapi", schema(example = "off_00009htYpSCXrwaB9DnUm0"))]
    pub offer_ref: Option<String>,
}

impl CheckRequest {
    /// Reads a POST body. The error lists every invalid field; unknown ones are ignored.
    pub fn from_json(body: &[u8]) -> Result<Self, InvalidRequest> {
        let value =
            serde_json::from_slice(body).map_err(|error| InvalidRequest::NotJson(error.to_string()))?;
        let Value::Object(fields) = value else { return Err(InvalidRequest::NotAnObject) };
        let mut body = Body { fields, errors: Vec::new() };
        let supplier = body.supplier();
        let fare_brand = body.text("fare_brand");
        let offer_ref = body.text("offer_ref");
        match supplier {
            Some(supplier) if body.errors.is_empty() => Ok(Self { supplier, fare_brand, offer_ref }),
            _ => Err(InvalidRequest::Fields { errors: body.errors, codes: RequestedCodes::default() }),
        }
    }

    /// The price of the offer that it asks for: the seller's cheapest one that has what it names. A price of two bookings is
    /// not checked.
    #[must_use]
    pub fn price<'a>(&self, offer: &'a Offer) -> Option<&'a Price> {
        let Self { supplier, fare_brand, offer_ref } = self;
        offer.prices.iter().find(|price| {
            price.supplier == *supplier
                && price.bookings.is_empty()
                && (fare_brand.is_none() || price.fare_brand == *fare_brand)
                && (offer_ref.is_none() || price.offer_ref == *offer_ref)
        })
    }

    /// Whether the seller sells the offer as one of two bookings.
    #[must_use]
    pub fn is_for_two_bookings(&self, offer: &Offer) -> bool {
        let mut bookings = offer.prices.iter().flat_map(|price| &price.bookings);
        bookings.any(|booking| booking.price.supplier == self.supplier)
    }

    /// The same for all requests for the same check, and never that of a search.
    #[must_use]
    pub fn fingerprint(&self, search: SearchId, offer: OfferId) -> Fingerprint {
        let Self { supplier, fare_brand, offer_ref } = self;
        // That of a search begins with an airport's code.
        Fingerprint::of(format!("check {search} {offer} {supplier} {fare_brand:?} {offer_ref:?}"))
    }
}

struct Body {
    fields: Map<String, Value>,
    errors: Vec<FieldError>,
}

impl Body {
    fn supplier(&mut self) -> Option<SupplierCode> {
        const NAME: &str = "supplier";
        if self.fields.get(NAME).is_none_or(Value::is_null) {
            self.errors.push(FieldError::new(NAME, "is required"));
            return None;
        }
        let code = self.text(NAME)?.parse();
        code.map_err(|error: crate::supplier::InvalidSupplierCode| {
            self.errors.push(FieldError::new(NAME, error.to_string()));
        })
        .ok()
    }

    /// A text that may be absent or null.
    fn text(&mut self, name: &str) -> Option<String> {
        match self.fields.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(_) => {
                self.errors.push(FieldError::new(name, "must be a string"));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Currency, offer::Booking, samples};

    fn wrong(body: &str) -> Vec<(String, String)> {
        match CheckRequest::from_json(body.as_bytes()) {
            Err(InvalidRequest::Fields { errors, .. }) => {
                errors.into_iter().map(|error| (error.field, error.message)).collect()
            }
            other => panic!("{body} gave {other:?}"),
        }
    }

    #[test]
    fn each_wrong_field_is_named() {
        for (body, field, message) in [
            ("{}", "supplier", "is required"),
            (r#"{"supplier":null}"#, "supplier", "is required"),
            (r#"{"supplier":7}"#, "supplier", "must be a string"),
            (
                r#"{"supplier":"?"}"#,
                "supplier",
                "must be a supplier code of 2 to 16 letters or digits, like GA",
            ),
            (r#"{"supplier":"GA","fare_brand":1}"#, "fare_brand", "must be a string"),
            (r#"{"supplier":"GA","offer_ref":[]}"#, "offer_ref", "must be a string"),
        ] {
            assert_eq!(wrong(body), [(field.to_owned(), message.to_owned())], "{body}");
        }
        assert_eq!(wrong(r#"{"supplier":1,"fare_brand":1,"offer_ref":1}"#).len(), 3);
        assert!(matches!(CheckRequest::from_json(b"nope"), Err(InvalidRequest::NotJson(_))));
        assert_eq!(CheckRequest::from_json(b"[]"), Err(InvalidRequest::NotAnObject));
    }

    #[test]
    fn a_price_is_chosen_by_seller_fare_brand_and_reference() {
        let mut offer = samples::round_trip();
        let price = |supplier: &str, total: &str, brand: Option<&str>, reference: &str| Price {
            fare_brand: brand.map(Into::into),
            offer_ref: Some(reference.into()),
            ..samples::price(supplier, total, "IDR")
        };
        offer.prices = vec![
            price("TRIPMART", "1", None, "t"),
            price("GA", "2", Some("Lite"), "lite"),
            price("GA", "3", Some("Flex"), "flex"),
        ];
        let chosen = |body: &str| {
            let request = CheckRequest::from_json(body.as_bytes()).unwrap();
            request.price(&offer).and_then(|price| price.offer_ref.clone())
        };
        assert_eq!(chosen(r#"{"supplier":"ga"}"#).as_deref(), Some("lite"), "its cheapest");
        assert_eq!(chosen(r#"{"supplier":"GA","fare_brand":"Flex"}"#).as_deref(), Some("flex"));
        assert_eq!(chosen(r#"{"supplier":"GA","offer_ref":"flex"}"#).as_deref(), Some("flex"));
        assert_eq!(chosen(r#"{"supplier":"TRIPMART"}"#).as_deref(), Some("t"));
        for none in [
            r#"{"supplier":"SQ"}"#,
            r#"{"supplier":"GA","fare_brand":"First"}"#,
            r#"{"supplier":"GA","offer_ref":"t"}"#,
            r#"{"supplier":"GA","fare_brand":"Lite","offer_ref":"flex"}"#,
        ] {
            assert_eq!(chosen(none), None, "{none}");
        }
    }

    #[test]
    fn a_price_of_two_bookings_is_not_checked() {
        let booking = |supplier| {
            let price = samples::price(supplier, "10", "IDR");
            Booking { offer_id: "8a3f5e0c92d14b67".parse().unwrap(), price }
        };
        let pair = Price::of_bookings(booking("GA"), booking("SQ"), Currency::IDR).unwrap();
        let offer = Offer { prices: vec![pair, samples::price("GA", "30", "IDR")], ..samples::round_trip() };
        let of = |body: &str| CheckRequest::from_json(body.as_bytes()).unwrap();
        let (ga, sq) = (of(r#"{"supplier":"GA"}"#), of(r#"{"supplier":"SQ"}"#));
        assert_eq!(ga.price(&offer).map(|price| price.total.to_string()).as_deref(), Some("30"));
        assert_eq!((sq.price(&offer), sq.is_for_two_bookings(&offer)), (None, true));
        assert!(!of(r#"{"supplier":"QZ"}"#).is_for_two_bookings(&offer));
    }

    #[test]
    fn what_is_checked_makes_the_fingerprint() {
        let (search, offer) = (SearchId::from_bytes([7; 16]), "8a3f5e0c92d14b67".parse().unwrap());
        let of = |body: &str| CheckRequest::from_json(body.as_bytes()).unwrap().fingerprint(search, offer);
        let plain = of(r#"{"supplier":"GA"}"#);
        assert_eq!(of(r#"{ "fare_brand": null, "supplier": "ga" }"#), plain);
        let others = [
            r#"{"supplier":"SQ"}"#,
            r#"{"supplier":"GA","fare_brand":"x"}"#,
            r#"{"supplier":"GA","offer_ref":"x"}"#,
        ];
        let mut seen = vec![plain];
        for body in others {
            assert!(!seen.contains(&of(body)), "{body}");
            seen.push(of(body));
        }
        let request = CheckRequest::from_json(br#"{"supplier":"GA"}"#).unwrap();
        assert_ne!(request.fingerprint(SearchId::from_bytes([8; 16]), offer), plain);
        assert_ne!(request.fingerprint(search, "0000000000000001".parse().unwrap()), plain);
    }

    proptest! {
        #[test]
        fn no_body_makes_it_panic(body in prop::collection::vec(any::<u8>(), 0..60), value in "\\PC{0,20}") {
            let _ = CheckRequest::from_json(&body);
            let body = serde_json::json!({"supplier": value, "fare_brand": value, "offer_ref": value});
            let _ = CheckRequest::from_json(body.to_string().as_bytes());
        }
    }
}
