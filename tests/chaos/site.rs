use std::{
    net::{Ipv6Addr, TcpListener},
    ops::Range,
};

use e2e::{Client, Redis, Service, eventually};
use reqwest::Method;

use crate::plan::{DEADLINE, GATEWAYS, LEASE, WORKERS};

/// Where gateways listen. The harness gives out other ports, so that one stays its gateway's while that is down.
const PORTS: Range<u16> = 11_000..19_000;

/// The processes, and those that were.
pub(crate) struct Site {
    /// The gateways.
    pub(crate) gateways: Vec<Gateway>,
    /// The workers.
    pub(crate) workers: Vec<Service>,
    /// The dead, kept for what they have written.
    pub(crate) graveyard: Vec<Service>,
    /// Redis.
    pub(crate) redis: Redis,
    /// How new processes are set up.
    pub(crate) factory: Factory,
}

/// A gateway and its port, which it keeps.
pub(crate) struct Gateway {
    pub(crate) service: Service,
    pub(crate) port: u16,
}

/// Starts processes.
#[derive(Clone)]
pub(crate) struct Factory {
    settings: Vec<(String, String)>,
}

impl Site {
    /// Starts all, and waits until it works.
    pub(crate) async fn start() -> Self {
        let redis = Redis::durable().await;
        let factory = Factory::new(&redis);
        let mut gateways = Vec::new();
        for port in free_ports().take(GATEWAYS) {
            gateways.push(Gateway { service: factory.gateway(port).await, port });
        }
        let workers = (0..WORKERS).map(|_| factory.worker()).collect();
        let site = Self { gateways, workers, graveyard: Vec::new(), redis, factory };
        for client in site.clients() {
            eventually("searches are accepted", async || client.try_submit().await).await;
        }
        site
    }

    /// Clients of the gateways.
    pub(crate) fn clients(&self) -> Vec<Client> {
        self.gateways.iter().map(|gateway| Client::new(gateway.port)).collect()
    }

    /// What went down without being told to, or said that it panicked.
    pub(crate) fn crashes(&mut self) -> Vec<String> {
        let mut crashes = Vec::new();
        let gateways = self.gateways.iter_mut().map(|gateway| &mut gateway.service);
        for service in gateways.chain(&mut self.workers) {
            if service.has_ended() {
                crashes.push(format!("a service has ended by itself:\n{}", service.log()));
            }
        }
        let logs = self.services().map(Service::log).filter(|log| log.contains("panicked"));
        crashes.extend(logs.map(|log| format!("a service has panicked:\n{log}")));
        crashes
    }

    /// What the services have written about a search, in the order of time.
    pub(crate) fn log_of(&self, search: &str) -> Vec<String> {
        let mut lines = Vec::new();
        for service in self.services() {
            lines.extend(service.log().lines().filter(|line| line.contains(search)).map(str::to_owned));
        }
        lines.sort_unstable();
        lines
    }

    fn services(&self) -> impl Iterator<Item = &Service> {
        let gateways = self.gateways.iter().map(|gateway| &gateway.service);
        gateways.chain(&self.workers).chain(&self.graveyard)
    }
}

impl Factory {
    fn new(redis: &Redis) -> Self {
        let settings = [
            ("REDIS_ADDR", redis.addr()),
            ("SEARCH_DEADLINE_MS", DEADLINE.as_millis().to_string()),
            ("JOB_LEASE_MS", LEASE.as_millis().to_string()),
            ("SHUTDOWN_GRACE_MS", "5000".to_owned()),
            ("SIMULATED_LATENCY_MS", "50-800".to_owned()),
            ("SIMULATED_FAILURE_RATE", "0".to_owned()),
        ];
        Self { settings: settings.map(|(name, value)| (name.to_owned(), value)).into() }
    }

    /// A new worker.
    pub(crate) fn worker(&self) -> Service {
        Service::start("provider-service", &self.settings)
    }

    /// A new gateway on this port, which must be free, once it listens.
    pub(crate) async fn gateway(&self, port: u16) -> Service {
        let mut settings = self.settings.clone();
        settings.push(("APP_PORT".into(), port.to_string()));
        let mut service = Service::start("main-service", &settings);
        let client = Client::new(port);
        eventually("a gateway listens", async || {
            assert!(!service.has_ended(), "a gateway can't start\n{}", service.log());
            client.request(Method::GET, "/health/live").send().await.ok()
        })
        .await;
        service
    }
}

fn free_ports() -> impl Iterator<Item = u16> {
    let all = (rand::random_range(PORTS)..PORTS.end).chain(PORTS);
    all.filter(|port| TcpListener::bind((Ipv6Addr::UNSPECIFIED, *port)).is_ok())
}
