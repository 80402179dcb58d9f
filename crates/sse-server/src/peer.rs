use std::net::IpAddr;

/// The address at the other end of a connection: an extension of each of its requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);
