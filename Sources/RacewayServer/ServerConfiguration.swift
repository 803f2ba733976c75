public import TraceStore

/// Everything a server needs to know before it starts.
public struct ServerConfiguration: Sendable, Hashable {
    /// Address to listen on.
    public var host: String
    /// Port to listen on; 0 takes a free one, which ``RacewayApplication/run(onListening:)`` reports.
    public var port: Int
    /// What `/status` and reports say.
    public var version: String
    /// Bounds of requests and answers.
    public var limits: ServerLimits
    /// Who may do what.
    public var access: AccessPolicy
    /// Which answers are logged.
    public var accessLog = AccessLog.errors
    /// Certificates; plain HTTP without.
    public var tls: TLSFiles?
    /// The password of the page; none is asked for without.
    public var login: LoginPolicy?
    /// What the server says about itself, and to whom.
    public var metrics = MetricsPolicy()
    /// Name of this server among several; the host's when empty.
    public var instance = ""
    /// Threads that serve connections; one a processor when zero.
    public var ioThreads = 0
    /// Seconds for which browsers keep the files of the page.
    public var staticMaxAge = 3_600
    /// Bounds of the memory store.
    public var memory: MemoryLimits
    /// Where the OpenTelemetry protocol is spoken besides the main port.
    public var otlp = OTLPListeners()
    /// Whether `POST /test` answers the W3C's conformance suite for Trace Context.
    public var hasTraceContextTest = false
    /// Which answers are kept.
    public var cache = CacheSettings()
    /// How log lines look.
    public var log = LogStyle()
    /// Where findings are posted; nowhere when `nil`.
    public var alerts: AlertSettings?
    /// How long a shutdown waits for running requests.
    public var gracefulTimeout = Duration.seconds(30)

    /// The defaults of the reference: loopback, port 8080, memory.
    public init(
        host: String = "127.0.0.1",
        port: Int = 8080,
        version: String = "0.1.0",
        limits: ServerLimits = ServerLimits(),
        access: AccessPolicy = AccessPolicy(),
        memory: MemoryLimits = MemoryLimits()
    ) {
        self.host = host
        self.port = port
        self.version = version
        self.limits = limits
        self.access = access
        self.memory = memory
    }
}

/// `/metrics`: whether, for whom, where, and how fresh.
public struct MetricsPolicy: Sendable, Hashable {
    public var isEnabled = true
    /// Whether it needs no key.
    public var isPublic = false
    /// A port of its own; 0 is the server's.
    public var port = 0
    /// How old sizes of the process and the store may be.
    public var sampleInterval = Duration.zero

    /// The defaults, which read everything at every request.
    public init() {}
}

/// Bounds of requests and answers. Reaching one is answered, never silent.
public struct ServerLimits: Sendable, Hashable {
    /// Bytes of a request body, as sent and after decompression.
    public var bodyBytesMax = 16 << 20
    /// Bytes of one event; a larger one is rejected and its neighbours are kept.
    public var eventBytesMax = 256 << 10
    /// The same for requests that carry spans: the bound that OTLP recommends.
    public var spanBodyBytesMax = 64 << 20
    /// Time in which a body must have arrived.
    public var bodyTime = Duration.seconds(30)
    /// Time in which a new connection must send the head of a request, and in which one that was answered must send another.
    public var headTime = Duration.seconds(10)
    public var keepAliveTime = Duration.seconds(75)
    /// Bytes of the head of a request, and its fields.
    public var headBytesMax = 32 << 10
    public var headFieldsMax = 200
    /// Bytes of bodies that all requests together may hold.
    public var inflightBodyBytesMax = 256 << 20
    /// Resident memory above which the server says that it is not ready; none when zero.
    public var residentBytesMax = 0
    /// Connections open at once, and those that the system may hold for us.
    public var connectionsMax = 10_000
    public var backlog = 1_024
    /// Rejected events that an answer names; the rest are only counted.
    public var rejectedMax = 100
    /// Traces on one page of a list.
    public var pageSizeMax = 1_000
    /// Bytes of what is known of all traces to search them.
    public var indexBytesMax = 192 << 20
    /// Events in one answer about a trace.
    public var traceEventsMax = 10_000
    /// Bytes of events in one answer about a trace; at least one event is always given.
    public var traceEventBytesMax = 8 << 20
    /// Variables, and accesses of each, in the audit trails of an answer about a trace.
    public var auditVariablesMax = 200
    public var auditAccessesMax = 100
    /// Accesses in an answer about the audit trail of one variable.
    public var auditTrailMax = 10_000
    /// Events of a critical path that an answer names.
    public var criticalPathMax = 1_000
    /// Races that an answer of the compatible routes details; the counts go on.
    public var raceDetailsMax = 100
    /// Races on one page of `/api/races`.
    public var racesPageMax = 500
    /// The longest that a search of traces takes; what it found by then is its answer.
    public var searchTimeMax = Duration.seconds(3)
    /// Bytes of findings on one page; at least one finding is always given.
    public var listBytesMax = 4 << 20
    /// Events that an export holds.
    public var exportEventsMax = 50_000
    /// Rows and bars of a timeline.
    public var timelineLanesMax = 200
    public var timelineBarsMax = 20_000
    /// Events of each trace that a comparison aligns.
    public var compareEventsMax = 2_000
    /// Versions of an object that an answer names.
    public var versionsMax = 500
    /// Services and objects of the graph of services.
    public var graphNodesMax = 300
    /// Clients of `/api/live` at once, and how long each is served.
    public var liveClientsMax = 64
    public var liveTime = Duration.seconds(600)
    /// Latency anomalies that an answer about a trace names.
    public var anomaliesMax = 1_000
    /// Edges, services and other rows of the remaining lists.
    public var rowsMax = 1_000
    /// How long a query waits for an analysis of the newest events before it takes what there is.
    public var analysisWait = Duration.seconds(20)
    /// From so many events and so long an analysis on, the last analysis answers at once, of whatever revision it is.
    public var staleEventsMin = 100_000
    public var staleAnalysisMin = Duration.seconds(1)
    /// How long an answer about one trace waits for the analysis over all traces.
    public var globalWaitOfTrace = Duration.seconds(5)

    /// The defaults.
    public init() {}
}
