//! Checks how Redis is set up: once at startup, then every second.

use std::time::Duration;

use broker::{Broker, Checkup, Component, Setup};
use tokio::time::MissedTickBehavior;

use crate::{Alert, AlertLog, Lifecycle, UncleanShutdown};

/// The interval of the checks.
const INTERVAL: Duration = Duration::from_secs(1);
/// How long the first check may take. If Redis does not answer by then, the service starts anyway and waits for it.
const STARTUP_TIMEOUT: Duration = Duration::from_secs(1);

/// Checks Redis at startup. Fails if Redis runs in cluster mode; succeeds if Redis does not answer.
pub async fn check_redis(broker: &Broker, component: Component) -> Result<(), UncleanShutdown> {
    startup_errors(broker, component, |_| ()).await.map(drop)
}

/// Like [`check_redis`], and waits while Redis is a replica or forbids a command.
///
/// A worker must not start before: a script that Redis stops halfway leaves its work half done. Passes each checkup to
/// `on_checkup`.
pub async fn wait_until_usable(
    broker: &Broker,
    component: Component,
    on_checkup: impl Fn(&Checkup),
) -> Result<(), UncleanShutdown> {
    let mut log = AlertLog::default();
    loop {
        let errors = startup_errors(broker, component, &on_checkup).await?;
        log.update(&errors);
        if errors.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

/// Returns [`redis_errors`], or nothing if Redis does not answer.
async fn startup_errors(
    broker: &Broker,
    component: Component,
    on_checkup: impl Fn(&Checkup),
) -> Result<Vec<Alert>, UncleanShutdown> {
    match tokio::time::timeout(STARTUP_TIMEOUT, broker.checkup(component)).await {
        Ok(Ok(checkup)) if checkup.is_cluster => Err(UncleanShutdown::RedisCluster),
        Ok(Ok(checkup)) => {
            on_checkup(&checkup);
            Ok(redis_errors(&checkup))
        }
        _ => Ok(Vec::new()),
    }
}

/// Checks Redis until the service stops. Logs alerts, passes each checkup to `on_checkup`, and stops the service if
/// Redis runs in cluster mode.
pub async fn watch_redis(
    broker: Broker,
    component: Component,
    lifecycle: Lifecycle,
    on_checkup: impl Fn(Checkup),
) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut log = AlertLog::default();
    while lifecycle.stop_token().run_until_cancelled(ticks.tick()).await.is_some() {
        let checkup = lifecycle.stop_token().run_until_cancelled(broker.checkup(component));
        match checkup.await {
            Some(Ok(checkup)) if checkup.is_cluster => return lifecycle.fail(UncleanShutdown::RedisCluster),
            Some(Ok(checkup)) => {
                log.update(&[redis_errors(&checkup), redis_warnings(&checkup)].concat());
                on_checkup(checkup);
            }
            // Other tasks log that Redis is away.
            Some(Err(error)) => tracing::debug!(%error, "could not check Redis"),
            None => {}
        }
    }
}

/// Alerts that make Redis unusable for now.
#[must_use]
pub fn redis_errors(checkup: &Checkup) -> Vec<Alert> {
    let mut errors = Vec::new();
    if checkup.is_replica {
        errors.push(Alert::new("redis_is_replica", "Redis is a replica, not the primary"));
    }
    if !checkup.forbidden.is_empty() {
        let commands = checkup.forbidden.join(", ");
        errors.push(Alert::new("redis_forbids", format!("Redis forbids its user {commands}")));
    }
    errors
}

/// Alerts about settings of Redis that put searches at risk.
#[must_use]
pub fn redis_warnings(checkup: &Checkup) -> Vec<Alert> {
    let Some(Setup { eviction_policy, lacks_append_only_file, .. }) = &checkup.setup else {
        let unknown =
            "Redis forbids INFO: whether its maxmemory-policy and persistence are right is not known";
        return vec![Alert::new("redis_not_examined", unknown)];
    };
    let mut warnings = Vec::new();
    if let Some(policy) = eviction_policy {
        let message = format!(
            "SEARCHES MAY BE LOST: maxmemory-policy of Redis is {policy}, which evicts records once its memory is \
             full; set it to noeviction"
        );
        warnings.push(Alert::new("redis_evicts", message));
    }
    if *lacks_append_only_file {
        let message =
            "Redis has no append-only file: when it stops, searches are lost; set appendonly to yes";
        warnings.push(Alert::new("redis_not_persistent", message));
    }
    warnings
}
