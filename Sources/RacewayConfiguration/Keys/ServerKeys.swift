// `[server]`, `[server.tls]` and `[development]`.

extension ConfigurationKey {
    static let listeningKeys: [ConfigurationKey] = [
        .text("server.host", \.server.host, .reference, "Address or host name to listen on.", mayBeEmpty: false),
        .integer("server.port", \.server.port, 0...65_535, .reference, "Port to listen on; 0 takes a free one."),
        .boolean("server.verbose", \.server.isVerbose, .reference, "Raises `logging.level` to at least debug."),
        .text(
            "server.instance_id",
            \.server.instanceID,
            .services,
            "Name of this server among several; empty takes the host's name."
        ),
        .integer(
            "server.io_threads",
            \.server.ioThreads,
            0...256,
            .services,
            "Threads that serve connections; 0 is one a processor."
        ),
        .integer("server.backlog", \.server.backlog, 1...65_535, .services, "Connections the system may hold for us."),
    ]

    static let accessKeys: [ConfigurationKey] = [
        .boolean(
            "server.cors_enabled",
            \.server.corsIsEnabled,
            .reference,
            "Answer cross-origin requests of browsers."
        ),
        .list(
            "server.cors_origins",
            \.server.corsOrigins,
            .reference,
            "Origins that may ask; `*` is every one, on loopback without keys every one of this machine."
        ),
        .list(
            "server.allowed_hosts",
            \.server.allowedHosts,
            .own,
            "Host names that requests may address, against DNS rebinding; empty is any."
        ),
        .list(
            "server.trusted_proxies",
            \.server.trustedProxies,
            .services,
            "Addresses or CIDR ranges whose forwarding headers are believed."
        ),
        .boolean("server.auth_enabled", \.server.authIsEnabled, .reference, "Refuse requests without a key."),
        .secrets(
            "server.api_keys",
            \.server.apiKeys,
            .reference,
            "Keys that may ingest, read and administer.",
            aliases: ["RACEWAY_KEY"]
        ),
        .secrets("server.ingest_keys", \.server.ingestKeys, .own, "Keys that may only send events."),
        .secrets("server.read_keys", \.server.readKeys, .own, "Keys that may only read."),
        .secrets("server.admin_keys", \.server.adminKeys, .own, "Keys that may administer and read."),
        .text("server.api_keys_file", \.server.apiKeysFile, .own, "File with one `role name key` a line."),
        .secret(
            "server.ui_password",
            \.server.uiPassword,
            .reference,
            "Password of the web page; empty asks for none."
        ),
        .integer(
            "server.ui_session_seconds",
            \.server.uiSessionSeconds,
            60...2_592_000,
            .seconds,
            .own,
            "How long a login of the web page lasts."
        ),
        .integer(
            "server.ui_lockout_attempts",
            \.server.uiLockoutAttempts,
            1...1_000,
            .own,
            "Wrong passwords after which an address has to wait."
        ),
        .integer(
            "server.ui_lockout_seconds",
            \.server.uiLockoutSeconds,
            1...86_400,
            .seconds,
            .own,
            "How long it waits."
        ),
        .boolean(
            "server.rate_limit_enabled",
            \.server.rateLimitIsEnabled,
            .reference,
            "Answer 429 to requests above the rate."
        ),
        .integer(
            "server.rate_limit_rpm",
            \.server.rateLimitPerMinute,
            1...10_000_000,
            .requestsPerMinute,
            .reference,
            "Requests a minute that are served for long."
        ),
        .integer(
            "server.rate_limit_burst",
            \.server.rateLimitBurst,
            0...10_000_000,
            .services,
            "Requests that may come at once; 0 is a sixth of the rate."
        ),
        .choice(
            "server.rate_limit_scope",
            \.server.rateLimitScope,
            .services,
            "Who shares one rate: everybody, an API key, or an address."
        ),
        .boolean(
            "development.cors_allow_all",
            \.development.corsAllowAll,
            .reference,
            "Allow every origin; needs `server.cors_enabled`."
        ),
        .boolean(
            "development.trace_context_test",
            \.development.traceContextTest,
            .own,
            "Answer `POST /test` for the W3C's Trace Context suite: makes calls to addresses of this machine. Never in production."
        ),
    ]

