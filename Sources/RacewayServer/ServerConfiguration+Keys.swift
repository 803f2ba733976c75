import IngestEngine
public import Logging
public import RacewayConfiguration
import TraceStore

extension ServerConfiguration {
    /// What of a whole configuration the server acts on; ``ConfigurationKey/consumer`` names those keys.
    ///
    /// - Parameters:
    ///   - keyFile: text of the file that `server.api_keys_file` names.
    ///   - alertSecret: text of the file that `alerts.webhook.secret_file` names.
    /// - Throws: what only the server can see to be wrong: networks, lines of the key file, addresses.
    public init(
        _ configuration: Configuration,
        version: String,
        keyFile: String? = nil,
        alertSecret: String? = nil
    ) throws(ConfigurationError) {
        try configuration.checkAddresses()
        let server = configuration.server
        self.init(
            host: server.host,
            port: server.port,
            version: version,
            access: try AccessPolicy(configuration, keyFile: keyFile),
            memory: MemoryLimits(
                eventsMax: configuration.storage.memory.maxEvents,
                bytesMax: configuration.storage.memory.maxBytes,
                tracesMax: configuration.storage.memory.maxTraces
            )
        )
        accessLog = AccessLog(rawValue: configuration.logging.access.rawValue) ?? .errors
        hasTraceContextTest = configuration.development.traceContextTest
        gracefulTimeout = .seconds(server.gracefulTimeoutSeconds)
        instance = server.instanceID
        ioThreads = server.ioThreads
        staticMaxAge = server.staticMaxAgeSeconds
        tls = TLSFiles(server)
        login = try LoginPolicy(configuration)
        metrics = MetricsPolicy(configuration.metrics)
        limits.inflightBodyBytesMax = server.maxInflightBodyBytes
        limits.residentBytesMax = server.maxRSSMegabytes << 20
        limits.liveClientsMax = server.maxStreamClients
        otlp = OTLPListeners(configuration)
        limits.spanBodyBytesMax = configuration.otlp.maxBodyBytes
        cache = CacheSettings(configuration.cache)
        log.format = LogStyle.Format(rawValue: configuration.logging.format.rawValue) ?? .text
        log.includesModules = configuration.logging.includeModules
        alerts = try AlertSettings.of(configuration, secret: alertSecret)
        limits.eventBytesMax = configuration.engine.maxEventBytes
        limits.backlog = server.backlog
        limits.bodyBytesMax = server.maxBodyBytes
        limits.bodyTime = .seconds(server.requestTimeoutSeconds)
        limits.headTime = .seconds(server.headerTimeoutSeconds)
        limits.keepAliveTime = .seconds(server.keepaliveSeconds)
        limits.headBytesMax = server.maxHeaderBytes
        limits.connectionsMax = server.maxConnections
        limits.pageSizeMax = server.maxPageSize
        limits.indexBytesMax = configuration.searchIndexBytes
        limits.traceEventsMax = server.maxTraceEvents
        limits.traceEventBytesMax = server.maxTraceBytes
        limits.analysisWait = .seconds(configuration.analysis.waitSeconds)
    }
}

extension Configuration {
    /// Reads the addresses of the stores that a start would connect to.
    fileprivate func checkAddresses() throws(ConfigurationError) {
        let makesCheckpoints = checkpointIsOn && walIsOn
        if storage.backend.isPostgres || makesCheckpoints && checkpoint.storage == .postgres {
            do { try PostgresOptions(self).checkAddress() } catch {
                throw .of("storage.postgres.connection_string", in: self, error.message, "correct it")
            }
        }
        if makesCheckpoints && checkpoint.storage == .redis {
            do { _ = try RedisAddress(checkpoint.redisURL.exposed) } catch {
                throw .of("checkpoint.redis.url", in: self, error.message, "correct it")
            }
        }
    }
}

extension CacheSettings {
    init(_ cache: Configuration.Cache) {
        isEnabled = cache.isEnabled
        entriesMax = cache.maxEntries
        bytesMax = cache.maxBytes
        timeToLive = .seconds(cache.ttlSeconds)
    }
}

extension AlertSettings {
    /// As configured; `nil` without an address.
    fileprivate static func of(
        _ configuration: Configuration,
        secret: String?
    ) throws(ConfigurationError) -> AlertSettings? {
        let alerts = configuration.alerts
        guard !alerts.webhookURL.isEmpty else { return nil }
        let key = secret.map { String($0.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()) }
        if let key, key.isEmpty {
            throw .of("alerts.webhook.secret_file", in: configuration, "is an empty file", "write the secret into it")
        }
        let instance = configuration.server.instanceID
        do {
            return try AlertSettings(
                url: alerts.webhookURL,
                secret: key.map { Secret($0) },
                retriesMax: alerts.webhookRetryMaxAttempts,
                instance: instance.isEmpty ? "raceway" : instance
            )
        } catch {
            throw .of("alerts.webhook.url", in: configuration, error.description, "correct it, or leave it empty")
        }
    }
}

