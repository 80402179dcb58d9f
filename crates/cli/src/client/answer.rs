//! Reading answers that are not the hoped-for ones.

use std::time::Duration;

use contracts::FieldError;
use reqwest::{Response, StatusCode, header};
use serde::Deserialize;

use super::BaseUrl;
use crate::{patience::LONGEST_ASKED, text::clean, trouble::Trouble};

/// What is read of `contracts::envelope::Failure`. Gateways of the replaced system leave the rest out.
#[derive(Deserialize)]
struct Envelope {
    message: String,
    #[serde(default)]
    errors: Vec<FieldError>,
}

/// Whether the body is what a stream's should be.
pub(super) fn is_event_stream(response: &Response) -> bool {
    header_text(response, &header::CONTENT_TYPE)
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("text/event-stream"))
}

/// What an answer without success means.
pub(super) async fn trouble(response: Response, base: &BaseUrl) -> Trouble {
    let status = response.status();
    let retry_after = header_text(&response, &header::RETRY_AFTER)
        .and_then(|value| value.trim().parse().ok())
        .map(|seconds| Duration::from_secs(seconds).min(LONGEST_ASKED));
    let location = header_text(&response, &header::LOCATION).map(clean);
    let body = response.bytes().await.unwrap_or_default();
    let envelope: Option<Envelope> = serde_json::from_slice(&body).ok();
    let (message, errors) = envelope.map_or_else(
        || (format!("{base} answered {status}"), Vec::new()),
        |Envelope { message, errors }| (clean(&message), errors),
    );
    match status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
            Trouble::NotUnderstood(format!("{base} is no flight-search gateway: it answered {status}"))
        }
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
            Trouble::Unavailable { message, retry_after }
        }
        _ if status.is_server_error() => Trouble::Unavailable { message, retry_after },
        _ if status.is_client_error() => Trouble::Refused { message, errors },
        _ => Trouble::NotUnderstood(match location {
            Some(location) => format!("{base} has moved to {location}; give that to --url"),
            None => format!("{base} answered {status}"),
        }),
    }
}

fn header_text<'a>(response: &'a Response, name: &header::HeaderName) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}
