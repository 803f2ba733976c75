// `[checkpoint]`, `[cache]`, `[metrics]`, `[alerts]` and `[logging]`.

extension ConfigurationKey {
    static let checkpointKeys: [ConfigurationKey] = [
        .toggle(
            "checkpoint.enabled",
            \.checkpoint.enabled,
            .streamEngine,
            "Save derived state for a fast restart; auto is with a durable store, except in development and testing."
        ),
        .integer(
            "checkpoint.interval_seconds",
            \.checkpoint.intervalSeconds,
            1...86_400,
            .seconds,
            .streamEngine,
            "From the start of one checkpoint to the start of the next, a tenth more or less."
        ),
        .choice(
            "checkpoint.compression",
            \.checkpoint.compression,
            .streamEngine,
            "How checkpoints are compressed.",
            onTrue: .zstd,
            onFalse: Configuration.CheckpointCompression.none
        ),
        .choice("checkpoint.storage", \.checkpoint.storage, .streamEngine, "Where checkpoints are kept."),
        .text(
            "checkpoint.local.path",
            \.checkpoint.localPath,
            .streamEngine,
            "Directory of local checkpoints; empty is `checkpoints` in the data directory.",
            aliases: ["RACEWAY_CHECKPOINT_DIR"]
        ),
        .secret(
            "checkpoint.redis.url",
            \.checkpoint.redisURL,
            .streamEngine,
            "Redis server: `redis://:password@host:6379/0`, special characters as `%40`; TLS (`rediss://`) is not spoken."
        ),
        .text(
            "checkpoint.redis.prefix",
            \.checkpoint.redisPrefix,
            .streamEngine,
            "What keys in Redis begin with.",
            mayBeEmpty: false
        ),
        .integer(
            "checkpoint.redis.ttl_seconds",
            \.checkpoint.redisTTLSeconds,
            0...31_536_000,
            .seconds,
            .streamEngine,
            "How long Redis keeps a checkpoint; 0 is for ever."
        ),
        .integer(
            "checkpoint.max_retained",
            \.checkpoint.maxRetained,
            1...10_000,
            .streamEngine,
            "Checkpoints kept; two or more survive a damaged one."
        ),
        .boolean(
            "checkpoint.require",
            \.checkpoint.isRequired,
            .streamEngine,
            "Fail to start rather than start without a checkpoint when none of those there can be read."
        ),
    ]

    static let cacheKeys: [ConfigurationKey] = [
        .boolean("cache.enabled", \.cache.isEnabled, .services, "Keep answers for the next one who asks."),
        .integer("cache.max_entries", \.cache.maxEntries, 1...100_000_000, .services, "Answers kept at most."),
        .integer("cache.max_bytes", \.cache.maxBytes, 1_024...(1 << 40), .bytes, .services, "Bytes of answers kept."),
        .integer(
            "cache.ttl_seconds",
            \.cache.ttlSeconds,
            1...3_600,
            .seconds,
            .services,
            "How long an answer is kept."
        ),
        .integer(
            "cache.negative_ttl_seconds",
            \.cache.negativeTTLSeconds,
            0...3_600,
            .seconds,
            .services,
            "How long it is remembered that the store has no such trace; one that comes here is seen at once."
        ),
    ]

    static let observingKeys: [ConfigurationKey] = [
        .boolean("metrics.enabled", \.metrics.isEnabled, .streamEngine, "Answer `/metrics`."),
        .boolean("metrics.public", \.metrics.isPublic, .streamEngine, "Answer `/metrics` without a key."),
        .integer(
            "metrics.port",
            \.metrics.port,
            0...65_535,
            .streamEngine,
            "Port of `/metrics` alone; 0 is the server's own."
        ),
        .integer(
            "metrics.sample_interval_seconds",
            \.metrics.sampleIntervalSeconds,
            1...3_600,
            .seconds,
            .streamEngine,
            "How often sizes of the process, pool and tables are taken."
        ),
        .secret(
            "alerts.webhook.url",
            \.alerts.webhookURL,
            .streamEngine,
            "Where findings are posted; empty is nowhere."
        ),
        .text(
            "alerts.webhook.secret_file",
            \.alerts.webhookSecretFile,
            .streamEngine,
            "File with the secret that signs what is posted."
        ),
        .integer(
            "alerts.webhook.retry_max_attempts",
            \.alerts.webhookRetryMaxAttempts,
            0...100,
            .streamEngine,
            "Attempts after the first."
        ),
        .choice(
            "logging.level",
            \.logging.level,
            .reference,
            "How grave a line must be to be written.",
            aliases: ["RACEWAY_LOG_LEVEL"]
        ),
        .boolean("logging.include_modules", \.logging.includeModules, .reference, "Name the module in each line."),
        .choice("logging.format", \.logging.format, .services, "How lines look."),
        .choice("logging.access", \.logging.access, .services, "Which requests are logged."),
    ]
}
