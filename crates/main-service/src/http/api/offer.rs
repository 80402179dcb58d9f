use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use broker::SearchRecord;
use contracts::{
    Offer, SearchId,
    envelope::Success,
    offer::OfferId,
    outcome::{Ranking, merge},
};
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};

use super::{
    path::OfferPath,
    status::{read, results_and_details},
};
use crate::app::App;
use crate::http::docs::failures::{failures, malformed_id, unavailable};
use crate::http::problem::Problem;

/// Gets an offer
///
/// One of the offers of a search, with every seller's price that has been received. Also one that a supplier has answered and
/// the results leave out because there are more than `MAX_RESULTS`; it has no `best_rank`.
#[utoipa::path(
    get,
    path = "/api/flights/search/{id}/offers/{offer_id}",
    operation_id = "offer",
    tag = "searches",
    params(
        ("id" = SearchId, Path, description = "The search's id."),
        ("offer_id" = OfferId, Path, description = "The offer's id."),
    ),
    responses((status = 200, description = "The offer.", body = Success<Offer>), OfferFailures),
)]
pub(super) async fn offer(
    State(app): State<Arc<App>>,
    OfferPath(search, offer): OfferPath,
) -> Result<impl IntoResponse, Problem> {
    let (_, found) = read_offer(&app, search, offer).await?;
    let no_cache = HeaderValue::from_static("no-cache");
    Ok(([(header::CACHE_CONTROL, no_cache)], Json(Success::new("Offer", found))))
}

/// Reads a search's record, and one of its offers as it is written in the results so far.
pub(super) async fn read_offer(
    app: &App,
    search: SearchId,
    offer: OfferId,
) -> Result<(SearchRecord, Box<RawValue>), Problem> {
    let read = app.broker.with_idle_timeout(read(app, search)).await?;
    let (record, now) = read.ok_or(Problem::UnknownSearch)?;
    let (results, _) = results_and_details(&record, app.config.common.max_results, now);
    let found = find(results.as_str(), offer).or_else(|| left_out(&record, offer));
    Ok((record, found.ok_or(Problem::UnknownOffer)?))
}

/// The offer with this id, if the answers have it.
fn left_out(record: &SearchRecord, wanted: OfferId) -> Option<Box<RawValue>> {
    let id = wanted.to_string();
    let answers = record.answers.iter().filter(|(_, answer)| answer.offers.json().as_str().contains(&id));
    let answers = answers.filter_map(|(supplier, answer)| {
        let mut offers = answer.offers.parse().ok()?;
        offers.retain(|offer| offer.id == wanted);
        Some((supplier.clone(), offers))
    });
    let currency = record.query.as_ref().and_then(|query| query.currency).unwrap_or_default();
    let (mut found, _) = merge(answers, Ranking { currency, max: 1 });
    let mut found = found.pop()?;
    // It is not among the offers that are ranked.
    found.best_rank = None;
    to_raw_value(&found).ok()
}

/// The offer with this id, as it is written in `results`.
fn find(results: &str, wanted: OfferId) -> Option<Box<RawValue>> {
    #[derive(Deserialize)]
    struct Identified {
        #[serde(default)]
        id: OfferId,
    }
    let offers: Vec<&RawValue> = serde_json::from_str(results).ok()?;
    let is_wanted = |offer: &&&RawValue| {
        serde_json::from_str(offer.get()).is_ok_and(|offer: Identified| offer.id == wanted)
    };
    offers.iter().find(is_wanted).map(|offer| (*offer).to_owned())
}

failures! {
    /// The failures of getting an offer.
    OfferFailures: [
        malformed_id(),
        Problem::UnknownSearch,
        Problem::UnknownOffer,
        Problem::TooManyFromClient,
        unavailable(),
        Problem::TooManyConnections,
        Problem::Panicked,
    ];
}
