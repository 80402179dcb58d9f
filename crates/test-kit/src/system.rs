//! Redis, gateways and workers together.

use reqwest::StatusCode;

use crate::{
    client::Client,
    process::{Programs, Service, Settings},
    redis::Redis,
    wait::{eventually, free_port},
};

/// How many ports to try before giving up.
const PORTS_TRIED: usize = 20;

/// Builds a system.
#[derive(Clone, Debug)]
pub struct SystemBuilder {
    gateways: usize,
    workers: usize,
    settings: Vec<(String, String)>,
    programs: Option<Programs>,
}

/// A gateway's process and its port.
#[derive(Debug)]
pub struct Gateway {
    /// The process.
    pub service: Service,
    /// Its HTTP port, on the loopback address.
    pub port: u16,
}

/// A running system.
#[derive(Debug)]
pub struct System {
    /// Its gateways.
    pub gateways: Vec<Gateway>,
    /// Its workers.
    pub workers: Vec<Service>,
    /// Its Redis. Last, so that it ends last.
    pub redis: Redis,
    /// Environment variables of services that are started later; the last value of a name counts.
    pub settings: Vec<(String, String)>,
    /// The programs of services that are started later.
    pub programs: Programs,
}

impl Default for SystemBuilder {
    /// One gateway, one worker, suppliers that answer within 50 ms and never fail. Requests to Redis may take longer than
    /// by default, because tests run on machines that are busy. Tests of a Redis that is away or slow set the default.
    fn default() -> Self {
        let builder = Self { gateways: 1, workers: 1, settings: Vec::new(), programs: None };
        builder
            .set("SIMULATED_LATENCY_MS", "10-50")
            .set("SIMULATED_FAILURE_RATE", "0")
            .set("REDIS_TIMEOUT_MS", "2000")
    }
}

impl SystemBuilder {
    /// Sets the number of gateways.
    #[must_use]
    pub fn gateways(mut self, count: usize) -> Self {
        self.gateways = count;
        self
    }

    /// Sets the number of workers.
    #[must_use]
    pub fn workers(mut self, count: usize) -> Self {
        self.workers = count;
        self
    }

    /// Sets an environment variable of all services; the last value of a name counts.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_string()));
        self
    }

    /// Sets the programs of the services, if they are not those that this test has built.
    #[must_use]
    pub fn programs(mut self, programs: Programs) -> Self {
        self.programs = Some(programs);
        self
    }

    /// Starts it on a Redis without an append-only file.
    pub async fn start(self) -> System {
        let redis = Redis::volatile().await;
        self.start_on(redis).await
    }

    /// Starts it on this Redis, and waits until it is ready.
    pub async fn start_on(self, redis: Redis) -> System {
        let Self { gateways, workers, settings, programs } = self;
        let programs = programs.unwrap_or_else(Programs::of_this_test);
        let mut system = System { gateways: Vec::new(), workers: Vec::new(), redis, settings, programs };
        for _ in 0..gateways {
            system.add_gateway().await;
        }
        for _ in 0..workers {
            system.add_worker();
        }
        for gateway in &system.gateways {
            gateway.ready().await;
        }
        system
    }
}

impl Gateway {
    /// Starts a gateway with these settings on a free port, and waits until it listens.
    pub async fn start(settings: &Settings) -> Self {
        Self::start_from(&Programs::of_this_test(), "main-service", settings).await
    }

    /// Starts a gateway from one of these programs, and waits until it listens.
    pub async fn start_from(programs: &Programs, name: &'static str, settings: &Settings) -> Self {
        // Another test may take the port before the gateway does; then try another one.
        for _ in 0..PORTS_TRIED {
            let port = free_port();
            if let Ok(gateway) = Self::on(port, programs, name, settings).await {
                return gateway;
            }
        }
        panic!("{name} does not start on any port");
    }

