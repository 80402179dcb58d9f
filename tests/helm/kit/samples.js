// A value for each setting that is set by its name: none is a default, and many are the largest or smallest permitted.

export const samples = {
  APP_PORT: 8099,
  METRICS_PORT: 9099,
  REDIS_TIMEOUT_MS: 2500,
  SEARCH_DEADLINE_MS: 86_400_000,
  RECORD_TTL_SECS: 31_536_000,
  MAX_RESULTS: 100,
  SHUTDOWN_GRACE_MS: 12_345,
  ACCEPT_DURABILITY: "replica",
  MAX_BACKLOG: 0,
  PEER_TIMEOUT_MS: 45_000,
  MAX_CONNECTIONS: 1_000_000,
  MAX_CONNECTIONS_PER_CLIENT: 0,
  MAX_STREAMS_PER_SEARCH: 50,
  RATE_LIMIT_PER_MINUTE: 4_294_967_295,
  TRUSTED_PROXIES: "10.0.0.0/8,fd00::/8",
  CORS_ALLOWED_ORIGINS: "https://a.example,https://b.example",
  COALESCE_SECS: 30,
  MAX_CONCURRENCY: 1_000_000,
  JOB_LEASE_MS: 20_000,
  SIMULATED_LATENCY_MS: "100-2000",
  SIMULATED_FAILURE_RATE: 0.125,
  RUST_LOG: "info,broker=debug",
  LOG_FORMAT: "text",
  // Nothing listens there.
  OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9",
};
