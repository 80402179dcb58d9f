//! `GET /openapi.json`: the API as an `OpenAPI` 3.1 document, made from the handlers and the types they answer with.

mod events;
#[cfg(test)]
mod tests;

use contracts::envelope::Failure;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        self, HeaderBuilder, ObjectBuilder, RefOr, Schema, Type, link::Link, path::Parameter,
        schema::SchemaType,
    },
};

use crate::http::middleware::request_id::X_REQUEST_ID;

pub(in crate::http) use events::{PARTIALS_EXAMPLE, StreamEvent, TERMINAL_EXAMPLE};

/// The whole document, made of that of the routes.
pub(super) fn document(routes: openapi::OpenApi) -> openapi::OpenApi {
    let mut document = ApiDoc::openapi().merge_from(routes);
    RequestId.modify(&mut document);
    Links.modify(&mut document);
    document
}

/// What holds for the whole API.
const DESCRIPTION: &str = r#"Submit a search, get its id at once, and follow it over Server-Sent Events while the suppliers answer.

**Every answer** but an event stream is JSON in one of two envelopes: `{"success":true,"message","data"}`, or
`{"success":false,"code","message","errors"}`, where `code` is a stable word for programs and `errors` names each
wrong field. A 429 or a 503 has `Retry-After`.

**A gateway that is full** answers any request but those for its health with 503 `too_many_connections`. A client that has
too many connections or requests under way gets 429 `too_many_from_client`.

**`x-request-id`** of up to 128 visible ASCII characters is taken over from the request, or made; the answer and
the gateway's log tell it.

**An accepted search always ends**, in exactly one terminal event, for every client that asks: early, late, twice, after a
reconnect, or through another gateway."#;

#[derive(OpenApi)]
#[openapi(
    info(title = "flight-search", description = DESCRIPTION),
    components(schemas(Failure, contracts::offer::Booking, events::PartialEvent, events::TerminalEvent)),
    tags(
        (name = "searches", description = "Submit a search, follow it, look at it, cancel it."),
        (name = "places", description = "What a search can be made of."),
        (name = "health", description = "For orchestrators and load balancers."),
    ),
)]
struct ApiDoc;

/// Each answer has an id.
struct RequestId;

impl Modify for RequestId {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let header = HeaderBuilder::new()
            .description(Some("The request's id, as sent or made."))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String).max_length(Some(128)).build()))
            .build();
        let items = document.paths.paths.values_mut();
        let operations = items.flat_map(|item| [&mut item.get, &mut item.post, &mut item.delete]);
        for operation in operations.flatten() {
            for parameter in operation.parameters.iter_mut().flatten() {
                if let RefOr::T(parameter) = parameter {
                    absent_not_null(parameter);
                }
            }
            for response in operation.responses.responses.values_mut() {
                if let RefOr::T(response) = response {
                    response.headers.insert(X_REQUEST_ID.as_str().to_owned(), RefOr::T(header.clone()));
                }
            }
        }
    }
}

/// A parameter that need not be there is never null.
fn absent_not_null(parameter: &mut Parameter) {
    if let Some(RefOr::T(Schema::Object(object))) = &mut parameter.schema
        && object.schema_type == SchemaType::from_iter([Type::String, Type::Null])
    {
        object.schema_type = Type::String.into();
    }
}

/// The id that a submission gives is what the other requests are made with.
struct Links;

impl Modify for Links {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let paths = document.paths.paths.values_mut();
        for submit in paths.filter_map(|item| item.post.as_mut()) {
            if let Some(RefOr::T(accepted)) = submit.responses.responses.get_mut("200") {
                for operation in ["status", "stream", "cancel"] {
                    let link = Link::builder()
                        .operation_id(operation)
                        .parameter("id", "$response.body#/data/search_id")
                        .build();
                    accepted.links.insert(operation.to_owned(), link.into());
                }
            }
        }
    }
}
