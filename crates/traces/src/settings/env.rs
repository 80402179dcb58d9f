/// An environment variable is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} {problem}")]
pub struct InvalidTraceSetting {
    name: String,
    problem: String,
}

impl InvalidTraceSetting {
    pub(super) fn new(name: &str, problem: impl Into<String>) -> Self {
        Self { name: name.to_owned(), problem: problem.into() }
    }

    pub(crate) fn certificates(error: &std::io::Error) -> Self {
        let problem = format!("is https, but the system's certificates can't be read: {error}");
        Self::new("OTEL_EXPORTER_OTLP_ENDPOINT", problem)
    }
}

/// The environment. Empty variables are not there.
pub(super) struct Env<'a, F>(pub(super) &'a F);

impl<F: Fn(&str) -> Option<String>> Env<'_, F> {
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.0(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// A setting of the exporter, and its variable's name: the one for traces, or the general one.
    pub(super) fn of_traces(&self, name: &str) -> (String, Option<String>) {
        let of_traces = format!("OTEL_EXPORTER_OTLP_TRACES_{name}");
        if let Some(value) = self.get(&of_traces) {
            return (of_traces, Some(value));
        }
        let general = format!("OTEL_EXPORTER_OTLP_{name}");
        let value = self.get(&general);
        (general, value)
    }

    pub(super) fn parse<T>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, InvalidTraceSetting> {
        parse(name, self.get(name), read)
    }
}

/// Reads the value of a variable, if there is one.
pub(super) fn parse<T>(
    name: impl AsRef<str>,
    value: Option<String>,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<T>, InvalidTraceSetting> {
    let invalid = |problem: String| InvalidTraceSetting::new(name.as_ref(), problem);
    value.map(|value| read(&value).map_err(invalid)).transpose()
}
