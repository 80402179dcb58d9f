/// Why the suppliers can't be set up.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The file is not valid TOML, or its top level has an unknown key.
    #[error("the suppliers file is not valid TOML: {0}")]
    Toml(#[from] toml::de::Error),
    /// The file is valid TOML, but not a suppliers file.
    #[error("the suppliers file: {0}")]
    InvalidFile(String),
    /// One supplier has an invalid setting.
    #[error("supplier {supplier}: {problem}")]
    Supplier {
        /// The supplier's code, or its position such as `#1` if it has none.
        supplier: String,
        /// What is wrong, with the name of the setting.
        problem: String,
    },
    /// The HTTP client can't be created.
    #[error("the HTTP client can't be created: {0}")]
    HttpClient(#[source] Box<dyn std::error::Error + Send + Sync>),
}
