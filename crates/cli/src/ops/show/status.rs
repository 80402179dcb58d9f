use std::fmt::Write;

use contracts::operators::{Notice, Queue, RedisState, Status};

use super::super::grid::list;
use crate::text::{age, bytes, clean};

/// Problems first, then numbers.
pub(in crate::ops) fn status(status: &Status) -> String {
    let mut text = String::new();
    for (kind, notices) in
        [("PROBLEM", &status.problems), ("warning", &status.warnings), ("not read", &status.unread)]
    {
        for Notice { code, message } in notices {
            let _ = writeln!(text, "{kind}: {} ({})", clean(message), clean(code));
        }
    }
    if text.is_empty() {
        text.push_str("No problems.\n");
    }
    text.push('\n');
    text.push_str(&list(&pairs(status)));
    text
}

fn pairs(status: &Status) -> Vec<(&'static str, String)> {
    let mut pairs = vec![("answered by", format!("{} {}", status.service, status.version))];
    let number =
        |number: Option<u64>| number.map_or_else(|| "unknown".to_owned(), |number| number.to_string());
    if let Some(workers) = status.workers {
        let silent = if workers.silent > 0 { format!(", {} silent", workers.silent) } else { String::new() };
        pairs.push(("workers", format!("{} alive{silent}", workers.alive)));
    }
    if let Some(gateways) = &status.gateways {
        pairs.push(("gateways", gateways.len().to_string()));
    }
    if let Some(queue) = &status.queue {
        pairs.push(("queue", waiting(queue)));
        if !queue.ages.is_empty() {
            pairs.push(("waiting by age", ages(queue)));
        }
    }
    pairs.push(("open searches", number(status.open_searches)));
    pairs.push(("dead letters", number(status.dead_letters)));
    if let Some(redis) = &status.redis {
        pairs.push(("Redis", redis_state(redis)));
        pairs.push(("Redis' memory", memory(redis)));
        pairs.push(("clock", format!("this host is {} ms ahead of Redis", redis.clock_skew_ms)));
    }
    pairs
}

fn waiting(queue: &Queue) -> String {
    let mut text = format!("{} waiting, {} in progress", queue.waiting, queue.in_progress);
    if queue.waiting > 0 {
        let _ = write!(text, ", the oldest for {}", age(queue.oldest_ms));
    }
    text
}

fn ages(queue: &Queue) -> String {
    let mut parts: Vec<_> =
        queue.ages.iter().map(|group| format!("{} over {}", group.jobs, age(group.over_ms))).collect();
    if queue.uncounted > 0 {
        parts.push(format!("{} younger", queue.uncounted));
    }
    parts.join(", ")
}

fn redis_state(redis: &RedisState) -> String {
    let file = if redis.append_only { "append-only file" } else { "NO append-only file" };
    let up = age(redis.uptime_seconds.saturating_mul(1000));
    format!(
        "{} {}, {} replicas, up {up}, {file}, {}",
        redis.version, redis.role, redis.replicas, redis.eviction_policy
    )
}

fn memory(redis: &RedisState) -> String {
    match redis.memory_limit_bytes {
        0 => format!("{}, no limit", bytes(redis.memory_used_bytes)),
        limit => {
            let percent = redis.memory_used_bytes.saturating_mul(100) / limit;
            format!("{} of {} ({percent} %)", bytes(redis.memory_used_bytes), bytes(limit))
        }
    }
}
