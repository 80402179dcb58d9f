use std::{
    net::{Ipv6Addr, TcpListener},
    ops::Range,
    sync::Arc,
};

use test_kit::{Client, Gateway, Link, Programs, Service, Shim, eventually};

use crate::{airlines::Airlines, config::Config, store::Store};

/// The gateways' ports. The test kit takes other ones, so that a port stays free while its gateway is down.
const PORTS: Range<u16> = 11_000..19_000;

/// The processes, running and ended.
pub(crate) struct Cluster {
    pub(crate) gateways: Vec<Node>,
    pub(crate) workers: Vec<Node>,
    /// Processes that have ended, kept for their logs.
    pub(crate) stopped: Vec<Service>,
    pub(crate) store: Store,
    /// The auditor's link, which has no faults.
    pub(crate) audited: Arc<Link>,
    /// Controls the disk and the clock of all Redis servers.
    pub(crate) shim: Shim,
}

/// Runs a gateway or a worker, one process after another.
pub(crate) struct Node {
    pub(crate) service: Service,
    pub(crate) link: Arc<Link>,
    pub(crate) shim: Arc<Shim>,
    /// The port, if it is a gateway.
    pub(crate) port: Option<u16>,
    number: usize,
    processes: usize,
    settings: Vec<(String, String)>,
}

impl Cluster {
    /// Starts all processes, and waits until each gateway accepts searches.
    pub(crate) async fn start(config: &Config, airlines: &Airlines) -> Self {
        let shim = Shim::new();
        let store = Store::start(config, &shim).await;
        let audited = Arc::new(Link::to(store.primary().addr()).await);
        let (mut gateways, mut workers) = (Vec::new(), Vec::new());
        let mut ports = free_ports();
        let accepts_on_disk = config.is_accepted_on_disk && store.has_waitaof().await;
        for number in 0..config.gateways {
            let mut settings = config.settings();
            if accepts_on_disk {
                settings.push(("ACCEPT_DURABILITY".into(), "disk".into()));
            }
            gateways.push(Node::new(number, &store, settings, ports.next()).await);
        }
        for number in 0..config.workers {
            let mut settings = config.settings();
            settings.push(airlines.setting());
            if number == 0 {
                let deadline = config.first_workers_deadline.as_millis();
                settings.push(("SEARCH_DEADLINE_MS".into(), deadline.to_string()));
            }
            workers.push(Node::new(number, &store, settings, None).await);
        }
        let cluster = Self { gateways, workers, stopped: Vec::new(), store, audited, shim };
        for client in cluster.clients() {
            eventually("searches are accepted", async || client.try_submit().await).await;
        }
        cluster
    }

    /// Clients of the gateways.
    pub(crate) fn clients(&self) -> Vec<Client> {
        self.gateways.iter().filter_map(|gateway| gateway.port).map(Client::new).collect()
    }

    /// The processes that ended on their own or logged a panic, each with its log.
    pub(crate) fn crashes(&mut self) -> Vec<String> {
        let mut crashes = Vec::new();
        for node in self.gateways.iter_mut().chain(&mut self.workers) {
            if node.service.has_ended() {
                crashes.push(format!("a service ended on its own:\n{}", node.service.log()));
            }
        }
        let logs = self.services().map(Service::log).filter(|log| log.contains("panicked"));
        crashes.extend(logs.map(|log| format!("a service panicked:\n{log}")));
        crashes
    }

    /// The services' log lines about a search, in the order of time.
    pub(crate) fn log_of(&self, search: &str) -> Vec<String> {
        let mut lines = Vec::new();
        for service in self.services() {
            lines.extend(service.log().lines().filter(|line| line.contains(search)).map(str::to_owned));
        }
        lines.sort_unstable();
        lines
    }

    /// The services' log lines of level ERROR.
    pub(crate) fn errors(&self) -> Vec<String> {
        let logs = self.services().map(Service::log);
        logs.flat_map(|log| {
            log.lines().filter(|line| line.contains(" ERROR ")).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
    }

    fn services(&self) -> impl Iterator<Item = &Service> {
        self.gateways.iter().chain(&self.workers).map(|node| &node.service).chain(&self.stopped)
    }
}

impl Node {
    async fn new(
        number: usize,
        store: &Store,
        mut settings: Vec<(String, String)>,
        port: Option<u16>,
    ) -> Self {
        let link = Arc::new(Link::to(store.primary().addr()).await);
        let shim = Arc::new(Shim::new());
        settings.push(("REDIS_ADDR".into(), link.addr()));
        settings.extend(shim.environment());
        let service = launch(number, 0, &settings, port).await;
        Self { service, link, shim, port, number, processes: 1, settings }
    }

    /// Kills the process, or stops it and waits for its end. It must still be running.
    pub(crate) async fn down(&mut self, kill: bool) {
        assert!(!self.service.has_ended(), "a service ended on its own\n{}", self.service.log());
        if kill {
            self.service.kill().await;
        } else {
            self.service.terminate();
            self.service.exit_code().await;
        }
    }

    /// Starts a new process and returns the old one.
    pub(crate) async fn up(&mut self) -> Service {
        let fresh = launch(self.number, self.processes, &self.settings, self.port).await;
        self.processes += 1;
        std::mem::replace(&mut self.service, fresh)
    }
}

/// The number of the worker with this name.
pub(crate) fn worker_number(worker: &str) -> Option<usize> {
    worker.split_once('-')?.0.parse().ok()
}

/// Starts a worker, or, with a port, a gateway, and waits until the gateway listens. The port must be free.
async fn launch(number: usize, process: usize, settings: &[(String, String)], port: Option<u16>) -> Service {
    let Some(port) = port else {
        let mut settings = settings.to_vec();
        settings.push(("CHAOS_WORKER".into(), format!("{number}-{process}")));
        return Service::start("provider-service", &settings);
    };
    let gateway = Gateway::on(port, &Programs::of_this_test(), "main-service", settings).await;
    gateway.unwrap_or_else(|log| panic!("a gateway can't start\n{log}")).service
}

fn free_ports() -> impl Iterator<Item = u16> {
    let all = (rand::random_range(PORTS)..PORTS.end).chain(PORTS);
    all.filter(|port| TcpListener::bind((Ipv6Addr::UNSPECIFIED, *port)).is_ok())
}
