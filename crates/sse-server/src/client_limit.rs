use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ipnet::IpNet;

/// The bits of an IPv6 address that name a client: it chooses the others freely.
const CLIENT_BITS: u32 = 64;

/// How many permits one client may hold. A connection holds one; a handler can count more against the same limit, such
/// as the requests of a client behind a proxy.
#[derive(Debug, Default)]
pub struct ClientLimit {
    /// 0: no limit, and nothing is counted.
    max: usize,
    exempt: Vec<IpNet>,
    held: Mutex<HashMap<IpAddr, usize>>,
}

impl ClientLimit {
    /// At most `max` permits for each client, and any number for addresses in the `exempt` networks, such as those of
    /// proxies. 0 is no limit.
    #[must_use]
    pub fn new(max: usize, exempt: Vec<IpNet>) -> Self {
        Self { max, exempt, held: Mutex::default() }
    }

    /// No limit.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Whether there is a limit for this address.
    #[must_use]
    pub fn applies_to(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.max > 0 && !self.exempt.iter().any(|network| network.contains(&address))
    }

    /// A permit for this client; `None` if it holds all it may. Ask [`applies_to`](Self::applies_to) first.
    pub fn acquire(self: &Arc<Self>, client: IpAddr) -> Option<ClientPermit> {
        self.enter(client).then(|| ClientPermit { limit: Arc::clone(self), client })
    }

    /// Counts one more for a client until [`leave`](Self::leave); `false` if it holds all it may.
    pub(crate) fn enter(&self, client: IpAddr) -> bool {
        let mut held = self.held();
        let count = held.entry(client_key(client)).or_default();
        let is_admitted = *count < self.max;
        *count += usize::from(is_admitted);
        is_admitted
    }

    pub(crate) fn leave(&self, client: IpAddr) {
        let client = client_key(client);
        let mut held = self.held();
        match held.get_mut(&client) {
            Some(count) if *count > 1 => *count -= 1,
            _ => _ = held.remove(&client),
        }
    }

    /// Whether a client holds nearly all it may.
    pub(crate) fn is_crowded(&self, client: IpAddr) -> bool {
        let held = self.held().get(&client_key(client)).copied().unwrap_or_default();
        is_crowded(held, self.max)
    }

    fn held(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether three quarters of the permits are taken.
pub(crate) fn is_crowded(held: usize, max: usize) -> bool {
    held >= max - max / 4
}

/// What a client is counted by: its IPv4 address, or its IPv6 network of 64 bits.
#[must_use]
pub fn client_key(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let mask = u128::MAX << (128 - CLIENT_BITS);
            Ipv6Addr::from_bits(address.to_bits() & mask).into()
        }
    }
}

/// One of the permits that a client holds. Dropping it gives it back.
#[derive(Debug)]
pub struct ClientPermit {
    limit: Arc<ClientLimit>,
    client: IpAddr,
}

impl Drop for ClientPermit {
    fn drop(&mut self) {
        self.limit.leave(self.client);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_client_holds_so_many_permits_and_others_are_unaffected() {
        let limit = Arc::new(ClientLimit::new(2, Vec::new()));
        let one = [limit.acquire(address("2001:db8::1")), limit.acquire(address("2001:db8::2"))];
        assert!(one.iter().all(Option::is_some));
        assert!(limit.acquire(address("2001:db8::3")).is_none(), "the network has two");
        assert!(limit.is_crowded(address("2001:db8::3")) && !limit.is_crowded(address("198.51.100.1")));
        let other = limit.acquire(address("198.51.100.1"));
        assert!(other.is_some());
        drop(one);
        assert!(limit.acquire(address("2001:db8::3")).is_some());
        drop(other);
        assert!(limit.held().is_empty(), "a client without permits is forgotten");
    }

    #[test]
    fn exempt_addresses_are_not_limited() {
        let limit = |max| ClientLimit::new(max, vec!["10.0.0.0/8".parse().unwrap()]);
        assert!(limit(5).applies_to(address("198.51.100.1")));
        assert!(!limit(5).applies_to(address("::ffff:10.0.0.1")));
        assert!(!limit(0).applies_to(address("198.51.100.1")));
    }

    #[test]
    fn an_ipv6_client_is_its_network() {
        let key = |text| client_key(address(text)).to_string();
        assert_eq!(key("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(key("198.51.100.1"), "198.51.100.1");
        assert_eq!(key("::ffff:198.51.100.1"), "198.51.100.1");
    }
}
