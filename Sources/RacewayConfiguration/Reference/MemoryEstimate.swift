/// What the process may need at the worst, from the configured bounds alone.
///
/// Every part is a bound that the configuration sets, all reached at once; what is typical is far below. Not counted: the
/// allocator's slack, and page cache, which the system takes back.
public struct MemoryEstimate: Sendable, Hashable {
    /// One thing that needs memory.
    public struct Part: Sendable, Hashable {
        public var name: String
        public var bytes: Int
        /// Keys that bound it.
        public var keys: [String]
    }

    /// Largest first.
    public var parts: [Part]
    /// All of it.
    public var bytes: Int { parts.reduce(0) { Self.sum($0, $1.bytes) } }

    /// Code, runtime and thread stacks of a process that has nothing to do.
    static let processBytes = 64 << 20
    /// Buffers of one open connection besides its headers.
    static let connectionBytes = 16 << 10
    /// Buffers of one connection to PostgreSQL.
    static let postgresBytes = 1 << 20
    /// Page cache of one connection to SQLite that answers queries.
    static let sqliteBytes = 2 << 20

    /// Identities of events by which a writer of a durable store recognises what it wrote before.
    static let identityBytes = 500_000 * 50

    /// The estimate for a machine with that many processors.
    public init(_ configuration: Configuration, processors: Int) {
        let server = configuration.server
        let engine = configuration.engine
        let storage = configuration.storage
        var parts: [Part] = []
        func add(_ name: String, _ bytes: Int, _ keys: String...) {
            if bytes > 0 { parts.append(Part(name: name, bytes: bytes, keys: keys)) }
        }
        add("process", Self.processBytes)
        add(
            "request bodies, as sent and decoded",
            Self.product(2, server.maxInflightBodyBytes),
            "server.max_inflight_body_bytes"
        )
        add(
            "connections",
            Self.product(server.maxConnections, Self.sum(server.maxHeaderBytes, Self.connectionBytes)),
            "server.max_connections",
            "server.max_header_bytes"
        )
        add(
            "answers",
            Self.product(server.maxConcurrentRequests, server.maxTraceBytes),
            "server.max_concurrent_requests",
            "server.max_trace_bytes"
        )
        add(
            "events waiting",
            min(engine.bufferMaxBytes, Self.product(engine.bufferSize, engine.maxEventBytes)),
            "engine.buffer_max_bytes",
            "engine.buffer_size"
        )
        let lanes = configuration.lanes(processors: processors)
        let writers = storage.backend.isPostgres ? storage.postgres.writerConnections : 1
        let batch = min(engine.bufferMaxBytes, Self.product(engine.batchSize, engine.maxEventBytes))
        add(
            "batches, in lanes (\(lanes)) and writers (\(writers))",
            Self.product(Self.sum(lanes, writers), batch),
            "engine.parallelism",
            "engine.batch_size",
            "engine.max_event_bytes"
        )
        add("live traces, and as much to analyse them", Self.product(2, engine.maxLiveBytes), "engine.live_bytes_max")
        add("search", configuration.searchIndexBytes, "engine.live_bytes_max")
        if storage.backend.isDurable {
            add(
                "identities of stored events",
                Self.product(writers, Self.identityBytes),
                storage.backend.isPostgres ? "storage.postgres.writer_connections" : "storage.backend"
            )
        }
        if configuration.walIsOn {
            add(
                "log buffers",
                Self.product(2, min(engine.walSegmentBytes, engine.bufferMaxBytes)),
                "engine.wal_segment_bytes"
            )
        }
        switch storage.backend {
        case .memory: add("memory store", storage.memory.maxBytes, "storage.memory.bytes_max")
        case .sqlite:
            add(
                "SQLite",
                Self.sum(Self.product(storage.sqlite.readers, Self.sqliteBytes), configuration.sqliteWriterCacheBytes),
                "storage.sqlite.readers",
                "engine.live_bytes_max"
            )
        case .postgres, .supabase:
            add(
                "PostgreSQL connections",
                Self.product(
                    Self.sum(storage.postgres.maxConnections, storage.postgres.maxOverflow),
                    Self.postgresBytes
                ),
                "storage.postgres.max_connections",
                "storage.postgres.max_overflow"
            )
        }
        if configuration.cache.isEnabled { add("cache", configuration.cache.maxBytes, "cache.max_bytes") }
        self.parts = parts.sorted { ($1.bytes, $0.name) < ($0.bytes, $1.name) }
    }

    private static func product(_ a: Int, _ b: Int) -> Int {
        let (result, overflow) = a.multipliedReportingOverflow(by: b)
        return overflow ? .max : result
    }

    private static func sum(_ a: Int, _ b: Int) -> Int {
        let (result, overflow) = a.addingReportingOverflow(b)
        return overflow ? .max : result
    }
}
