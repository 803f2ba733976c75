extension Configuration {
    /// The HTTP server: where it listens, who may use it, and its bounds.
    public struct Server: Sendable, Hashable {
        public var host = "127.0.0.1"
        public var port = 8_080
        public var isVerbose = false
        public var instanceID = ""
        public var ioThreads = 0
        public var backlog = 1_024

        public var corsIsEnabled = true
        public var corsOrigins = ["*"]
        public var allowedHosts: [String] = []
        public var trustedProxies: [String] = []

        public var authIsEnabled = false
        public var apiKeys: [Secret] = []
        public var ingestKeys: [Secret] = []
        public var readKeys: [Secret] = []
        public var adminKeys: [Secret] = []
        public var apiKeysFile = ""
        public var uiPassword = Secret("")
        public var uiSessionSeconds = 43_200
        public var uiLockoutAttempts = 10
        public var uiLockoutSeconds = 300

        public var rateLimitIsEnabled = false
        public var rateLimitPerMinute = 1_000
        public var rateLimitBurst = 0
        public var rateLimitScope = RateLimitScope.global

        public var maxBodyBytes = 16 << 20
        public var maxInflightBodyBytes = 256 << 20
        public var maxHeaderBytes = 32_768
        public var maxConnections = 10_000
        public var maxConcurrentRequests = 256
        public var maxStreamClients = 64
        public var maxPageSize = 1_000
        public var maxTraceEvents = 10_000
        public var maxTraceBytes = 8 << 20
        public var maxRSSMegabytes = 0

        public var requestTimeoutSeconds = 30
        public var headerTimeoutSeconds = 10
        public var keepaliveSeconds = 75
        public var gracefulTimeoutSeconds = 30
        public var staticMaxAgeSeconds = 3_600

        public var http2IsEnabled = true
        public var tls = TLS()

        public init() {}
    }

    /// Certificates. TLS is on when a certificate and its key are given.
    public struct TLS: Sendable, Hashable {
        public var certificatePath = ""
        public var privateKeyPath = ""
        public var clientCAPath = ""

        /// True when the server speaks TLS.
        public var isEnabled: Bool { !certificatePath.isEmpty && !privateKeyPath.isEmpty }
    }

    /// Whom one bucket of requests belongs to.
    public enum RateLimitScope: String, Sendable, Hashable, CaseIterable { case global, key, ip }
}

extension Configuration.Server {
    /// Requests that may come at once: as configured, or what ten seconds let through.
    public var effectiveRateLimitBurst: Int { rateLimitBurst > 0 ? rateLimitBurst : max(1, rateLimitPerMinute / 6) }

    /// True when anything names a key that requests can be checked against.
    public var hasKeys: Bool {
        !apiKeys.isEmpty || !ingestKeys.isEmpty || !readKeys.isEmpty || !adminKeys.isEmpty || !apiKeysFile.isEmpty
    }

    /// True when only this machine can connect.
    public var isLoopback: Bool { Self.isLoopback(host) }

    static func isLoopback(_ host: String) -> Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
}
