//! A file of the page as HTTP sends it: `ETag`, 304, gzip.
//!
//! Own code, because neither crate for this fits. `memory-serve` 2.4 has the same strong `ETag` for all encodings of a
//! file, which RFC 9110 forbids, and puts a hash into each file's name, which the `import`s between the page's modules
//! do not know. `axum-embed` 0.1 is for axum 0.7, and sends gzip even to a client that refuses it with `q=0`.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    io::Write,
};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};

/// A file in two forms. Their bytes differ, so each has its own strong tag; the router's compression would give both
/// the same.
pub(super) struct Asset {
    content_type: HeaderValue,
    plain: Form,
    gzip: Option<Form>,
}

struct Form {
    bytes: Bytes,
    etag: HeaderValue,
}

impl Asset {
    pub(super) fn new(content_type: &str, content: Bytes) -> Self {
        let smaller = gzip(&content).filter(|gzip| gzip.len() < content.len());
        Self {
            content_type: HeaderValue::from_str(content_type)
                .unwrap_or(HeaderValue::from_static("application/octet-stream")),
            plain: Form::of(content),
            gzip: smaller.map(Form::of),
        }
    }

    /// The file in the form the client takes, or 304 if it has it.
    pub(super) fn respond(&self, request: &HeaderMap) -> Response {
        let (form, encoding) = match &self.gzip {
            Some(gzip) if accepts_gzip(request) => (gzip, Some(HeaderValue::from_static("gzip"))),
            _ => (&self.plain, None),
        };
        let mut response = if has(request, &form.etag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let mut response = Response::new(Body::from(form.bytes.clone()));
            response.headers_mut().insert(header::CONTENT_TYPE, self.content_type.clone());
            if let Some(encoding) = encoding {
                response.headers_mut().insert(header::CONTENT_ENCODING, encoding);
            }
            response
        };
        let headers = response.headers_mut();
        headers.insert(header::ETAG, form.etag.clone());
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        response
    }
}

impl Form {
    fn of(bytes: Bytes) -> Self {
        let etag = HeaderValue::from_str(&format!("\"{}\"", digest(&bytes)));
        Self { etag: etag.unwrap_or(HeaderValue::from_static("\"\"")), bytes }
    }
}

/// Names content: the same in every process of one build.
pub(super) fn digest(content: &impl Hash) -> String {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// `None` can't happen: a Vec takes everything.
fn gzip(content: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

/// Whether the client has the content with this tag. By RFC 9110 the comparison is weak, as a proxy may have made
/// the tag so.
fn has(request: &HeaderMap, etag: &HeaderValue) -> bool {
    listed(request, header::IF_NONE_MATCH)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == etag.as_bytes())
}

fn accepts_gzip(request: &HeaderMap) -> bool {
    let quality = |coding: &str| {
        let (name, parameters) = coding.split_once(';').unwrap_or((coding, ""));
        let quality =
            parameters.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case("gzip").then(|| quality.unwrap_or(0.0))
    };
    listed(request, header::ACCEPT_ENCODING).filter_map(quality).any(|quality| quality > 0.0)
}

/// The items of a header that is a list, be it on one line or on several.
fn listed(request: &HeaderMap, name: header::HeaderName) -> impl Iterator<Item = &str> {
    let lines = request.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        for (accept, takes) in [
            ("gzip", true),
            ("br, GZIP;q=0.5", true),
            ("deflate,gzip ; q=1", true),
            ("gzip;q=0", false),
            ("gzip;q=nonsense", false),
            ("br", false),
            ("", false),
        ] {
            assert_eq!(accepts_gzip(&headers(&[("accept-encoding", accept)])), takes, "{accept}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    #[test]
    fn each_form_has_its_own_tag() {
        let asset = Asset::new("text/css", Bytes::from("a { color: red }\n".repeat(50)));
        let plain = asset.respond(&HeaderMap::new());
        let gzip = asset.respond(&headers(&[("accept-encoding", "gzip")]));
        assert_eq!(gzip.headers()[header::CONTENT_ENCODING], "gzip");
        assert!(!plain.headers().contains_key(header::CONTENT_ENCODING));
        assert_ne!(plain.headers()[header::ETAG], gzip.headers()[header::ETAG]);
    }

    #[test]
    fn what_the_client_has_is_not_sent_again() {
        let asset = Asset::new("text/css", Bytes::from_static(b"a{}"));
        let etag = asset.plain.etag.to_str().unwrap().to_owned();
        for sent in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".into()] {
            let mut request = HeaderMap::new();
            request.insert(header::IF_NONE_MATCH, sent.parse().unwrap());
            assert_eq!(asset.respond(&request).status(), StatusCode::NOT_MODIFIED, "{sent}");
        }
        let other = headers(&[("if-none-match", "\"other\"")]);
        assert_eq!(asset.respond(&other).status(), StatusCode::OK);
    }
}
