//! The request that carries spans: OTLP over HTTP with protobuf, as
//! <https://opentelemetry.io/docs/specs/otlp/#otlphttp> has it.

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, StatusCode, Uri,
    header::{CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT},
};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use opentelemetry_proto::{
    tonic::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse},
    transform::{
        common::tonic::ResourceAttributesWithSchema, trace::tonic::group_spans_by_resource_and_scope,
    },
};
use opentelemetry_sdk::{Resource, trace::SpanData};
use prost::Message;
use rustls::crypto::ring;

/// The longest response that is read: it only says how many spans the collector has refused.
const MAX_RESPONSE_BYTES: usize = 64 * 1024;

/// Sends spans to a collector.
#[derive(Debug)]
pub(crate) struct Collector {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    endpoint: Uri,
    headers: HeaderMap,
    resource: ResourceAttributesWithSchema,
}

/// Why the collector has not taken a batch.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    #[error("the collector can't be reached: {0}")]
    Connection(String),
    #[error("the collector answered with status {0}")]
    Status(StatusCode),
}

impl SendError {
    /// Whether the same request may succeed later. The specification lists the statuses.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Connection(_) => true,
            Self::Status(status) => matches!(status.as_u16(), 429 | 502 | 503 | 504),
        }
    }
}

impl Collector {
    /// Fails if the endpoint is `https` and the system's certificates can't be read.
    pub(crate) fn new(endpoint: Uri, headers: HeaderMap, resource: &Resource) -> std::io::Result<Self> {
        let tls = HttpsConnectorBuilder::new();
        let tls = if endpoint.scheme_str() == Some("https") {
            tls.with_provider_and_native_roots(ring::default_provider())?
        } else {
            // Never used: there is no certificate to check.
            let roots = rustls::RootCertStore::empty();
            let config = rustls::ClientConfig::builder_with_provider(ring::default_provider().into())
                .with_safe_default_protocol_versions()
                .map_err(std::io::Error::other)?;
            tls.with_tls_config(config.with_root_certificates(roots).with_no_client_auth())
        };
        let client = Client::builder(TokioExecutor::new()).build(tls.https_or_http().enable_http1().build());
        Ok(Self { client, endpoint, headers, resource: resource.into() })
    }

    /// The body of the request with these spans.
    pub(crate) fn encode(&self, spans: Vec<SpanData>) -> Bytes {
        let resource_spans = group_spans_by_resource_and_scope(spans, &self.resource);
        ExportTraceServiceRequest { resource_spans }.encode_to_vec().into()
    }

    /// Sends a body, and returns how many of its spans the collector has refused.
    pub(crate) async fn send(&self, body: Bytes) -> Result<u64, SendError> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = hyper::Method::POST;
        *request.uri_mut() = self.endpoint.clone();
        let headers = request.headers_mut();
        headers.insert(
            USER_AGENT,
            HeaderValue::from_static(concat!("flight-search/", env!("CARGO_PKG_VERSION"))),
        );
        headers.extend(self.headers.clone());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
        let response =
            self.client.request(request).await.map_err(|error| SendError::Connection(cause(&error)))?;
        let status = response.status();
        // Read in any case, so that the connection can be used again.
        let body = Limited::new(response.into_body(), MAX_RESPONSE_BYTES).collect().await;
        if !status.is_success() {
            return Err(SendError::Status(status));
        }
        let reply = body.ok().and_then(|body| ExportTraceServiceResponse::decode(body.to_bytes()).ok());
        let refused =
            reply.and_then(|reply| reply.partial_success).map_or(0, |partial| partial.rejected_spans);
        Ok(u64::try_from(refused).unwrap_or(0))
    }
}

/// The innermost cause, such as "Connection refused". hyper's own text only says that connecting failed.
fn cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