    /// Starts a gateway on this port.
    ///
    /// # Errors
    /// Its log, if it ends instead.
    pub async fn on(
        port: u16,
        programs: &Programs,
        name: &'static str,
        settings: &Settings,
    ) -> Result<Self, String> {
        let mut settings = settings.to_vec();
        settings.push(("APP_PORT".into(), port.to_string()));
        let mut service = Service::spawn(name, programs.command(name, &settings));
        let client = Client::new(port);
        let listens = eventually("the gateway listens", async || {
            if service.has_ended() {
                return Some(false);
            }
            client.request(reqwest::Method::GET, "/health/live").send().await.ok().map(|_| true)
        })
        .await;
        if listens { Ok(Self { service, port }) } else { Err(service.log()) }
    }

    /// A client of it.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(self.port)
    }

    /// Waits until its readiness probe succeeds.
    pub async fn ready(&self) {
        let client = self.client();
        eventually("the gateway is ready", async || {
            let request = client.request(reqwest::Method::GET, "/health/ready");
            (request.send().await.ok()?.status() == StatusCode::OK).then_some(())
        })
        .await;
    }
}

impl System {
    /// Starts a system with the defaults.
    pub async fn start() -> Self {
        SystemBuilder::default().start().await
    }

    /// A builder with the defaults.
    #[must_use]
    pub fn builder() -> SystemBuilder {
        SystemBuilder::default()
    }

    /// A client of the first gateway.
    #[must_use]
    pub fn client(&self) -> Client {
        self.gateways[0].client()
    }

    /// Clients of all gateways.
    #[must_use]
    pub fn clients(&self) -> Vec<Client> {
        self.gateways.iter().map(Gateway::client).collect()
    }

    /// Adds a gateway and waits until it listens.
    pub async fn add_gateway(&mut self) {
        self.add_gateway_with(&[]).await;
    }

    /// Adds a gateway with further settings and waits until it listens.
    pub async fn add_gateway_with(&mut self, further: &[(&str, &str)]) {
        let settings = self.settings_with(further);
        self.gateways.push(Gateway::start_from(&self.programs, "main-service", &settings).await);
    }

    /// Starts a gateway on this port; `None` if it ends instead, because the port is taken.
    pub async fn gateway_on(&self, port: u16) -> Option<Gateway> {
        Gateway::on(port, &self.programs, "main-service", &self.settings()).await.ok()
    }

    /// Adds a worker.
    pub fn add_worker(&mut self) {
        self.add_worker_with(&[]);
    }

    /// Adds a worker with further settings.
    pub fn add_worker_with(&mut self, further: &[(&str, &str)]) {
        let command = self.programs.command("provider-service", &self.settings_with(further));
        self.workers.push(Service::spawn("provider-service", command));
    }

    fn settings_with(&self, further: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut settings = self.settings();
        settings.extend(further.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        settings
    }

    /// Waits until this many workers have joined the group.
    pub async fn joined(&self, workers: usize) {
        eventually("the workers have joined", async || (self.consumers().await == workers).then_some(()))
            .await;
    }

    /// Waits until all workers have started: they have joined the group, and the first gateway knows their suppliers. A
    /// search with a short deadline should not wait for that.
    pub async fn workers_ready(&self) {
        self.joined(self.workers.len()).await;
        let client = self.client();
        eventually("the gateway knows the suppliers", async || {
            let (_, body) = client.get("/api/suppliers").await;
            body["data"].as_array().filter(|suppliers| !suppliers.is_empty()).map(drop)
        })
        .await;
    }

    /// How many consumers the group of workers has.
    pub async fn consumers(&self) -> usize {
        let mut command = redis::cmd("XINFO");
        command.arg(&["CONSUMERS", "flight.search.requested", "search-processors"]);
        let consumers = command.query_async::<Vec<redis::Value>>(&mut self.redis.connect().await).await;
        consumers.map_or(0, |consumers| consumers.len())
    }

    fn settings(&self) -> Vec<(String, String)> {
        let mut settings = vec![("REDIS_ADDR".into(), self.redis.addr())];
        settings.extend_from_slice(&self.settings);
        settings
    }
}
