//! What may go wrong with each request, shown by the very answers that it gets then.

use std::collections::BTreeMap;

use broker::BrokerError;
use contracts::{FieldError, envelope::Failure};
use serde_json::Value;
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{
        ContentBuilder, HeaderBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Type,
        example::ExampleBuilder,
    },
};

use crate::http::Problem;

fn wrong(field: &str, message: &str) -> Problem {
    Problem::Fields(vec![FieldError::new(field, message)])
}

fn malformed_id() -> Problem {
    wrong("id", "must be a UUID like 7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11")
}

fn unavailable() -> Problem {
    Problem::Unavailable(BrokerError::TimedOut)
}

macro_rules! failures {
    ($($(#[$doc:meta])* $name:ident: [$($problem:expr),* $(,)?];)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                answers(vec![$($problem),*])
            }
        }
    )*};
}

failures! {
    /// Of a submission.
    SubmitFailures: [
        wrong("from", "must be a three-letter IATA code, like CGK"),
        Problem::Body("the body is not valid JSON: EOF while parsing a value at line 1 column 0".into()),
        Problem::BodyTooLarge,
        Problem::ContentType,
        Problem::BodyTooSlow,
        Problem::KeyReused,
        Problem::RateLimited(30),
        Problem::Backlog,
        unavailable(),
        Problem::NotReady("Redis has no replica, which ACCEPT_DURABILITY=replica needs"),
        Problem::Panicked,
    ];
    /// Of asking for a search's state.
    StatusFailures: [malformed_id(), Problem::UnknownSearch, unavailable(), Problem::Panicked];
    /// Of a cancellation.
    CancelFailures: [
        malformed_id(),
        Problem::UnknownSearch,
        Problem::AlreadyEnded,
        unavailable(),
        Problem::Panicked,
    ];
    /// Of opening a stream: it opens without Redis, too.
    StreamFailures: [
        malformed_id(),
        Problem::Query("Failed to deserialize query string: duplicate field `partials`".into()),
        Problem::UnknownSearch,
        Problem::TooManyStreams,
        Problem::Panicked,
    ];
    /// Of asking for places.
    PlaceFailures: [
        wrong("q", "is required"),
        Problem::Query("Failed to deserialize query string: duplicate field `q`".into()),
        Problem::Panicked,
    ];
    /// Of asking whether the gateway is of use.
    ReadinessFailures: [Problem::NotReady("Redis does not answer")];
}

/// One response for each status, with an example for each code.
fn answers(problems: Vec<Problem>) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<String, Vec<Failure>> = BTreeMap::new();
    for problem in problems {
        let (status, failure) = problem.into_failure();
        by_status.entry(status.as_str().to_owned()).or_default().push(failure);
    }
    by_status
        .into_iter()
        .map(|(status, failures)| (status.clone(), answer(&status, failures).into()))
        .collect()
}

fn answer(status: &str, failures: Vec<Failure>) -> Response {
    let told: Vec<_> =
        failures.iter().map(|failure| format!("`{}`: {}.", failure.code, failure.message)).collect();
    let examples = failures.into_iter().map(|failure| {
        let code = failure.code.clone();
        let example = ExampleBuilder::new().value(serde_json::to_value(failure).ok().or(Some(Value::Null)));
        (code, example.build())
    });
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(Failure::name())))
        .examples_from_iter(examples)
        .build();
    let mut response =
        ResponseBuilder::new().description(told.join("\n\n")).content("application/json", content);
    if matches!(status, "429" | "503") {
        let seconds = ObjectBuilder::new().schema_type(Type::Integer).build();
        let header = HeaderBuilder::new()
            .description(Some("After how many seconds to try again."))
            .schema(Some(seconds));
        response = response.header("retry-after", header.build());
    }
    response.build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelope_has_its_name() {
        assert_eq!(Failure::name(), "Failure");
    }
}
