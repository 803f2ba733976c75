extension ConfigurationKey {
    /// Who acts on a value. Tests walk every key and observe there that a change arrives.
    public enum Consumer: String, Sendable, Hashable {
        /// A value that ``Configuration`` derives from it.
        case configuration
        /// The server that `raceway serve` starts.
        case server
        /// Nobody, on purpose: read so that files of the reference work, and decided once for all.
        case settled
        /// Nobody yet: it is read and checked, and a start that sets it says so.
        case none
        /// Nobody yet, and ignoring it would be unsafe: a start that changes it is refused.
        case refused
    }

    /// Who acts on this key.
    public var consumer: Consumer { Self.consumers[path] ?? .none }

    /// Keys that something acts on, or that must not be ignored. Whatever is not listed has no effect yet.
    private static let consumers: [String: Consumer] = [
        "profile": .configuration,
        "server.verbose": .server,
        "server.host": .server,
        "server.port": .server,
        "server.backlog": .server,
        "server.cors_enabled": .server,
        "server.cors_origins": .server,
        "server.trusted_proxies": .server,
        "server.rate_limit_rpm": .server,
        "server.rate_limit_burst": .server,
        "server.rate_limit_scope": .server,
        "server.max_header_bytes": .server,
        "server.max_connections": .server,
        "server.max_concurrent_requests": .server,
        "server.request_timeout_seconds": .server,
        "server.header_timeout_seconds": .server,
        "server.keepalive_seconds": .server,
        "development.cors_allow_all": .server,
        "development.trace_context_test": .server,
        "logging.access": .server,
        "server.graceful_timeout_seconds": .server,
        "server.max_body_bytes": .server,
        "server.max_page_size": .server,
        "server.max_trace_events": .server,
        "server.max_trace_bytes": .server,
        "analysis.wait_seconds": .server,
        "logging.level": .server,
        "storage.memory.events_max": .server,
        "storage.memory.bytes_max": .server,
        "storage.memory.traces_max": .server,
        "storage.backend": .server,
        "storage.data_dir": .server,
        "storage.sqlite.path": .server,
        "storage.sqlite.busy_timeout_ms": .server,
        "storage.sqlite.readers": .server,
        "storage.postgres.connection_string": .server,
        "storage.postgres.max_connections": .server,
        "storage.postgres.min_connections": .server,
        "storage.postgres.max_overflow": .server,
        "storage.postgres.writer_connections": .server,
        "storage.postgres.max_waiters": .server,
        "storage.postgres.connection_timeout_seconds": .server,
        "storage.postgres.connect_timeout_seconds": .server,
        "storage.postgres.statement_timeout_seconds": .server,
        "storage.postgres.max_lifetime_seconds": .server,
        "storage.postgres.idle_timeout_seconds": .server,
        "storage.postgres.retry_initial_ms": .server,
        "storage.postgres.retry_max_ms": .server,
        "storage.postgres.startup_timeout_seconds": .server,
        "storage.postgres.auto_migrate": .server,
        "engine.buffer_size": .server,
        "engine.buffer_max_bytes": .server,
        "engine.batch_size": .server,
        "engine.flush_interval_ms": .server,
        "engine.backpressure": .server,
        "engine.backpressure_timeout_ms": .server,
        "engine.parallelism": .server,
        "engine.live_traces_max": .server,
        "engine.live_bytes_max": .server,
        "engine.wal": .server,
        "engine.wal_path": .server,
        "engine.wal_max_bytes": .server,
        "engine.wal_segment_bytes": .server,
        "engine.wal_min_free_bytes": .server,
        "engine.dead_letter_path": .server,
        "checkpoint.enabled": .server,
        "checkpoint.interval_seconds": .server,
        "checkpoint.compression": .server,
        "checkpoint.storage": .server,
        "checkpoint.max_retained": .server,
        "checkpoint.require": .server,
        "checkpoint.local.path": .server,
        "checkpoint.redis.url": .server,
        "checkpoint.redis.prefix": .server,
        "checkpoint.redis.ttl_seconds": .server,
        "retention.enabled": .server,
        "retention.days": .server,
        "retention.race_days": .server,
        "retention.interval_seconds": .server,
        "analysis.idle_ms": .server,
        "race_detection.enabled": .server,
        "engine.max_event_bytes": .server,
        "retention.max_bytes": .server,
        "cache.enabled": .server,
        "cache.max_entries": .server,
        "cache.max_bytes": .server,
        "cache.ttl_seconds": .server,
        "cache.negative_ttl_seconds": .server,
        "analysis.regrowth_percent": .server,
        "analysis.workers": .server,
        "anomaly_detection.enabled": .server,
        "alerts.webhook.url": .server,
        "alerts.webhook.secret_file": .server,
        "alerts.webhook.retry_max_attempts": .server,
        "logging.include_modules": .server,
        "logging.format": .server,
        "distributed_tracing.enabled": .settled,
        "server.auth_enabled": .server,
        "server.api_keys": .server,
        "server.ingest_keys": .server,
        "server.read_keys": .server,
        "server.admin_keys": .server,
        "server.api_keys_file": .server,
        "server.ui_password": .server,
        "server.ui_session_seconds": .server,
        "server.ui_lockout_attempts": .server,
        "server.ui_lockout_seconds": .server,
        "otlp.host": .server,
        "otlp.grpc_enabled": .server,
        "otlp.grpc_port": .server,
        "otlp.http_enabled": .server,
        "otlp.http_port": .server,
        "otlp.max_body_bytes": .server,
        "server.allowed_hosts": .server,
        "server.instance_id": .server,
        "server.io_threads": .server,
        "server.max_inflight_body_bytes": .server,
        "server.max_stream_clients": .server,
        "server.max_rss_mb": .server,
        "server.static_max_age_seconds": .server,
        "server.http2_enabled": .server,
        "metrics.enabled": .server,
        "metrics.public": .server,
        "metrics.port": .server,
        "metrics.sample_interval_seconds": .server,
        "server.rate_limit_enabled": .server,
        "server.tls.certificate_path": .server,
        "server.tls.private_key_path": .server,
        "server.tls.client_ca_path": .server,
    ]

    /// Keys of ``Consumer/refused`` whose value is not the built-in one.
    public static func refused(in configuration: Configuration) -> [ConfigurationKey] {
        all.filter { key in
            guard key.consumer == .refused else { return false }
            let value = key.value(in: configuration)
            // Turning off what is off anyway is no change.
            return value != key.defaultValue && !(key.kind == .toggle && value == .text(Toggle.off.rawValue))
        }
    }
}

extension LoadedConfiguration {
    /// Errors for settings that this version would only pretend to honour; a server must not start with any.
    public var unsupported: [ConfigurationProblem] {
        ConfigurationKey.refused(in: configuration).map { key in
            ConfigurationProblem(
                severity: .error,
                key: key.path,
                value: key.shown(key.value(in: configuration)),
                origin: origin(of: key.path),
                reason: "this version cannot do that, and ignoring it would be unsafe",
                remedy: "leave it at \(key.defaultValue.literal)"
            )
        }
    }
}