extension AccessPolicy {
    /// Who may do what, as configured. Keys are named by their list and place in it, and by their file.
    init(_ configuration: Configuration, keyFile: String?) throws(ConfigurationError) {
        let server = configuration.server
        self.init()
        isRequired = server.authIsEnabled
        let lists: [(name: String, secrets: [Secret], roles: AccessRoles)] = [
            ("api_keys", server.apiKeys, .all), ("ingest_keys", server.ingestKeys, .ingest),
            ("read_keys", server.readKeys, .read), ("admin_keys", server.adminKeys, [.admin, .read]),
        ]
        for (name, secrets, roles) in lists {
            for (index, secret) in secrets.enumerated() {
                keys.append(AccessKey(name: "\(name)[\(index)]", secret: secret.exposed, roles: roles))
            }
        }
        do { keys += try AccessKeyFile.keys(in: keyFile ?? "") } catch {
            throw .of("server.api_keys_file", in: configuration, error.description, "correct that line")
        }
        allowedHosts = server.allowedHosts.map { $0.lowercased() }
        isLoopbackOnly = server.isLoopback
        origins = configuration.corsOrigins
        opensToEveryPage = configuration.development.corsAllowAll
        allowsCrossOrigin = server.corsIsEnabled
        concurrentRequestsMax = server.maxConcurrentRequests
        for text in server.trustedProxies {
            guard let range = AddressRange(text) else {
                let reason = "has an element that is neither an address nor a network"
                throw .of("server.trusted_proxies", in: configuration, reason, "write 10.0.0.0/8, or one address")
            }
            trustedProxies.append(range)
        }
        if server.rateLimitIsEnabled {
            rate = RatePolicy(
                perMinute: server.rateLimitPerMinute,
                burst: server.effectiveRateLimitBurst,
                scope: RatePolicy.Scope(rawValue: server.rateLimitScope.rawValue) ?? .global
            )
        }
    }
}

extension TLSFiles {
    /// `nil` without TLS.
    init?(_ server: Configuration.Server) {
        guard server.tls.isEnabled else { return nil }
        self.init(
            certificatePath: server.tls.certificatePath,
            privateKeyPath: server.tls.privateKeyPath,
            clientAuthorityPath: server.tls.clientCAPath.isEmpty ? nil : server.tls.clientCAPath,
            offersHTTP2: server.http2IsEnabled
        )
    }
}

extension LoginPolicy {
    /// `nil` without a password.
    init?(_ configuration: Configuration) throws(ConfigurationError) {
        let server = configuration.server
        let text = server.uiPassword.exposed
        if text.isEmpty { return nil }
        if text.hasPrefix(PasswordHash.prefix), PasswordHash(text) == nil {
            let reason = "begins like a hash and is none"
            throw .of(
                "server.ui_password",
                in: configuration,
                reason,
                "take the line of 'raceway config hash-password'"
            )
        }
        self.init(
            password: server.uiPassword,
            sessionTime: .seconds(server.uiSessionSeconds),
            attemptsMax: server.uiLockoutAttempts,
            lockoutTime: .seconds(server.uiLockoutSeconds)
        )
    }
}

extension MetricsPolicy {
    init(_ metrics: Configuration.Metrics) {
        self.init()
        isEnabled = metrics.isEnabled
        isPublic = metrics.isPublic
        port = metrics.port
        sampleInterval = .seconds(metrics.sampleIntervalSeconds)
    }
}

extension ConfigurationError {
    /// One problem with the value of a key; a secret is not shown.
    fileprivate static func of(
        _ path: String,
        in configuration: Configuration,
        _ reason: String,
        _ remedy: String
    ) -> ConfigurationError {
        let value = ConfigurationKey.named(path).map { $0.shown($0.value(in: configuration)) }
        return ConfigurationError(problems: [
            ConfigurationProblem(severity: .error, key: path, value: value, reason: reason, remedy: remedy)
        ])
    }
}

extension Logger.Level {
    /// The level of swift-log that a configured one is.
    public init(_ level: Configuration.LogLevel) {
        self =
            switch level {
            case .trace: .trace
            case .debug: .debug
            case .info: .info
            case .warn: .warning
            case .error: .error
            }
    }
}
