// What no single key can see: values that contradict each other.

extension Configuration {
    /// Everything that keeps this configuration from being used, and what is odd about it.
    ///
    /// Ranges are checked too, for configurations that were made by a program.
    public func problems() -> [ConfigurationProblem] {
        var found = Findings(configuration: self)
        for key in ConfigurationKey.all {
            do { try key.check(key.value(in: self)) } catch { found.error(key.path, error.reason, key.remedy) }
        }
        // Values within their ranges can be computed with; others only bury the cause.
        guard found.problems.isEmpty else { return found.problems }
        checkAccess(&found)
        checkStorage(&found)
        checkEngine(&found)
        checkCheckpoints(&found)
        return found.problems
    }

    private func checkAccess(_ found: inout Findings) {
        if server.authIsEnabled && !server.hasKeys {
            found.error(
                "server.auth_enabled",
                "no key could ever be right",
                "set server.api_keys (\(ConfigurationKey.environmentName(of: "server.api_keys"))), or a key file"
            )
        }
        if server.hasKeys && !server.authIsEnabled {
            found.warning("server.auth_enabled", "keys are set but not asked for", "set it to true")
        }
        if !server.authIsEnabled && !server.isLoopback {
            found.warning(
                "server.host",
                "anybody who reaches this address can read and write",
                "set server.auth_enabled and server.api_keys"
            )
        }
        if !server.authIsEnabled && (otlp.grpcIsEnabled || otlp.httpIsEnabled) && !otlp.isLoopback {
            found.warning(
                "otlp.host",
                "anybody who reaches this address can send spans",
                "set server.auth_enabled and server.ingest_keys"
            )
        }
        if development.corsAllowAll && !server.corsIsEnabled {
            found.error("development.cors_allow_all", "server.cors_enabled is false", "make both agree")
        }
        if server.tls.certificatePath.isEmpty != server.tls.privateKeyPath.isEmpty {
            let missing = server.tls.certificatePath.isEmpty ? "certificate_path" : "private_key_path"
            found.error("server.tls.\(missing)", "TLS needs a certificate and its key", "set both, or none")
        }
        if !server.tls.clientCAPath.isEmpty && !server.tls.isEnabled {
            found.error("server.tls.client_ca_path", "client certificates need TLS", "set a certificate and its key")
        }
        if server.maxInflightBodyBytes < server.maxBodyBytes {
            found.error(
                "server.max_inflight_body_bytes",
                "smaller than one body of server.max_body_bytes (\(server.maxBodyBytes))",
                "raise it, or lower the other"
            )
        }
    }

    private func checkStorage(_ found: inout Findings) {
        let postgres = storage.postgres
        if storage.backend.isPostgres && postgres.connectionString.isEmpty {
            found.error(
                "storage.postgres.connection_string",
                "storage.backend = \(storage.backend.rawValue) needs it",
                "set it, or the environment variable DATABASE_URL"
            )
        }
        if postgres.minConnections > postgres.maxConnections {
            found.error(
                "storage.postgres.min_connections",
                "more than storage.postgres.max_connections (\(postgres.maxConnections))",
                "lower it, or raise the other"
            )
        }
        if storage.backend.isPostgres && postgres.writerConnections >= postgres.maxConnections {
            found.error(
                "storage.postgres.writer_connections",
                "leaves no connection of storage.postgres.max_connections (\(postgres.maxConnections)) for queries",
                "lower it, or raise the other"
            )
        }
        if postgres.retryInitialMilliseconds > postgres.retryMaxMilliseconds {
            found.error(
                "storage.postgres.retry_initial_ms",
                "more than storage.postgres.retry_max_ms",
                "lower it, or raise the other"
            )
        }
        if retention.raceDays < retention.days {
            found.warning(
                "retention.race_days",
                "traces with races go before the others",
                "set it to at least \(retention.days)"
            )
        }
    }

    private func checkEngine(_ found: inout Findings) {
        if engine.backpressure == .block,
            engine.backpressureTimeoutMilliseconds >= server.requestTimeoutSeconds * 1_000
        {
            found.error(
                "engine.backpressure_timeout_ms",
                "a request would end (server.request_timeout_seconds = \(server.requestTimeoutSeconds)) before its wait does",
                "lower it, or raise the other"
            )
        }
        if engine.maxEventBytes > engine.bufferMaxBytes {
            found.error(
                "engine.max_event_bytes",
                "one event would not fit into engine.buffer_max_bytes (\(engine.bufferMaxBytes))",
                "lower it, or raise the other"
            )
        }
        if engine.batchSize > engine.bufferSize {
            found.warning(
                "engine.batch_size",
                "more than engine.buffer_size (\(engine.bufferSize)): no batch is ever full",
                "raise the buffer, or lower the batch"
            )
        }
        if walIsOn && engine.walMaxBytes < 2 * engine.walSegmentBytes {
            found.error(
                "engine.wal_max_bytes",
                "less than two files of engine.wal_segment_bytes (\(engine.walSegmentBytes))",
                "raise it, or lower the other"
            )
        }
    }

    private func checkCheckpoints(_ found: inout Findings) {
        guard checkpointIsOn else { return }
        if checkpoint.storage == .redis {
            if checkpoint.redisURL.isEmpty {
                found.error("checkpoint.redis.url", "checkpoint.storage = redis needs it", "set redis://host:6379/0")
            }
            let span = checkpoint.intervalSeconds * (checkpoint.maxRetained + 1)
            if checkpoint.redisTTLSeconds > 0 && checkpoint.redisTTLSeconds < span {
                found.warning(
                    "checkpoint.redis.ttl_seconds",
                    "checkpoints vanish before max_retained of them are there",
                    "set at least \(span)"
                )
            }
        }
        if checkpoint.storage == .postgres && storage.postgres.connectionString.isEmpty {
            found.error(
                "storage.postgres.connection_string",
                "checkpoint.storage = postgres needs it",
                "set it, or DATABASE_URL"
            )
        }
        if checkpoint.maxRetained == 1 {
            found.warning("checkpoint.max_retained", "nothing is left when the only one is damaged", "keep two or more")
        }
    }

    /// Problems with the values they are about.
    private struct Findings {
        let configuration: Configuration
        var problems: [ConfigurationProblem] = []

        mutating func error(_ path: String, _ reason: String, _ remedy: String) { add(.error, path, reason, remedy) }

        mutating func warning(_ path: String, _ reason: String, _ remedy: String) {
            add(.warning, path, reason, remedy)
        }

        private mutating func add(
            _ severity: ConfigurationProblem.Severity,
            _ path: String,
            _ reason: String,
            _ remedy: String
        ) {
            problems.append(
                ConfigurationProblem(
                    severity: severity,
                    key: path,
                    value: ConfigurationKey.named(path).map { $0.shown($0.value(in: configuration)) },
                    reason: reason,
                    remedy: remedy
                )
            )
        }
    }
}
