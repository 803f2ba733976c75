/// A bundle of defaults for one kind of use, sparse: what it does not name keeps its built-in default.
public enum Profile: String, Sendable, Hashable, CaseIterable {
    /// The built-in defaults.
    case none
    case development, production, testing
    case highVolume = "high-volume"
    case lowLatency = "low-latency"
    case memoryConstrained = "memory-constrained"

    /// What it is for.
    public var summary: String {
        switch self {
        case .none: "the built-in defaults"
        case .development: "one developer: small buffers, quick answers, a talkative log"
        case .production: "PostgreSQL, every interface, keys required, a rate limit, checkpoints"
        case .testing: "tests: one lane, one event a batch, a free port, nothing on disk"
        case .highVolume: "throughput over latency: large buffers and batches, a patient sender"
        case .lowLatency: "latency over throughput: small batches, short waits, quick analysis"
        case .memoryConstrained: "a small container: every bound tight enough for some 512 MiB"
        }
    }

    /// What it changes, by path.
    public var values: [(path: String, value: ConfigurationValue)] {
        switch self {
        case .none: []
        case .development:
            [
                ("engine.buffer_size", .integer(1_000)), ("engine.batch_size", .integer(10)),
                ("engine.flush_interval_ms", .integer(50)), ("checkpoint.enabled", .text("false")),
                ("logging.level", .text("debug")),
            ]
        case .production:
            [
                ("server.host", .text("0.0.0.0")), ("server.auth_enabled", .boolean(true)),
                ("server.cors_origins", .list([])), ("server.rate_limit_enabled", .boolean(true)),
                ("server.rate_limit_rpm", .integer(10_000)), ("storage.backend", .text("postgres")),
                ("storage.data_dir", .text("/var/lib/raceway")), ("engine.buffer_size", .integer(50_000)),
                ("engine.batch_size", .integer(500)), ("engine.flush_interval_ms", .integer(200)),
                ("checkpoint.enabled", .text("true")), ("checkpoint.interval_seconds", .integer(30)),
                ("checkpoint.max_retained", .integer(20)), ("logging.format", .text("json")),
            ]
        case .testing:
            [
                ("server.port", .integer(0)), ("engine.buffer_size", .integer(100)),
                ("engine.batch_size", .integer(1)), ("engine.flush_interval_ms", .integer(1)),
                ("engine.parallelism", .integer(1)), ("engine.backpressure_timeout_ms", .integer(5_000)),
                ("checkpoint.enabled", .text("false")), ("logging.level", .text("warn")),
            ]
        case .highVolume:
            [
                ("engine.buffer_size", .integer(100_000)), ("engine.buffer_max_bytes", .integer(256 << 20)),
                ("engine.batch_size", .integer(5_000)), ("engine.flush_interval_ms", .integer(500)),
                ("engine.backpressure_timeout_ms", .integer(5_000)), ("engine.wal_max_bytes", .integer(8 << 30)),
                ("storage.postgres.max_connections", .integer(20)), ("analysis.idle_ms", .integer(5_000)),
                ("cache.max_entries", .integer(50_000)), ("cache.max_bytes", .integer(256 << 20)),
            ]
        case .lowLatency:
            [
                ("engine.buffer_size", .integer(1_000)), ("engine.batch_size", .integer(50)),
                ("engine.flush_interval_ms", .integer(5)), ("engine.backpressure_timeout_ms", .integer(100)),
                ("analysis.idle_ms", .integer(50)), ("server.request_timeout_seconds", .integer(5)),
            ]
        case .memoryConstrained:
            [
                ("server.max_body_bytes", .integer(4 << 20)), ("server.max_inflight_body_bytes", .integer(32 << 20)),
                ("server.max_connections", .integer(500)), ("server.max_concurrent_requests", .integer(32)),
                ("server.max_trace_bytes", .integer(1 << 20)), ("storage.memory.bytes_max", .integer(128 << 20)),
                ("storage.memory.events_max", .integer(300_000)), ("storage.memory.traces_max", .integer(50_000)),
                ("storage.postgres.max_connections", .integer(4)), ("storage.postgres.min_connections", .integer(1)),
                ("storage.postgres.writer_connections", .integer(1)), ("storage.sqlite.readers", .integer(2)),
                ("engine.buffer_size", .integer(1_000)), ("engine.buffer_max_bytes", .integer(8 << 20)),
                ("engine.parallelism", .integer(1)), ("engine.live_bytes_max", .integer(64 << 20)),
                ("engine.live_traces_max", .integer(10_000)), ("analysis.workers", .integer(1)),
                ("engine.wal_segment_bytes", .integer(8 << 20)), ("cache.max_entries", .integer(500)),
                ("cache.max_bytes", .integer(4 << 20)),
            ]
        }
    }
}
