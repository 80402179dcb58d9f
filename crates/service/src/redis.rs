//! Watching over the fitness of Redis, which is the same for both services.

use std::time::Duration;

use broker::{Broker, Checkup, Part, Setup};
use tokio::time::MissedTickBehavior;

use crate::{Lifecycle, Notice, Notices, Unclean};

/// How often Redis is looked at.
const INTERVAL: Duration = Duration::from_secs(1);
/// How long starting waits to hear that Redis is unfit. Later is early enough: it may not be there yet.
const FIRST_LOOK: Duration = Duration::from_secs(1);

/// Looks at Redis before anything begins. Fails if it is of a kind that can't be used; one that does not answer may
/// become fit.
pub async fn refuse_unfit_redis(broker: &Broker, part: Part) -> Result<(), Unclean> {
    first_look(broker, part).await.map(drop)
}

/// The same, and waits for as long as Redis forbids something: a script that is stopped half-way by that leaves half of
/// its work done.
pub async fn wait_for_permission(broker: &Broker, part: Part) -> Result<(), Unclean> {
    let mut notices = Notices::default();
    loop {
        let failings = first_look(broker, part).await?;
        notices.are(&failings);
        if failings.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

/// What makes Redis of no use for now; nothing, if it does not say so in time.
async fn first_look(broker: &Broker, part: Part) -> Result<Vec<Notice>, Unclean> {
    match tokio::time::timeout(FIRST_LOOK, broker.checkup(part)).await {
        Ok(Ok(checkup)) if checkup.is_cluster => Err(Unclean::RedisCluster),
        Ok(Ok(checkup)) => Ok(failings(&checkup)),
        _ => Ok(Vec::new()),
    }
}

/// Looks at Redis until the service stops: tells each finding to `found`, logs what is wrong with it once, has
/// connections to a replica replaced, and stops the service where Redis is of a kind that can't be used.
pub async fn watch_redis(broker: Broker, part: Part, lifecycle: Lifecycle, found: impl Fn(Checkup)) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut notices = Notices::default();
    while lifecycle.stop_token().run_until_cancelled(ticks.tick()).await.is_some() {
        let look = lifecycle.stop_token().run_until_cancelled(broker.checkup(part));
        match look.await {
            Some(Ok(checkup)) if checkup.is_cluster => return lifecycle.fail(Unclean::RedisCluster),
            Some(Ok(checkup)) => {
                notices.are(&[failings(&checkup), oddities(&checkup)].concat());
                found(checkup);
            }
            // That it does not answer, others tell.
            Some(Err(error)) => tracing::debug!(%error, "Redis could not be looked at"),
            None => {}
        }
    }
}

/// What makes Redis of no use for now.
#[must_use]
pub fn failings(checkup: &Checkup) -> Vec<Notice> {
    let mut failings = Vec::new();
    if checkup.is_replica {
        failings.push(Notice::new("redis_is_replica", "Redis is a replica, not the primary"));
    }
    if !checkup.forbidden.is_empty() {
        let commands = checkup.forbidden.join(", ");
        failings.push(Notice::new("redis_forbids", format!("Redis forbids its user {commands}")));
    }
    failings
}

/// What is wrong with how Redis is set up, although it works for now.
#[must_use]
pub fn oddities(checkup: &Checkup) -> Vec<Notice> {
    let Some(Setup { evicts, forgets, .. }) = &checkup.setup else {
        let unknown =
            "Redis forbids INFO: whether its maxmemory-policy and persistence are right is not known";
        return vec![Notice::new("redis_not_examined", unknown)];
    };
    let mut oddities = Vec::new();
    if let Some(policy) = evicts {
        let message = format!(
            "SEARCHES MAY BE LOST: maxmemory-policy of Redis is {policy}, which evicts records once its memory is \
             full; set it to noeviction"
        );
        oddities.push(Notice::new("redis_evicts", message));
    }
    if *forgets {
        let message =
            "Redis has no append-only file: when it stops, searches are lost; set appendonly to yes";
        oddities.push(Notice::new("redis_not_persistent", message));
    }
    oddities
}
