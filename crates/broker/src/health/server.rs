use contracts::{EpochMillis, operators::RedisState};
use redis::InfoDict;

use super::{Checkup, Setup};
use crate::{Broker, BrokerError, connection::clock::host_ahead, metrics::Operation};

impl Broker {
    /// How Redis is doing, for operators, and the same as a [`Checkup`] without permissions.
    pub async fn redis_state(&self) -> Result<(RedisState, Checkup), BrokerError> {
        let mut pipe = redis::pipe();
        pipe.cmd("INFO").arg(&["server", "replication", "memory", "persistence", "cluster"]).cmd("TIME");
        let pipe = &pipe;
        let read = |mut bulk| async move { pipe.query_async(&mut bulk).await };
        let before = EpochMillis::now();
        let (info, (seconds, micros)): (InfoDict, (u64, u64)) =
            self.bulk.request(Operation::Operators, 0, read).await?;
        let redis = EpochMillis(seconds * 1000 + micros / 1000);
        let clock_skew_ms = host_ahead(redis, before, EpochMillis::now());
        let number = |name: &str| info.get::<u64>(name).unwrap_or_default();
        let text = |name: &str| info.get::<String>(name).unwrap_or_default();
        let role = text("role");
        let checkup = Checkup {
            is_replica: role != "master",
            is_cluster: number("cluster_enabled") == 1,
            setup: Some(Setup::of(&info)),
            ..Checkup::default()
        };
        let state = RedisState {
            version: text("redis_version"),
            role,
            replicas: number("connected_slaves"),
            uptime_seconds: number("uptime_in_seconds"),
            memory_used_bytes: number("used_memory"),
            memory_limit_bytes: number("maxmemory"),
            eviction_policy: text("maxmemory_policy"),
            append_only: number("aof_enabled") == 1,
            append_only_ok: text("aof_last_write_status") == "ok",
            clock_skew_ms,
        };
        Ok((state, checkup))
    }
}
