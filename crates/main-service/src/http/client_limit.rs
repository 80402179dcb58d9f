//! How many searches one client may submit in a minute.

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
    str::FromStr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
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

use super::{Problem, body};
use crate::{Config, app::App, server::Peer};

/// The bits of an IPv6 address that name a client: what is behind them it chooses freely.
const CLIENT_BITS: u32 = 64;
/// How often those are forgotten that were not seen of late: it takes a look at each.
const SWEEP: Duration = Duration::from_secs(10);

/// Proxies whose `X-Forwarded-For` is believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// A text that is neither an address nor a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no IP address and no network like 10.0.0.0/8")]
pub struct InvalidNetwork(String);

impl FromStr for TrustedProxies {
    type Err = InvalidNetwork;

    /// Reads addresses and networks separated by commas; empty for none.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let network = |part: &str| {
            let network = part.parse().or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
            network.map_err(|_| InvalidNetwork(part.to_owned()))
        };
        parts.map(network).collect::<Result<_, _>>().map(Self)
    }
}

impl TrustedProxies {
    fn trust(&self, address: &IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }
}

/// What is known of each client's rate.
struct ClientLimit {
    rates: RateLimiter<IpAddr, HashMapStateStore<IpAddr>, DefaultClock>,
    clock: DefaultClock,
    swept: Mutex<Instant>,
    trusted_proxies: TrustedProxies,
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
    if let Some(Peer(peer)) = request.extensions().get()
        && let Err(problem) = limit.admit(client(*peer, request.headers(), &limit.trusted_proxies))
    {
        body::pass_by(request.into_body()).await;
        return Err(problem);
    }
    Ok(next.run(request).await)
}

impl ClientLimit {
    fn new(config: &Config) -> Option<Self> {
        let quota = Quota::per_minute(NonZeroU32::new(config.rate_limit_per_minute)?);
        Some(Self {
            rates: RateLimiter::hashmap(quota),
            clock: DefaultClock::default(),
            swept: Mutex::new(Instant::now()),
            trusted_proxies: config.trusted_proxies.clone(),
        })
    }

    fn admit(&self, client: IpAddr) -> Result<(), Problem> {
        self.sweep();
        let Err(until) = self.rates.check_key(&network(client)) else { return Ok(()) };
        let wait = until.wait_time_from(self.clock.now());
        Err(Problem::RateLimited(wait.as_secs() + 1))
    }

    fn sweep(&self) {
        // Whoever finds it locked leaves it to the one who looks.
        let Ok(mut swept) = self.swept.try_lock() else { return };
        if swept.elapsed() >= SWEEP {
            self.rates.retain_recent();
            self.rates.shrink_to_fit();
            *swept = Instant::now();
        }
    }
}

/// Who sent a request: the peer, or whom the trusted proxies in front name. The header is read from its end, because
/// only what a trusted proxy has appended is true.
fn client(peer: IpAddr, headers: &HeaderMap, proxies: &TrustedProxies) -> IpAddr {
    let mut client = peer.to_canonical();
    let forwarded = headers.get_all("x-forwarded-for").into_iter();
    let hops: Vec<_> = forwarded.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).collect();
    for hop in hops.into_iter().rev() {
        match address(hop) {
            Some(address) if proxies.trust(&client) => client = address.to_canonical(),
            _ => break,
        }
    }
    client
}

/// An address as proxies write it: plain, in brackets, or with a port behind it.
fn address(hop: &[u8]) -> Option<IpAddr> {
    let hop = str::from_utf8(hop).ok()?.trim();
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).unwrap_or(hop);
    bare.parse().ok().or_else(|| Some(hop.parse::<SocketAddr>().ok()?.ip()))
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
    use axum::http::HeaderValue;

    use super::*;

    fn from(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let trusted = trusted.join(",").parse().unwrap();
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
    fn addresses_are_read_however_proxies_write_them() {
        for hop in ["198.51.100.1:4711", "\u{e9}, 198.51.100.1", " 198.51.100.1 "] {
            assert_eq!(from("10.0.0.1", &[hop], &["10.0.0.0/8"]), "198.51.100.1", "{hop}");
        }
        for hop in ["2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:443"] {
            assert_eq!(from("10.0.0.1", &[hop], &["10.0.0.0/8"]), "2001:db8::1", "{hop}");
        }
    }

    #[test]
    fn proxies_are_addresses_and_networks_or_none() {
        assert_eq!("".parse(), Ok(TrustedProxies::default()));
        assert_eq!(" 10.0.0.0/8 , ::1".parse::<TrustedProxies>().map(|proxies| proxies.0.len()), Ok(2));
        assert_eq!("10.0.0.0/8,x".parse::<TrustedProxies>(), Err(InvalidNetwork("x".into())));
    }

    #[test]
    fn an_ipv6_client_is_its_network() {
        let network = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("198.51.100.1"), "198.51.100.1");
    }
}
