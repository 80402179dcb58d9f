use std::fmt::Write;

use airports::Airports;
use contracts::{Offer, SearchId, SupplierListing, offer::OfferId};
use serde_json::value::RawValue;

use crate::{
    args::OfferArgs,
    client::Client,
    error::ClientError,
    event::ListedOffer,
    exit::Exit,
    offer_text::{Names, offer_text},
    output,
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

/// The offer of a search that a text names: by its id, or by its flight number if only one has it.
pub(super) async fn find(client: &Client, search: SearchId, text: &str) -> Result<OfferId, ClientError> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let state = client.state(search).await?;
    let has_number = |offer: &Offer| offer.flight_number.eq_ignore_ascii_case(text);
    let offers = state.results.iter().filter_map(|listed| match listed {
        ListedOffer::Full(offer) if has_number(offer) => Some(offer.as_ref()),
        _ => None,
    });
    let offers: Vec<_> = offers.collect();
    let message = match offers[..] {
        [offer] => return Ok(offer.id),
        [] => format!("the search has no offer {}, or not yet", clean(text)),
        _ => several(text, &offers),
    };
    Err(ClientError::Rejected { message, errors: Vec::new() })
}

fn several(text: &str, offers: &[&Offer]) -> String {
    let mut message = format!("several offers have the flight {}; use an id:", clean(text));
    for offer in offers {
        let total = price(offer.price, offer.currency.as_str());
        // Writing to a String can't fail.
        let _ = write!(message, "\n  {}  {}  {total}", offer.id, all_numbers(offer, ", "));
        if let Some(cabin) = offer.cabin {
            let _ = write!(message, "  {}", cabin.as_str().replace('_', " "));
        }
    }
    message
}
