//! Reads what a supplier answers, offer by offer, as it comes in.
//!
//! No answer is ever in memory as a whole, nor parsed as one: what a worker holds of it is the piece at hand, one
//! offer, and the cheapest of those read before. All suppliers of a worker share a budget for that, see [`Budget`].
//!
//! | module | what it does |
//! | --- | --- |
//! | `path` | the JSON Pointer to the list of offers |
//! | `way` | finds that list |
//! | `split` | cuts it into offers |

mod json_pointer;
mod list_finder;
mod splitter;

use std::sync::Arc;

use contracts::Offer;
use reqwest::Response;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{Found, Malformed, SupplierError, http_client::connection};
pub(super) use json_pointer::Path;
use splitter::{Element, Splitter};

/// Offers beyond these are counted and not read.
const MAX_OFFERS: usize = 10_000;

/// An answer up to this length costs nothing of the budget: it is there before it would have been waited for, and
/// takes not much more than the buffers of its connection.
const FREE_BYTES: usize = 64 * 1024;

/// As much is read before other tasks have their turn: some 100 µs.
const TURN_BYTES: usize = 32 * 1024;

/// What an answer may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// The most bytes of all of it.
    pub(super) answer: usize,
    /// The most bytes of one offer in it.
    pub(super) offer: usize,
}

/// The bytes of memory that a worker has for the answers of all its suppliers together.
///
/// An answer that is longer than 64 KiB takes its share once, for the most that it can need, and waits for it if
/// others have it. So none that is under way ever waits for another that is.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    bytes: Arc<Semaphore>,
    all: usize,
}

impl Budget {
    /// So many bytes.
    pub(super) fn new(bytes: usize) -> Self {
        let all = bytes.clamp(1, Semaphore::MAX_PERMITS);
        Self { bytes: Arc::new(Semaphore::new(all)), all }
    }

    /// Waits for so many bytes, or for all there are if they are fewer. `None` can't be: nobody closes it.
    async fn take(&self, bytes: usize) -> Option<SemaphorePermit<'_>> {
        let bytes = u32::try_from(bytes.min(self.all)).unwrap_or(u32::MAX);
        self.bytes.acquire_many(bytes).await.ok()
    }
}

/// Reads the offers in the list at `path` of an answer into `found`, each with `offer`, which gets its place in the
/// list and its JSON.
pub(super) async fn read(
    mut response: Response,
    path: &Path,
    bounds: Bounds,
    budget: &Budget,
    found: &mut Found<'_>,
    offer: impl Fn(usize, &[u8]) -> Result<Offer, Malformed>,
) -> Result<(), SupplierError> {
    let too_long = || SupplierError::TooLong { limit: bounds.answer };
    let announced = response.content_length().unwrap_or(0);
    if usize::try_from(announced).is_ok_and(|length| length > bounds.answer) {
        return Err(too_long());
    }
    let mut splitter = Splitter::new(path, bounds.offer);
    let (mut length, mut share) = (0, None);
    while let Some(chunk) = response.chunk().await.map_err(connection)? {
        length += chunk.len();
        if length > bounds.answer {
            return Err(too_long());
        }
        if length > FREE_BYTES && share.is_none() {
            share = budget.take(bounds.memory(found)).await;
        }
        for piece in chunk.chunks(TURN_BYTES) {
            splitter.push(piece, |element| take(&element, bounds, found, &offer))?;
            if piece.len() == TURN_BYTES {
                tokio::task::yield_now().await;
            }
        }
    }
    Ok(splitter.end()?)
}

/// Reads one offer. One that is no JSON makes the whole answer none.
fn take(
    &Element { index, json }: &Element<'_>,
    bounds: Bounds,
    found: &mut Found<'_>,
    offer: impl Fn(usize, &[u8]) -> Result<Offer, Malformed>,
) -> Result<(), Malformed> {
    let read = match json {
        _ if index >= MAX_OFFERS => Err(Malformed::TooMany { limit: MAX_OFFERS }),
        Some(json) => offer(index, json),
        None => Err(Malformed::OfferTooLong { index, limit: bounds.offer }),
    };
    match read {
        Ok(offer) => found.add(offer),
        Err(error @ Malformed::Json(_)) => return Err(error),
        Err(error) => found.skip(error),
    }
    Ok(())
}

impl Bounds {
    /// The most memory that an answer takes: a piece of it, an offer being collected and one being parsed, and the
    /// offers that are kept.
    fn memory(self, found: &Found<'_>) -> usize {
        (FREE_BYTES + 3 * self.offer).saturating_add(found.most_bytes(MAX_OFFERS))
    }
}
