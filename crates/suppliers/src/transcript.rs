//! What one call sent and received, and how each offer was read: what `provider-service try` shows.

use contracts::Offer;
use reqwest::{Request, Response, header::CONTENT_TYPE};

use crate::error::{RejectedOffer, cause};

/// How much of a response, and of an offer that is left out, is recorded, in bytes.
const MAX_BYTES: usize = 2000;

/// How many offers are recorded of those that were read, and of those that were left out. Also how many parts.
const MAX_OFFERS: usize = 20;

/// One call to a supplier. It contains secrets.
#[derive(Clone, Default)]
pub struct Transcript {
    /// The request; none of a simulated supplier.
    pub sent: Option<Sent>,
    /// The response, as far as it came.
    pub received: Option<Received>,
    /// The first offers that were read, with their positions in the response.
    pub read: Vec<(usize, Offer)>,
    /// The first offers that were left out.
    pub left_out: Vec<LeftOut>,
    /// Why parts of offers were left out, the first ones, each beginning with the offer's position in the response.
    pub left_out_parts: Vec<String>,
    /// The beginning of the offer that is being read.
    current: Vec<u8>,
}

/// A request.
#[derive(Clone)]
pub struct Sent {
    /// `GET` or `POST`.
    pub method: String,
    /// The URL.
    pub url: String,
    /// Names and values of the headers that the supplier's settings ask for.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<String>,
}

/// A response.
#[derive(Clone)]
pub struct Received {
    /// The HTTP status.
    pub status: u16,
    /// The media type.
    pub content_type: Option<String>,
    /// The length of the body, as far as it came, in bytes.
    pub bytes: usize,
    /// The beginning of the body.
    pub beginning: Vec<u8>,
}

/// An offer that was left out.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// Why, beginning with the offer's position in the response.
    pub reason: String,
    /// The beginning of its JSON.
    pub json: Vec<u8>,
}

impl Transcript {
    pub(crate) fn sent(&mut self, request: &Request) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let headers = request.headers().iter();
        self.sent = Some(Sent {
            method: request.method().to_string(),
            url: request.url().to_string(),
            headers: headers.map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect(),
            body: request.body().and_then(reqwest::Body::as_bytes).map(text),
        });
    }

    pub(crate) fn received(&mut self, response: &Response) {
        let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        self.received = Some(Received {
            status: response.status().as_u16(),
            content_type: content_type.map(str::to_owned),
            bytes: 0,
            beginning: Vec::new(),
        });
    }

    pub(crate) fn body(&mut self, bytes: &[u8]) {
        if let Some(received) = &mut self.received {
            received.bytes += bytes.len();
            let missing = MAX_BYTES.saturating_sub(received.beginning.len());
            received.beginning.extend(bytes.iter().take(missing));
        }
    }

    pub(crate) fn reading(&mut self, json: &[u8]) {
        self.current = json.iter().take(MAX_BYTES).copied().collect();
    }

    pub(crate) fn read(&mut self, index: usize, offer: &Offer) {
        if self.read.len() < MAX_OFFERS {
            self.read.push((index, offer.clone()));
        }
    }

    pub(crate) fn left_out(&mut self, reason: &RejectedOffer) {
        if self.left_out.len() < MAX_OFFERS {
            let json = std::mem::take(&mut self.current);
            self.left_out.push(LeftOut { reason: cause(reason), json });
        }
    }

    pub(crate) fn left_out_parts(&mut self, reasons: impl IntoIterator<Item = String>) {
        let missing = MAX_OFFERS.saturating_sub(self.left_out_parts.len());
        self.left_out_parts.extend(reasons.into_iter().take(missing));
    }
}
