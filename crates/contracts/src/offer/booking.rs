//! Prices that are made of two bookings.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Approximate, Baggage, MAX_NAME_BYTES, OfferId, Price};
use crate::{Amount, Currency};

/// One of the bookings that a price is made of: a slice that its seller sells on its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Booking {
    /// The id that its flights have in a search for one way.
    pub offer_id: OfferId,
    /// What it costs, and what that includes.
    #[serde(flatten)]
    pub price: Price,
}

impl Price {
    /// The price of a return that is booked as two one-ways; `None` if it can't be told, because they are in different
    /// currencies and one of them has no rate.
    ///
    /// The total is in the currency of both. If they differ, it is in `searched`, the search's, by the exchange rates, and
    /// `approximate` tells the day of the rates. What a booking includes, only the booking tells; of baggage and seats,
    /// the price has what both allow.
    pub(crate) fn of_bookings(there: Booking, back: Booking, searched: Currency) -> Option<Self> {
        let (a, b) = (&there.price, &back.price);
        let sum = |a: Amount, b: Amount, currency| Amount::new(a.decimal() + b.decimal(), currency).ok();
        let both = |a: Option<Amount>, b: Option<Amount>| a.zip(b);
        let in_searched =
            both(a.comparable_in(searched), b.comparable_in(searched)).and_then(|(a, b)| sum(a, b, searched));
        let approximate = in_searched.zip(rate_date(a, b));
        let approximate =
            approximate.map(|(total, rate_date)| Approximate { total, currency: searched, rate_date });
        let (total, currency) = if a.currency == b.currency {
            (sum(a.total, b.total, a.currency)?, a.currency)
        } else {
            (in_searched?, searched)
        };
        let part = |of: fn(&Self) -> Option<Amount>| {
            let (a, b) = both(of(a), of(b)).filter(|_| a.currency == b.currency)?;
            sum(a, b, currency)
        };
        let price = Self {
            base: part(|price| price.base),
            tax: part(|price| price.tax),
            fare_brand: fare_brand(a, b),
            approximate,
            baggage: baggage(a, b),
            seats_left: a.seats_left.into_iter().chain(b.seats_left).min(),
            fetched_at: a.fetched_at.into_iter().chain(b.fetched_at).min(),
            expires_at: a.expires_at.into_iter().chain(b.expires_at).min(),
            ..Self::new(a.supplier.clone(), total, currency)
        };
        Some(Self { bookings: vec![there, back], ..price })
    }
}

/// The older day of the rates of two prices; `None` if both are in the search's currency.
fn rate_date(a: &Price, b: &Price) -> Option<Date> {
    let dates = [a, b].map(|price| price.approximate.map(|approximate| approximate.rate_date));
    dates.into_iter().flatten().min()
}

/// Both names, each once, joined by ` / `; `None` if one is not told, or if that is too long.
fn fare_brand(a: &Price, b: &Price) -> Option<String> {
    let (a, b) = (a.fare_brand.as_ref()?, b.fare_brand.as_ref()?);
    let name = if a == b { a.clone() } else { format!("{a} / {b}") };
    Some(name).filter(|name| name.len() <= MAX_NAME_BYTES)
}

/// What both allow; nothing is known of what only one tells.
fn baggage(a: &Price, b: &Price) -> Option<Baggage> {
    let (a, b) = (a.baggage?, b.baggage?);
    Some(Baggage {
        cabin_pieces: a.cabin_pieces.zip(b.cabin_pieces).map(|(a, b)| a.min(b)),
        checked_pieces: a.checked_pieces.zip(b.checked_pieces).map(|(a, b)| a.min(b)),
        checked_kg: a.checked_kg.zip(b.checked_kg).map(|(a, b)| a.min(b)),
    })
    .filter(|baggage| *baggage != Baggage::default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ExchangeRates, samples};

    fn booking(supplier: &str, total: &str, currency: &str) -> Booking {
        let rates: ExchangeRates = "Date, USD, SGD, IDR\n2026-11-23, 1, 1.25, 16000".parse().unwrap();
        let mut price = samples::price(supplier, total, currency);
        price.approximate_in(Currency::IDR, Some(&rates));
        Booking { offer_id: "8a3f5e0c92d14b67".parse().unwrap(), price }
    }

    fn totals(there: Booking, back: Booking) -> Option<(String, String, Option<String>)> {
        let price = Price::of_bookings(there, back, Currency::IDR)?;
        let approximate = price.approximate.map(|about| format!("{} {}", about.total, about.rate_date));
        Some((price.total.to_string(), price.currency.to_string(), approximate))
    }

    #[test]
    fn the_total_is_in_the_currency_of_both_or_in_the_searchs() {
        let of = |a, b, c: Option<&str>| {
            Some((String::from(a), String::from(b), c.map(|about| format!("{about} 2026-11-23"))))
        };
        let (rupiah, dollars) = (|| booking("GA", "1000", "IDR"), || booking("SQ", "10.50", "USD"));
        assert_eq!(totals(rupiah(), booking("QZ", "2000", "IDR")), of("3000", "IDR", None));
        assert_eq!(totals(dollars(), booking("GA", "1.25", "USD")), of("11.75", "USD", Some("188000")));
        assert_eq!(totals(rupiah(), dollars()), of("169000", "IDR", Some("169000")));
        assert_eq!(totals(dollars(), booking("SQ", "12.50", "SGD")), of("328000", "IDR", Some("328000")));
        let unknown = || booking("XX", "5", "QQQ");
        assert_eq!(totals(rupiah(), unknown()), None);
        assert_eq!(totals(unknown(), unknown()), of("10.00", "QQQ", None), "a total, but none that compares");
    }

    #[test]
    fn it_includes_what_both_include() {
        let mut back = booking("SQ", "2000", "IDR");
        back.price.baggage =
            Some(Baggage { cabin_pieces: Some(2), checked_pieces: Some(0), checked_kg: None });
        back.price.fare_brand = Some("Lite".into());
        back.price.seats_left = Some(2);
        let price = Price::of_bookings(booking("GA", "1000", "IDR"), back, Currency::IDR).unwrap();
        let expected = Baggage { cabin_pieces: Some(1), checked_pieces: Some(0), checked_kg: None };
        assert_eq!((price.baggage, price.seats_left), (Some(expected), Some(2)));
        assert_eq!(price.fare_brand.as_deref(), Some("Eco Flex / Lite"));
        assert_eq!((price.supplier.as_str(), price.conditions, price.offer_ref), ("GA", None, None));
        let refs: Vec<_> = price.bookings.iter().map(|booking| booking.price.offer_ref.is_some()).collect();
        assert_eq!(refs, [true, true], "each booking has its own");
    }

    #[test]
    fn a_booking_is_written_as_a_price_with_an_id() {
        let price =
            Price::of_bookings(booking("GA", "1000", "IDR"), booking("SQ", "2000", "IDR"), Currency::IDR);
        let json = serde_json::to_value(&price).unwrap();
        let first = &json["bookings"][0];
        assert_eq!((&first["offer_id"], &first["supplier"]), (&"8a3f5e0c92d14b67".into(), &"GA".into()));
        assert_eq!((&first["total"], first.get("bookings")), (&"1000".into(), None));
        assert_eq!(serde_json::from_value::<Option<Price>>(json).unwrap(), price);
    }
}
