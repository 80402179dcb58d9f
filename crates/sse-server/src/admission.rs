//! How many connections may be open, and how long one may be idle.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::time::sleep;

use crate::{ClientLimit, Refusal, Settings, client_limit::is_crowded};

/// How often it is checked whether a connection is idle.
const CHECK: Duration = Duration::from_secs(2);

/// Gives out the permits for connections.
#[derive(Debug)]
pub(crate) struct Admission {
    pub(crate) settings: Settings,
    clients: Arc<ClientLimit>,
    open: OpenConnections,
}

/// How many connections are open. Refused ones don't count.
#[derive(Clone, Debug, Default)]
pub struct OpenConnections(Arc<AtomicUsize>);

impl OpenConnections {
    /// How many there are now.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Admission {
    pub(crate) fn new(settings: Settings, clients: Arc<ClientLimit>, open: OpenConnections) -> Self {
        Self { settings, clients, open }
    }

    /// A permit for a connection from this address.
    pub(crate) fn admit(self: &Arc<Self>, peer: IpAddr) -> Result<Permit, Refusal> {
        let one_more = |open| (open < self.settings.max_connections).then_some(open + 1);
        if self.open.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_err() {
            return Err(Refusal::TooManyConnections);
        }
        let mut permit = Permit { admission: Arc::clone(self), peer, is_clients: false };
        if self.clients.applies_to(peer) {
            // A permit that is refused here is returned when it is dropped.
            permit.is_clients = self.clients.enter(peer);
            return if permit.is_clients { Ok(permit) } else { Err(Refusal::TooManyFromClient) };
        }
        Ok(permit)
    }
}

/// A permit for one connection. Dropping it gives it back.
#[derive(Debug)]
pub(crate) struct Permit {
    admission: Arc<Admission>,
    peer: IpAddr,
    /// Whether it counts against the client's limit.
    is_clients: bool,
}

impl Permit {
    pub(crate) fn peer(&self) -> IpAddr {
        self.peer
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.admission.settings
    }

    /// Waits until the connection has been idle for too long. `idle` gives `None` while it is not, and otherwise a
    /// number that rises with each of its requests.
    pub(crate) async fn idle_too_long(&self, idle: impl Fn() -> Option<u32>) {
        let mut before = idle();
        let mut waited = Duration::ZERO;
        while waited < self.idle_timeout() {
            // Not beyond the timeout as it is now; it may be shorter at the next check.
            let pause = CHECK.min(self.idle_timeout());
            sleep(pause).await;
            let now = idle();
            waited = if now.is_some() && now == before { waited + pause } else { Duration::ZERO };
            before = now;
        }
    }

    fn idle_timeout(&self) -> Duration {
        let Admission { settings, clients, open } = &*self.admission;
        let is_crowded = is_crowded(open.count(), settings.max_connections)
            || (self.is_clients && clients.is_crowded(self.peer));
        if is_crowded { settings.crowded_idle_timeout } else { settings.idle_timeout }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.admission.open.0.fetch_sub(1, Ordering::Relaxed);
        if self.is_clients {
            self.admission.clients.leave(self.peer);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, net::Ipv4Addr};

    use tokio::time::Instant;

    use super::*;

    const ONE: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1));
    const OTHER: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 2));

    fn admission(max_connections: usize, per_client: usize, exempt: &[&str]) -> Arc<Admission> {
        let settings = Settings { max_connections, ..Settings::default() };
        let exempt = exempt.iter().map(|network| network.parse().unwrap()).collect();
        Arc::new(Admission::new(
            settings,
            Arc::new(ClientLimit::new(per_client, exempt)),
            OpenConnections::default(),
        ))
    }

    #[test]
    fn there_are_so_many_permits_and_so_many_for_each_client() {
        let admission = admission(5, 2, &[]);
        let permits = [admission.admit(ONE).unwrap(), admission.admit(ONE).unwrap()];
        for _ in 0..10 {
            assert_eq!(admission.admit(ONE).unwrap_err(), Refusal::TooManyFromClient);
        }
        let others: Vec<_> =
            (2..5).map(|n| admission.admit(Ipv4Addr::new(203, 0, 113, n).into()).unwrap()).collect();
        assert_eq!(admission.admit(OTHER).unwrap_err(), Refusal::TooManyConnections);
        drop(permits);
        let permit = admission.admit(ONE).unwrap();
        drop((permit, others));
        assert_eq!(admission.open.count(), 0);
    }

    #[test]
    fn connections_of_exempt_addresses_count_for_no_client() {
        let admission = admission(5, 1, &["198.51.100.1/32"]);
        let permits: Vec<_> = (0..4).map(|_| admission.admit(ONE).unwrap()).collect();
        let other = admission.admit(OTHER).unwrap();
        assert_eq!(admission.admit(ONE).unwrap_err(), Refusal::TooManyConnections);
        drop((permits, other));
    }

    async fn stay(permit: &Permit) -> u64 {
        let since = Instant::now();
        permit.idle_too_long(|| Some(0)).await;
        since.elapsed().as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn idle_connections_go_sooner_where_permits_are_scarce() {
        let roomy = admission(8, 0, &[]);
        let permits: Vec<_> = (0..6).map(|_| roomy.admit(ONE).unwrap()).collect();
        assert_eq!(stay(&permits[0]).await, 2);
        drop(permits);
        let permit = roomy.admit(ONE).unwrap();
        assert_eq!(stay(&permit).await, 30);

        let shared = admission(100, 4, &[]);
        let permits: Vec<_> = (0..3).map(|_| shared.admit(ONE).unwrap()).collect();
        assert_eq!(stay(&permits[0]).await, 2, "its client has few left");
        assert_eq!(stay(&shared.admit(OTHER).unwrap()).await, 30);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_with_requests_now_and_then_is_not_idle() {
        let permit = admission(1, 0, &[]).admit(ONE).unwrap();
        let checks = Cell::new(0);
        // Busy at ten checks, then a new request before each of ten, then idle.
        let idle = || {
            checks.set(checks.get() + 1);
            (checks.get() > 10).then_some(checks.get().min(20))
        };
        let since = Instant::now();
        permit.idle_too_long(idle).await;
        assert_eq!((checks.get(), since.elapsed().as_secs()), (21, 40));
    }
}
