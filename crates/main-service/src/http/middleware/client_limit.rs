//! How many searches and price checks one client may submit in a minute.

use std::{
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
    routing::MethodRouter,
};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    state::keyed::HashMapStateStore,
};
use sse_server::{Peer, client_key};

use crate::http::{body, problem::Problem};
use crate::{app::App, config::Config, trusted_proxies::TrustedProxies};

/// How often those are forgotten that were not seen of late: it takes a look at each.
const SWEEP: Duration = Duration::from_secs(10);

/// What is known of each client's rate.
struct ClientLimit {
    rates: RateLimiter<IpAddr, HashMapStateStore<IpAddr>, DefaultClock>,
    clock: DefaultClock,
    swept: Mutex<Instant>,
    trusted_proxies: TrustedProxies,
}

/// Puts the limit before routes, if there is one: they share it.
pub(in crate::http) fn limiter(
    app: &App,
) -> impl Fn(MethodRouter<Arc<App>>) -> MethodRouter<Arc<App>> + use<> {
    let limit = ClientLimit::new(&app.config).map(Arc::new);
    move |route| match &limit {
        Some(limit) => route.route_layer(middleware::from_fn_with_state(Arc::clone(limit), check)),
        None => route,
    }
}

async fn check(
    State(limit): State<Arc<ClientLimit>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if let Some(Peer(peer)) = request.extensions().get()
        && let Err(problem) = limit.admit(limit.trusted_proxies.client(*peer, request.headers()))
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
        let Err(until) = self.rates.check_key(&client_key(client)) else { return Ok(()) };
        let wait = until.wait_time_from(self.clock.now());
        Err(Problem::RateLimited(wait.as_secs() + 1))
    }

    fn sweep(&self) {
        // If it is locked, another request is already doing this.
        let Ok(mut swept) = self.swept.try_lock() else { return };
        if swept.elapsed() >= SWEEP {
            self.rates.retain_recent();
            self.rates.shrink_to_fit();
            *swept = Instant::now();
        }
    }
}
