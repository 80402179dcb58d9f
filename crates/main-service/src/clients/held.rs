use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{TrustedProxies, network};

/// What each client holds of the gateway: connections, or where a trusted proxy's connections are in between, requests
/// and streams under way.
#[derive(Debug)]
pub(crate) struct Clients {
    proxies: TrustedProxies,
    /// How much one client may hold; 0: any number, and nothing is counted.
    most: usize,
    held: Mutex<HashMap<IpAddr, usize>>,
}

impl Clients {
    /// Clients of which each may hold `most`; 0 for any number.
    pub(crate) fn new(proxies: TrustedProxies, most: usize) -> Self {
        Self { proxies, most, held: Mutex::default() }
    }

    /// The proxies that are believed.
    pub(crate) fn proxies(&self) -> &TrustedProxies {
        &self.proxies
    }

    /// Whether anything is counted.
    pub(crate) fn are_limited(&self) -> bool {
        self.most > 0
    }

    /// Whether what comes from this address is counted as its own: it is not where it is a proxy's.
    pub(crate) fn count(&self, address: IpAddr) -> bool {
        self.are_limited() && !self.proxies.trust(&address.to_canonical())
    }

    /// Counts one more for a client, until [`leave`](Self::leave); `false` if it has as much as it may.
    pub(crate) fn enter(&self, client: IpAddr) -> bool {
        let mut held = self.held();
        let count = held.entry(network(client)).or_default();
        let admitted = *count < self.most;
        *count += usize::from(admitted);
        admitted
    }

    /// Takes one back.
    pub(crate) fn leave(&self, client: IpAddr) {
        let client = network(client);
        let mut held = self.held();
        match held.get_mut(&client) {
            Some(count) if *count > 1 => *count -= 1,
            _ => _ = held.remove(&client),
        }
    }

    /// Counts one more for a client, until what is returned is dropped; `None` if it has as much as it may.
    pub(crate) fn hold(self: &Arc<Self>, client: IpAddr) -> Option<Held> {
        self.enter(client).then(|| Held { clients: Arc::clone(self), client })
    }

    /// Whether a client has nearly as much as it may.
    pub(crate) fn is_near(&self, client: IpAddr) -> bool {
        let held = self.held().get(&network(client)).copied().unwrap_or_default();
        is_near(held, self.most)
    }

    fn held(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether so many are three quarters of what there may be.
pub(crate) fn is_near(held: usize, most: usize) -> bool {
    held >= most - most / 4
}

/// One of what a client holds.
#[derive(Debug)]
pub(crate) struct Held {
    clients: Arc<Clients>,
    client: IpAddr,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.clients.leave(self.client);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_client_holds_so_much_and_no_more_and_the_others_are_none_the_worse() {
        let clients = Arc::new(Clients::new(TrustedProxies::default(), 2));
        let one = [clients.hold(address("2001:db8::1")), clients.hold(address("2001:db8::2"))];
        assert!(one.iter().all(Option::is_some));
        assert!(clients.hold(address("2001:db8::3")).is_none(), "the network has two");
        assert!(clients.is_near(address("2001:db8::3")) && !clients.is_near(address("198.51.100.1")));
        let other = clients.hold(address("198.51.100.1"));
        assert!(other.is_some());
        drop(one);
        assert!(clients.hold(address("2001:db8::3")).is_some());
        drop(other);
        assert!(clients.held().is_empty(), "who holds nothing is forgotten");
    }

    #[test]
    fn proxies_and_clients_without_a_limit_are_not_counted() {
        let clients = |most| Clients::new("10.0.0.0/8".parse().unwrap(), most);
        assert!(clients(5).count(address("198.51.100.1")));
        assert!(!clients(5).count(address("::ffff:10.0.0.1")));
        assert!(!clients(0).count(address("198.51.100.1")));
    }
}
