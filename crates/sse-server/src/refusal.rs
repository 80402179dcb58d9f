/// Why a connection is one too many: an extension of its request, and of the response that says so. A response without
/// it has served the request all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The limit of connections is reached.
    TooManyConnections,
    /// Its client has as many as one client may have.
    TooManyFromClient,
}