    static let limitKeys: [ConfigurationKey] = [
        .integer(
            "server.max_body_bytes",
            \.server.maxBodyBytes,
            1_024...(1 << 30),
            .bytes,
            .services,
            "Largest request body, as sent and decompressed; beyond it 413.",
            formerPaths: ["server.body_bytes_max"]
        ),
        .integer(
            "server.max_inflight_body_bytes",
            \.server.maxInflightBodyBytes,
            1_024...(1 << 36),
            .bytes,
            .own,
            "Bodies held at once by all requests together; beyond it 503."
        ),
        .integer(
            "server.max_header_bytes",
            \.server.maxHeaderBytes,
            1_024...(1 << 20),
            .bytes,
            .own,
            "Largest head of a request; beyond it 431."
        ),
        .integer("server.max_connections", \.server.maxConnections, 1...1_000_000, .own, "Connections open at once."),
        .integer(
            "server.max_concurrent_requests",
            \.server.maxConcurrentRequests,
            1...1_000_000,
            .services,
            "Requests served at once; beyond it 503. Probes are exempt."
        ),
        .integer(
            "server.max_stream_clients",
            \.server.maxStreamClients,
            0...100_000,
            .own,
            "Clients of the live event stream."
        ),
        .integer("server.max_page_size", \.server.maxPageSize, 1...100_000, .own, "Rows on one page of a list."),
        .integer(
            "server.max_trace_events",
            \.server.maxTraceEvents,
            1...1_000_000,
            .events,
            .own,
            "Events in one answer about a trace."
        ),
        .integer(
            "server.max_trace_bytes",
            \.server.maxTraceBytes,
            1_024...(1 << 30),
            .bytes,
            .own,
            "Bytes of events in one answer about a trace; at least one event is always given."
        ),
        .integer(
            "server.max_rss_mb",
            \.server.maxRSSMegabytes,
            0...1_048_576,
            .megabytes,
            .services,
            "Resident memory above which the server says it is not ready; 0 is none."
        ),
        .integer(
            "server.request_timeout_seconds",
            \.server.requestTimeoutSeconds,
            1...3_600,
            .seconds,
            .services,
            "Longest the body of a request may take to arrive."
        ),
        .integer(
            "server.header_timeout_seconds",
            \.server.headerTimeoutSeconds,
            1...600,
            .seconds,
            .services,
            "Longest a client may take for the head of a request."
        ),
        .integer(
            "server.keepalive_seconds",
            \.server.keepaliveSeconds,
            1...3_600,
            .seconds,
            .services,
            "How long an idle connection stays open; longer than the load balancer's."
        ),
        .integer(
            "server.graceful_timeout_seconds",
            \.server.gracefulTimeoutSeconds,
            1...3_600,
            .seconds,
            .services,
            "How long a shutdown may drain."
        ),
        .integer(
            "server.static_max_age_seconds",
            \.server.staticMaxAgeSeconds,
            0...31_536_000,
            .seconds,
            .services,
            "How long browsers keep the parts of the web page."
        ),
        .boolean("server.http2_enabled", \.server.http2IsEnabled, .own, "Offer HTTP/2 with TLS."),
        .text(
            "server.tls.certificate_path",
            \.server.tls.certificatePath,
            .own,
            "PEM file with the certificate and its chain; with the key it turns TLS on."
        ),
        .text("server.tls.private_key_path", \.server.tls.privateKeyPath, .own, "PEM file with the private key."),
        .text(
            "server.tls.client_ca_path",
            \.server.tls.clientCAPath,
            .own,
            "PEM file with the authorities whose client certificates are required; empty asks for none."
        ),
    ]
}
