//! Documents a handler's failures by the responses themselves. Each handler's file has a `failures!`.

use std::collections::BTreeMap;

use broker::BrokerError;
use contracts::{FieldError, envelope::Failure};
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{
        ContentBuilder, HeaderBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Type,
        example::ExampleBuilder,
    },
};

use crate::http::problem::Problem;

pub(crate) fn wrong(field: &str, message: &str) -> Problem {
    Problem::Fields(vec![FieldError::new(field, message)])
}

pub(crate) fn malformed_id() -> Problem {
    wrong("id", "must be a UUID like 7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11")
}

pub(crate) fn unavailable() -> Problem {
    Problem::Unavailable(BrokerError::TimedOut)
}

macro_rules! failures {
    ($($(#[$doc:meta])* $name:ident: [$($problem:expr),* $(,)?];)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl utoipa::IntoResponses for $name {
            fn responses()
            -> std::collections::BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::Response>> {
                $crate::http::docs::failures::responses(vec![$($problem),*])
            }
        }
    )*};
}

pub(crate) use failures;

/// One response for each status, with an example for each code.
pub(crate) fn responses(problems: Vec<Problem>) -> BTreeMap<String, RefOr<Response>> {
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
    let descriptions: Vec<_> =
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
        ResponseBuilder::new().description(descriptions.join("\n\n")).content("application/json", content);
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
