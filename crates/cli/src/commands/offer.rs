use std::fmt::Write;

use airports::Airports;
use contracts::{FieldError, Offer, SearchId, SupplierListing, offer::OfferId};
use serde_json::value::RawValue;

use crate::{
    args::OfferArgs,
    client::Client,
    error::ClientError,
    event::ListedOffer,
    exit::Exit,
    offer_text::{Names, offer_text},
    output, short_id,
    table::cells::all_numbers,
    text::{clean, price},
};

/// Shows an offer. Returns the exit code.
pub(crate) async fn offer(args: OfferArgs) -> Exit {
    match get(&args).await {
        Ok((offer, suppliers)) if !args.json => match serde_json::from_str::<Offer>(offer.get()) {
            Ok(offer) => {
                let airports = Airports::embedded();
                let names = Names { airports: &airports, suppliers: &suppliers };
                output::print(&offer_text(&offer, &names));
                Exit::Found
            }
            Err(error) => ClientError::InvalidResponse(format!("the offer is invalid: {error}")).print(),
        },
        Ok((offer, _)) => {
            output::json_line(offer.get());
            Exit::Found
        }
        Err(error) => error.print(),
    }
}

async fn get(args: &OfferArgs) -> Result<(Box<RawValue>, Vec<SupplierListing>), ClientError> {
    let client = Client::new(args.gateway.url.clone())?;
    let offer = client.offer(args.id, find(&client, args.id, &args.offer).await?).await?;
    // Names are worth no failure.
    let suppliers = if args.json { Vec::new() } else { client.suppliers().await.unwrap_or_default() };
    Ok((offer, suppliers))
}

/// The offer of a search that a text names: by its id or the beginning of it, or by its flight number, if only one has it.
pub(super) async fn find(client: &Client, search: SearchId, text: &str) -> Result<OfferId, ClientError> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let state = client.state(search).await?;
    let offers = named(&state.results, text);
    let message = match offers[..] {
        [offer] => return Ok(offer.id),
        [] => format!("the search has no offer {} so far", clean(text)),
        _ => format!("several offers may be meant by {}; use an id", clean(text)),
    };
    Err(ClientError::Rejected { message, errors: offers.into_iter().map(by_id).collect() })
}

/// The offers that a text may name. Some flight numbers look like the beginning of an id.
fn named<'a>(results: &'a [ListedOffer], text: &str) -> Vec<&'a Offer> {
    let full = |listed: &'a ListedOffer| match listed {
        ListedOffer::Full(offer) => Some(offer.as_ref()),
        ListedOffer::Bare { .. } => None,
    };
    let may_be_meant =
        |offer: &&Offer| offer.flight_number.eq_ignore_ascii_case(text) || short_id::begins(text, offer);
    results.iter().filter_map(full).filter(may_be_meant).collect()
}

/// A line that tells an offer from others.
fn by_id(offer: &Offer) -> FieldError {
    let mut about = format!("{}, {}", all_numbers(offer, ", "), price(offer.price, offer.currency.as_str()));
    if let Some(cabin) = offer.cabin {
        // Writing to a String can't fail.
        let _ = write!(about, ", {}", cabin.as_str().replace('_', " "));
    }
    FieldError::new(offer.id.to_string(), about)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_names_offers_of_a_flight_or_by_the_beginning_of_an_id() {
        let offer = |id: &str, number: &str| {
            let json = format!(
                r#"{{"id":"{id}","flight_number":"{number}","price":1,"currency":"IDR","carrier":"","origin":"CGK",
                "destination":"DPS","departure":"2026-12-08T06:05:00+07:00","arrival":"2026-12-08T08:55:00+08:00",
                "duration_minutes":110,"stops":0,"suppliers":["QZ"]}}"#
            );
            serde_json::from_str::<ListedOffer>(&json).unwrap()
        };
        let results = [
            offer("5e12000000000001", "QZ804"),
            offer("8a3f5e0c92d14b67", "5E12"),
            offer("8a3f5f0c92d14b67", "QZ804"),
        ];
        for (text, ids) in [
            ("5e12", &["5e12000000000001", "8a3f5e0c92d14b67"][..]),
            ("5e120", &["5e12000000000001"]),
            ("qz804", &["5e12000000000001", "8a3f5f0c92d14b67"]),
            ("8A3F", &["8a3f5e0c92d14b67", "8a3f5f0c92d14b67"]),
            ("8a3f5f", &["8a3f5f0c92d14b67"]),
            ("8a3", &[]),
        ] {
            let found: Vec<_> = named(&results, text).iter().map(|offer| offer.id.to_string()).collect();
            assert_eq!(found, ids, "{text}");
        }
    }

    #[test]
    fn each_offer_of_a_flight_has_its_line() {
        let json = r#"{"id":"8a3f5e0c92d14b67","flight_number":"QZ804","price":2000063,"currency":"IDR",
            "carrier":"Indonesia AirAsia","origin":"CGK","destination":"DPS","departure":"2026-12-08T06:05:00+07:00",
            "arrival":"2026-12-08T08:55:00+08:00","duration_minutes":110,"stops":0,"suppliers":["QZ"],"cabin":"economy"}"#;
        let offer: Offer = serde_json::from_str(json).unwrap();
        let error =
            ClientError::Rejected { message: "several".into(), errors: vec![by_id(&offer), by_id(&offer)] };
        let line = "8a3f5e0c92d14b67: QZ804, Rp 2.000.063, economy";
        assert_eq!(error.to_string(), format!("several\n  {line}\n  {line}"));
    }
}
