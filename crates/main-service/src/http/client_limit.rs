//! How many searches one client may submit in a minute.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::Arc,
};

use axum::{
    extract::{Request, State},
    http::HeaderMap,
    middleware::{self, Next},
    response::Response,
    routing::MethodRouter,
};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    state::keyed::HashMapStateStore,
};
use ipnet::IpNet;

use super::Problem;
use crate::{Config, app::App, server::Peer};

/// The bits of an IPv6 address that name a client: what is behind them it chooses freely.
const CLIENT_BITS: u32 = 64;
/// After how many clients those that were not seen of late are forgotten.
const REMEMBERED: usize = 10_000;

/// What is known of each client's rate.
struct ClientLimit {
    rates: RateLimiter<IpAddr, HashMapStateStore<IpAddr>, DefaultClock>,
    clock: DefaultClock,
    trusted_proxies: Vec<IpNet>,
}

/// Puts the limit before a route, if there is one.
pub(super) fn limited(app: &App, route: MethodRouter<Arc<App>>) -> MethodRouter<Arc<App>> {
    match ClientLimit::new(&app.config) {
        Some(limit) => route.route_layer(middleware::from_fn_with_state(Arc::new(limit), check)),
        None => route,
    }
}

async fn check(
    State(limit): State<Arc<ClientLimit>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if let Some(Peer(peer)) = request.extensions().get() {
        limit.admit(client(*peer, request.headers(), &limit.trusted_proxies))?;
    }
    Ok(next.run(request).await)
}

impl ClientLimit {
    fn new(config: &Config) -> Option<Self> {
        let quota = Quota::per_minute(NonZeroU32::new(config.rate_limit_per_minute)?);
        Some(Self {
            rates: RateLimiter::hashmap(quota),
            clock: DefaultClock::default(),
            trusted_proxies: config.trusted_proxies.clone(),
        })
    }

    fn admit(&self, client: IpAddr) -> Result<(), Problem> {
        if self.rates.len() > REMEMBERED {
            self.rates.retain_recent();
        }
        let Err(until) = self.rates.check_key(&network(client)) else { return Ok(()) };
        let wait = until.wait_time_from(self.clock.now());
        Err(Problem::RateLimited(wait.as_secs() + 1))
    }
}

/// Who sent a request: the peer, or whom the trusted proxies in front name. The header is read from its end, because
/// only what a trusted proxy has appended is true.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer.to_canonical();
    let forwarded = headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<_> = forwarded.flat_map(|value| value.split(',')).collect();
    for hop in hops.into_iter().rev() {
        match hop.trim().parse::<IpAddr>() {
            Ok(address) if is_trusted(&client) => client = address.to_canonical(),
            _ => break,
        }
    }
    client
}

fn network(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(address) => {
            let mask = u128::MAX << (128 - CLIENT_BITS);
            Ipv6Addr::from_bits(address.to_bits() & mask).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted: Vec<_> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn nobody_is_believed_who_is_not_trusted() {
        assert_eq!(from("203.0.113.9", &["198.51.100.1"], &[]), "203.0.113.9");
        assert_eq!(from("203.0.113.9", &["198.51.100.1"], &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(from("::ffff:10.0.0.1", &["198.51.100.1"], &["10.0.0.0/8"]), "198.51.100.1");
    }

    #[test]
    fn only_what_trusted_proxies_appended_counts() {
        let trusted = ["10.0.0.0/8"];
        assert_eq!(from("10.0.0.1", &["1.1.1.1, 198.51.100.1, 10.0.0.7"], &trusted), "198.51.100.1");
        assert_eq!(from("10.0.0.1", &["1.1.1.1", "198.51.100.1"], &trusted), "198.51.100.1");
        assert_eq!(from("10.0.0.1", &["nonsense"], &trusted), "10.0.0.1");
        assert_eq!(from("10.0.0.1", &[], &trusted), "10.0.0.1");
    }

    #[test]
    fn an_ipv6_client_is_its_network() {
        let network = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("198.51.100.1"), "198.51.100.1");
    }
}
