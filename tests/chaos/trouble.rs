use std::{fmt, ops::RangeInclusive, time::Duration};

use e2e::{Redis, Service};
use rand::{RngExt, rngs::StdRng};
use rustix::process::{Pid, Signal, kill_process};
use tokio::time::{Instant, sleep};

use crate::{
    plan::Plan,
    site::{Factory, Gateway, Site},
};

/// The pauses between two troubles of gateways, of workers and of Redis, in milliseconds.
const GATEWAYS_UP: RangeInclusive<u64> = 1500..=4000;
const WORKERS_UP: RangeInclusive<u64> = 300..=2000;
const REDIS_UP: RangeInclusive<u64> = 1000..=4000;
/// How long something stays away, in milliseconds.
const AWAY: RangeInclusive<u64> = 0..=1500;
/// How long Redis hangs, in milliseconds: about as long as a request waits for it, so that some are given up and
/// done all the same.
const HANGS: RangeInclusive<u64> = 500..=2000;

/// How much trouble there was.
#[derive(Debug, Default)]
pub(crate) struct Troubles {
    gateways_killed: usize,
    gateways_stopped: usize,
    workers_killed: usize,
    workers_stopped: usize,
    redis_killed: usize,
    redis_hung: usize,
    scripts_flushed: usize,
    connections_cut: usize,
}

/// Makes trouble until it is time, and leaves all up again. Gateways, workers and Redis are troubled side by side,
/// so that troubles meet.
pub(crate) async fn befall(site: &mut Site, plan: &Plan, until: Instant) -> Troubles {
    let Site { gateways, workers, graveyard, redis, factory } = site;
    let (mut dead_gateways, mut dead_workers) = (Vec::new(), Vec::new());
    let ((gateways_killed, gateways_stopped), (workers_killed, workers_stopped), of_redis) = tokio::join!(
        trouble_gateways(gateways, &mut dead_gateways, factory, plan.chance(1), until),
        trouble_workers(workers, &mut dead_workers, factory, plan.chance(2), until),
        trouble_redis(redis, plan.chance(3), until),
    );
    graveyard.append(&mut dead_gateways);
    graveyard.append(&mut dead_workers);
    Troubles { gateways_killed, gateways_stopped, workers_killed, workers_stopped, ..of_redis }
}

async fn trouble_gateways(
    gateways: &mut [Gateway],
    dead: &mut Vec<Service>,
    factory: &Factory,
    mut chance: StdRng,
    until: Instant,
) -> (usize, usize) {
    let (mut killed, mut stopped) = (0, 0);
    while pause(&mut chance, GATEWAYS_UP, until).await {
        let all = chance.random_bool(0.15);
        let first = chance.random_range(0..gateways.len());
        let victims = if all { 0..gateways.len() } else { first..first + 1 };
        let kill = chance.random_bool(0.5);
        *if kill { &mut killed } else { &mut stopped } += victims.len();
        for gateway in &mut gateways[victims.clone()] {
            down(&mut gateway.service, kill).await;
        }
        sleep(millis(&mut chance, AWAY)).await;
        for gateway in &mut gateways[victims] {
            dead.push(std::mem::replace(&mut gateway.service, factory.gateway(gateway.port).await));
        }
    }
    (killed, stopped)
}

async fn trouble_workers(
    workers: &mut [Service],
    dead: &mut Vec<Service>,
    factory: &Factory,
    mut chance: StdRng,
    until: Instant,
) -> (usize, usize) {
    let (mut killed, mut stopped) = (0, 0);
    while pause(&mut chance, WORKERS_UP, until).await {
        let all = chance.random_bool(0.1);
        let first = chance.random_range(0..workers.len());
        let victims = if all { 0..workers.len() } else { first..first + 1 };
        let kill = chance.random_bool(0.6);
        *if kill { &mut killed } else { &mut stopped } += victims.len();
        for worker in &mut workers[victims.clone()] {
            down(worker, kill).await;
        }
        sleep(millis(&mut chance, AWAY)).await;
        for worker in &mut workers[victims] {
            dead.push(std::mem::replace(worker, factory.worker()));
        }
    }
    (killed, stopped)
}

async fn trouble_redis(redis: &mut Redis, mut chance: StdRng, until: Instant) -> Troubles {
    let mut troubles = Troubles::default();
    while pause(&mut chance, REDIS_UP, until).await {
        match chance.random_range(0..10) {
            0..4 => {
                troubles.redis_killed += 1;
                redis.kill().await;
                sleep(millis(&mut chance, AWAY)).await;
                redis.start().await;
            }
            4..6 => {
                troubles.redis_hung += 1;
                signal(redis, Signal::STOP);
                sleep(millis(&mut chance, HANGS)).await;
                signal(redis, Signal::CONT);
            }
            6..8 => {
                troubles.scripts_flushed += 1;
                say(redis, &["SCRIPT", "FLUSH"]).await;
            }
            _ => {
                troubles.connections_cut += 1;
                say(redis, &["CLIENT", "KILL", "TYPE", "normal"]).await;
            }
        }
    }
    troubles
}

async fn down(service: &mut Service, kill: bool) {
    // Nobody has asked for that.
    assert!(!service.has_ended(), "a service has ended by itself\n{}", service.log());
    if kill {
        service.kill().await;
    } else {
        service.terminate();
        service.exit_code().await;
    }
}

/// Says something to Redis, and does not mind if that cuts this connection too.
async fn say(redis: &Redis, words: &[&str]) {
    let mut command = redis::Cmd::new();
    command.arg(words);
    let _ = command.exec_async(&mut redis.connect().await).await;
}

fn signal(redis: &Redis, signal: Signal) {
    let pid = i32::try_from(redis.pid()).ok().and_then(Pid::from_raw).expect("a process id");
    kill_process(pid, signal).expect("Redis can be signalled");
}

/// Waits for the next trouble; false if it is time to stop.
async fn pause(chance: &mut StdRng, range: RangeInclusive<u64>, until: Instant) -> bool {
    let next = Instant::now() + millis(chance, range);
    tokio::time::sleep_until(next.min(until)).await;
    next < until
}

fn millis(chance: &mut StdRng, range: RangeInclusive<u64>) -> Duration {
    Duration::from_millis(chance.random_range(range))
}

impl fmt::Display for Troubles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { gateways_killed, gateways_stopped, workers_killed, workers_stopped, .. } = self;
        let Self { redis_killed, redis_hung, scripts_flushed, connections_cut, .. } = self;
        write!(
            f,
            "troubles: {gateways_killed} gateways killed and {gateways_stopped} stopped, {workers_killed} workers \
             killed and {workers_stopped} stopped, Redis killed {redis_killed} times and hung {redis_hung} times, \
             its scripts flushed {scripts_flushed} times and its connections cut {connections_cut} times"
        )
    }
}
