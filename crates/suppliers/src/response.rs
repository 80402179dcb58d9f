//! Reads a JSON response offer by offer while it arrives.
//!
//! A response is never held in memory or parsed as a whole: a worker holds the current chunk, one offer, and the
//! cheapest offers so far. Responses above 64 KiB reserve that memory in a [`MemoryBudget`].
//!
//! | module | what it does |
//! | --- | --- |
//! | [`json_pointer`] | the JSON Pointer to the list of offers |
//! | [`list_finder`] | follows the pointer to the start of the list |
//! | [`splitter`] | splits the list into offers |

pub(crate) mod json_pointer;
mod list_finder;
mod splitter;

use reqwest::Response;
use serde::de::IgnoredAny;

use crate::{
    error::{ResponseError, SupplierError},
    http_client::connection_error,
    memory_budget::MemoryBudget,
    offers::OfferCollector,
    parts::{PartCounter, PartLog, ReadOffer},
};
use json_pointer::JsonPointer;
use splitter::{Element, Splitter};

/// Further offers of a response are rejected unread.
const MAX_OFFERS: usize = 10_000;

/// Responses up to this length need no reservation: they take little more memory than the connection's buffers.
const UNRESERVED_BYTES: usize = 64 * 1024;

/// How many bytes are read before other tasks get to run: about 100 µs of work.
const BYTES_PER_TURN: usize = 32 * 1024;

/// The longest response and offer that are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SizeLimits {
    pub(crate) response_bytes: usize,
    pub(crate) offer_bytes: usize,
}

impl SizeLimits {
    /// The most memory that a response needs: a chunk, the offer being collected, a copy of it being parsed, and the
    /// collected offers.
    fn memory(self, offers: &OfferCollector<'_>) -> usize {
        (UNRESERVED_BYTES + 3 * self.offer_bytes).saturating_add(offers.max_bytes(MAX_OFFERS))
    }
}

/// Reads the responses of one supplier.
pub(crate) struct ResponseReader {
    pub(crate) limits: SizeLimits,
    pub(crate) log: PartLog,
}

impl ResponseReader {
    /// Reads the list of offers at `pointer`. Calls `parse` with each offer's index and JSON, and adds the result to
    /// `offers`.
    pub(crate) async fn read_offers(
        &self,
        response: Response,
        pointer: &JsonPointer,
        budget: &MemoryBudget,
        offers: &mut OfferCollector<'_>,
        parse: impl Fn(usize, &[u8]) -> Result<ReadOffer, ResponseError>,
    ) -> Result<(), SupplierError> {
        let mut parts = PartCounter::default();
        let result = read_list(response, pointer, self.limits, budget, offers, |element, offers| {
            read_element(&element, self.limits, offers, &mut parts, &parse)
        });
        let result = result.await;
        self.log.response(&parts);
        result
    }

    /// Reads a response with a single offer. Calls `parse` with the whole body, and adds the result to `offers`, unless it is
    /// `None`.
    pub(crate) async fn read_offer(
        &self,
        mut response: Response,
        offers: &mut OfferCollector<'_>,
        parse: impl FnOnce(&[u8]) -> Result<Option<ReadOffer>, ResponseError>,
    ) -> Result<(), SupplierError> {
        let limit = self.limits.offer_bytes;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(connection_error)? {
            offers.count_bytes(&chunk);
            body.extend_from_slice(&chunk);
            if body.len() > limit {
                return Err(SupplierError::ResponseTooLong { limit });
            }
        }
        let Some(offer) = parse(&body).transpose() else { return Ok(()) };
        let mut parts = PartCounter::default();
        add_offer(offer, 0, Some(&body), offers, &mut parts)?;
        self.log.response(&parts);
        Ok(())
    }
}

/// Reads the list of offers at `pointer`, and calls `read` with each.
async fn read_list(
    mut response: Response,
    pointer: &JsonPointer,
    limits: SizeLimits,
    budget: &MemoryBudget,
    offers: &mut OfferCollector<'_>,
    mut read: impl FnMut(Element<'_>, &mut OfferCollector<'_>) -> Result<(), ResponseError>,
) -> Result<(), SupplierError> {
    let too_long = || SupplierError::ResponseTooLong { limit: limits.response_bytes };
    let content_length = response.content_length().unwrap_or(0);
    if usize::try_from(content_length).is_ok_and(|length| length > limits.response_bytes) {
        return Err(too_long());
    }
    let mut splitter = Splitter::new(pointer, limits.offer_bytes);
    let (mut length, mut reservation) = (0, None);
    while let Some(chunk) = response.chunk().await.map_err(connection_error)? {
        length += chunk.len();
        offers.count_bytes(&chunk);
        if length > limits.response_bytes {
            return Err(too_long());
        }
        if length > UNRESERVED_BYTES && reservation.is_none() {
            reservation = budget.reserve(limits.memory(offers)).await;
        }
        for bytes in chunk.chunks(BYTES_PER_TURN) {
            splitter.push(bytes, |element| read(element, offers))?;
            if bytes.len() == BYTES_PER_TURN {
                tokio::task::yield_now().await;
            }
        }
    }
    Ok(splitter.finish()?)
}

/// Reads one offer of a list.
fn read_element(
    &Element { index, json }: &Element<'_>,
    limits: SizeLimits,
    offers: &mut OfferCollector<'_>,
    parts: &mut PartCounter,
    parse: impl Fn(usize, &[u8]) -> Result<ReadOffer, ResponseError>,
) -> Result<(), ResponseError> {
    if let Some(transcript) = offers.transcript() {
        transcript.reading(json.unwrap_or_default());
    }
    let offer = match json {
        _ if index >= MAX_OFFERS => Err(ResponseError::TooManyOffers { limit: MAX_OFFERS }),
        Some(json) => parse(index, json),
        None => Err(ResponseError::OfferTooLong { index, limit: limits.offer_bytes }),
    };
    add_offer(offer, index, json, offers, parts)
}

/// Adds the offer at `index`, which was read from `json`. Invalid JSON fails the whole response; any other problem rejects only this
/// offer, such as a number or a text that JSON allows and that can't be represented.
fn add_offer(
    offer: Result<ReadOffer, ResponseError>,
    index: usize,
    json: Option<&[u8]>,
    offers: &mut OfferCollector<'_>,
    parts: &mut PartCounter,
) -> Result<(), ResponseError> {
    match offer {
        Ok(ReadOffer { offer, bad_fares, mut left_out }) => {
            match offer {
                Some(mut offer) => {
                    left_out.of_offer(index, &mut offer);
                    offers.add(offer);
                }
                None => offers.pass_over(bad_fares.is_empty()),
            }
            for fare in bad_fares {
                offers.reject_fare(fare);
            }
            parts.add(left_out, offers.transcript());
        }
        Err(error @ ResponseError::InvalidOfferJson(_)) if !json.is_some_and(is_json) => return Err(error),
        Err(error) => offers.reject(error),
    }
    Ok(())
}

fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_ok()
}
