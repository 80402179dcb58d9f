//! Turns unsuccessful responses into errors.

use std::time::Duration;

use contracts::FieldError;
use reqwest::{Response, StatusCode, header};
use serde::Deserialize;

use crate::{base_url::BaseUrl, error::ClientError, retry::MAX_SERVER_DELAY, text::clean};

/// The fields of `contracts::envelope::Failure` that gateways of the replaced system have, too.
#[derive(Deserialize)]
struct Envelope {
    message: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    errors: Vec<FieldError>,
}

/// The codes of a 404 for something that a gateway does not have.
const UNKNOWN: [&str; 2] = ["unknown_search", "unknown_offer"];

/// Whether the content type is `text/event-stream`.
pub(super) fn is_event_stream(response: &Response) -> bool {
    header_text(response, &header::CONTENT_TYPE)
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("text/event-stream"))
}

/// The error of an unsuccessful response.
pub(super) async fn error(response: Response, base: &BaseUrl) -> ClientError {
    let status = response.status();
    let retry_after = header_text(&response, &header::RETRY_AFTER)
        .and_then(|value| value.trim().parse().ok())
        .map(|seconds| Duration::from_secs(seconds).min(MAX_SERVER_DELAY));
    let location = header_text(&response, &header::LOCATION).map(clean);
    let body = response.bytes().await.unwrap_or_default();
    let envelope: Option<Envelope> = serde_json::from_slice(&body).ok();
    let is_unknown = envelope.as_ref().is_some_and(|envelope| UNKNOWN.contains(&envelope.code.as_str()));
    let (message, errors) = envelope.map_or_else(
        || (format!("{base} responded with {status}"), Vec::new()),
        |Envelope { message, errors, .. }| (clean(&message), errors),
    );
    match status {
        StatusCode::NOT_FOUND if is_unknown => ClientError::Rejected { message, errors },
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => ClientError::InvalidResponse(format!(
            "{base} is not a flight-search gateway: it responded with {status}; check --url"
        )),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
            ClientError::Unavailable { message, retry_after }
        }
        _ if status.is_server_error() => ClientError::Unavailable { message, retry_after },
        _ if status.is_client_error() => ClientError::Rejected { message, errors },
        _ => ClientError::InvalidResponse(match location {
            Some(location) => format!("{base} has moved to {location}; pass that address to --url"),
            None => format!("{base} responded with {status}"),
        }),
    }
}

fn header_text<'a>(response: &'a Response, name: &header::HeaderName) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}
