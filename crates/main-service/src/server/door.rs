//! How many connections there may be, and for how long one may be idle.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::time::sleep;

use super::{Peer, Refusal};
use crate::clients::{Clients, is_near};

/// For how long a connection may be without a request, be it its first one.
const IDLE: Duration = Duration::from_secs(30);
/// The same while there is hardly room for others.
const IDLE_WHEN_CROWDED: Duration = Duration::from_secs(2);
/// How often it is looked at whether a connection is idle.
const LOOK: Duration = Duration::from_secs(2);

/// Lets connections in.
#[derive(Debug)]
pub(super) struct Door {
    most: usize,
    inside: AtomicUsize,
    clients: Arc<Clients>,
}

impl Door {
    /// For so many connections at once.
    pub(super) fn new(most: usize, clients: Arc<Clients>) -> Self {
        Self { most, inside: AtomicUsize::new(0), clients }
    }

    /// A place for a connection from this address.
    pub(super) fn admit(self: &Arc<Self>, peer: IpAddr) -> Result<Place, Refusal> {
        let one_more = |inside| (inside < self.most).then_some(inside + 1);
        let entered = self.inside.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more);
        let mut place = match entered {
            Ok(_) => Place { door: Arc::clone(self), peer, is_counted: false },
            Err(_) => return Err(Refusal::Full),
        };
        if self.clients.count(peer) {
            // A place that is refused here is given back as it is dropped.
            place.is_counted = self.clients.enter(peer);
            return if place.is_counted { Ok(place) } else { Err(Refusal::OfClient) };
        }
        Ok(place)
    }
}

/// A place for one connection, given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    door: Arc<Door>,
    peer: IpAddr,
    /// Whether it is counted as its client's.
    is_counted: bool,
}

impl Place {
    /// Whose it is.
    pub(super) fn peer(&self) -> Peer {
        Peer(self.peer)
    }

    /// Waits until the connection has been idle for longer than it may be. `idle` gives `None` while it is not, and
    /// else a number that rises with each of its requests.
    pub(super) async fn outstayed(&self, idle: impl Fn() -> Option<u32>) {
        let mut before = idle();
        let mut waited = Duration::ZERO;
        while waited < self.patience() {
            sleep(LOOK).await;
            let now = idle();
            waited = if now.is_some() && now == before { waited + LOOK } else { Duration::ZERO };
            before = now;
        }
    }

    fn patience(&self) -> Duration {
        let Door { most, inside, clients } = &*self.door;
        let is_crowded =
            is_near(inside.load(Ordering::Relaxed), *most) || (self.is_counted && clients.is_near(self.peer));
        if is_crowded { IDLE_WHEN_CROWDED } else { IDLE }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.door.inside.fetch_sub(1, Ordering::Relaxed);
        if self.is_counted {
            self.door.clients.leave(self.peer);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, net::Ipv4Addr};

    use tokio::time::Instant;

    use super::*;
    use crate::TrustedProxies;

    const ONE: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1));
    const OTHER: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 2));

    fn door(most: usize, per_client: usize, proxies: &str) -> Arc<Door> {
        let proxies: TrustedProxies = proxies.parse().unwrap();
        Arc::new(Door::new(most, Arc::new(Clients::new(proxies, per_client))))
    }

    #[test]
    fn there_are_so_many_places_and_so_many_for_each_client() {
        let door = door(5, 2, "");
        let places = [door.admit(ONE).unwrap(), door.admit(ONE).unwrap()];
        for _ in 0..10 {
            assert_eq!(door.admit(ONE).unwrap_err(), Refusal::OfClient);
        }
        let others: Vec<_> =
            (2..5).map(|n| door.admit(Ipv4Addr::new(203, 0, 113, n).into()).unwrap()).collect();
        assert_eq!(door.admit(OTHER).unwrap_err(), Refusal::Full);
        drop(places);
        let place = door.admit(ONE).unwrap();
        drop((place, others));
        assert_eq!(door.inside.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_trusted_proxys_connections_are_its_own() {
        let door = door(5, 1, "198.51.100.1");
        let places: Vec<_> = (0..4).map(|_| door.admit(ONE).unwrap()).collect();
        let other = door.admit(OTHER).unwrap();
        assert_eq!(door.admit(ONE).unwrap_err(), Refusal::Full);
        drop((places, other));
    }

    async fn stay(place: &Place) -> u64 {
        let since = Instant::now();
        place.outstayed(|| Some(0)).await;
        since.elapsed().as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_idle_goes_sooner_where_there_is_hardly_room() {
        let roomy = door(8, 0, "");
        let places: Vec<_> = (0..6).map(|_| roomy.admit(ONE).unwrap()).collect();
        assert_eq!(stay(&places[0]).await, 2);
        drop(places);
        let place = roomy.admit(ONE).unwrap();
        assert_eq!(stay(&place).await, 30);

        let shared = door(100, 4, "");
        let places: Vec<_> = (0..3).map(|_| shared.admit(ONE).unwrap()).collect();
        assert_eq!(stay(&places[0]).await, 2, "its client has hardly room");
        assert_eq!(stay(&shared.admit(OTHER).unwrap()).await, 30);
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_busy_or_asks_now_and_then_is_not_idle() {
        let door = door(1, 0, "");
        let place = door.admit(ONE).unwrap();
        let looks = Cell::new(0);
        // Busy at ten looks, then a new request before each of ten, then idle.
        let idle = || {
            looks.set(looks.get() + 1);
            (looks.get() > 10).then_some(looks.get().min(20))
        };
        let since = Instant::now();
        place.outstayed(idle).await;
        assert_eq!((looks.get(), since.elapsed().as_secs()), (21, 40));
    }
}
