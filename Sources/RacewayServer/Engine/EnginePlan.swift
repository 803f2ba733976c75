public import Detectors
public import IngestEngine
public import RacewayConfiguration
public import TraceStore

/// What stands behind the entrance of a server: the store, the log in front of it, and what is kept besides.
///
/// A value, so that what a configuration leads to can be compared without opening anything.
public struct EnginePlan: Sendable, Hashable {
    /// Where events are kept.
    public enum Backend: Sendable, Hashable {
        case memory
        case sqlite(SQLiteOptions)
        case postgres(PostgresOptions)
    }

    /// Where and how often derived state is saved.
    public struct Checkpoints: Sendable, Hashable {
        public enum Place: Sendable, Hashable {
            case directory(String)
            case redis(address: Secret, prefix: String, instance: String, ttlSeconds: Int)
            case postgres(PostgresOptions, instance: String)
        }

        public var place: Place
        public var interval: Duration
        public var compression: CheckpointCompression
        public var retainedMax: Int
        public var isRequired: Bool
    }

    /// How long a durable store keeps traces.
    public struct Retention: Sendable, Hashable {
        public var days: Int
        public var raceDays: Int
        /// Bytes of segments above which the oldest traces go early; 0 is no bound.
        public var bytesMax: Int
        public var interval: Duration
    }

    public var backend: Backend
    /// Bounds of the memory store, or of the live traces in front of a durable one.
    public var live: MemoryLimits
    /// Directory of the write-ahead log; without one, an acknowledgement does not outlive the process.
    public var logPath: String?
    public var deadLetterPath: String
    public var ingest: IngestOptions
    public var checkpoints: Checkpoints?
    public var retention: Retention?
    /// How long a start waits for the store.
    public var startupTimeout: Duration
    public var analysis: AnalysisOptions
    /// Threads of analysis.
    public var analysisWorkers: Int
    /// Whether usual durations are learned, so that unusual ones can be told.
    public var findsLatencyAnomalies: Bool
    /// Growth since the last analysis, in percent, that starts another one unasked.
    public var regrowthPercent: Int
    /// Pause without events after which what was found is recorded in the store.
    public var idle: Duration

    /// Live traces in front of a durable store are bounded by bytes and by their number.
    private static let liveEventsMax = 1_000_000_000

    /// Memory alone, with the built-in bounds.
    public init() {
        backend = .memory
        live = MemoryLimits()
        deadLetterPath = ""
        ingest = IngestOptions()
        startupTimeout = .seconds(60)
        analysis = AnalysisOptions()
        analysisWorkers = 2
        findsLatencyAnomalies = true
        regrowthPercent = 50
        idle = .seconds(1)
    }

    /// What a configuration asks for on a machine with that many processors.
    public init(_ configuration: Configuration, processors: Int) {
        self.init()
        let engine = configuration.engine
        switch configuration.storage.backend {
        case .memory: live = MemoryLimits(configuration.storage.memory)
        case .sqlite: backend = .sqlite(SQLiteOptions(configuration))
        case .postgres, .supabase: backend = .postgres(PostgresOptions(configuration))
        }
        if configuration.storage.backend.isDurable {
            live = MemoryLimits(
                eventsMax: Self.liveEventsMax,
                bytesMax: engine.maxLiveBytes,
                tracesMax: engine.maxLiveTraces
            )
            if configuration.retention.isEnabled {
                retention = Retention(
                    days: configuration.retention.days,
                    raceDays: configuration.retention.raceDays,
                    bytesMax: configuration.retention.maxBytes,
                    interval: .seconds(configuration.retention.intervalSeconds)
                )
            }
        }
        if configuration.walIsOn { logPath = configuration.walPath }
        if configuration.checkpointIsOn, configuration.walIsOn { checkpoints = Checkpoints(configuration) }
        deadLetterPath = configuration.deadLetterPath
        ingest = IngestOptions(configuration, processors: processors)
        startupTimeout = .seconds(configuration.storage.postgres.startupTimeoutSeconds)
        if !configuration.raceDetection.isEnabled { analysis.detectors.subtract([.races, .predicted]) }
        analysisWorkers = configuration.analysisWorkers(processors: processors)
        findsLatencyAnomalies = configuration.anomalyDetection.isEnabled
        regrowthPercent = configuration.analysis.regrowthPercent
        idle = .milliseconds(max(50, configuration.analysis.idleMilliseconds))
    }
}

extension MemoryLimits {
    init(_ memory: Configuration.Memory) {
        self.init(eventsMax: memory.maxEvents, bytesMax: memory.maxBytes, tracesMax: memory.maxTraces)
    }
}

extension IngestOptions {
    init(_ configuration: Configuration, processors: Int) {
        let engine = configuration.engine
        let postgres = configuration.storage.postgres
        self.init(
            admission: AdmissionLimits(
                policy: AdmissionPolicy(rawValue: engine.backpressure.rawValue) ?? .block,
                eventsMax: engine.bufferSize,
                bytesMax: engine.bufferMaxBytes,
                timeout: .milliseconds(engine.backpressureTimeoutMilliseconds)
            ),
            parallelism: configuration.lanes(processors: processors),
            batchSize: engine.batchSize,
            flushInterval: .milliseconds(engine.flushIntervalMilliseconds),
            partitions: configuration.storage.backend.isPostgres ? postgres.writerConnections : 1,
            retryInitial: .milliseconds(postgres.retryInitialMilliseconds),
            retryMax: .milliseconds(postgres.retryMaxMilliseconds),
            absentMax: configuration.cache.isEnabled ? configuration.cache.maxEntries : 0,
            absentTime: .seconds(configuration.cache.negativeTTLSeconds),
            log: LogOptions(
                segmentBytes: engine.walSegmentBytes,
                bytesMax: engine.walMaxBytes,
                freeBytesMin: engine.walMinFreeBytes
            )
        )
    }
}

extension SQLiteOptions {
    init(_ configuration: Configuration) {
        let sqlite = configuration.storage.sqlite
        self.init(
            path: configuration.sqlitePath,
            isExclusive: true,
            readers: sqlite.readers,
            busyTimeoutMilliseconds: sqlite.busyTimeoutMilliseconds,
            writerCacheKiB: configuration.sqliteWriterCacheBytes >> 10
        )
    }
}

extension PostgresOptions {
    init(_ configuration: Configuration) {
        let postgres = configuration.storage.postgres
        self.init(
            url: postgres.connectionString.exposed,
            flavour: configuration.storage.backend == .supabase ? .supabase : .postgres,
            pool: PoolOptions(
                maxConnections: postgres.maxConnections,
                minConnections: postgres.minConnections,
                maxOverflow: postgres.maxOverflow,
                maxLifetimeSeconds: Double(postgres.maxLifetimeSeconds),
                idleTimeoutSeconds: Double(postgres.idleTimeoutSeconds),
                acquireTimeoutSeconds: Double(postgres.connectionTimeoutSeconds),
                waitersMax: postgres.maxWaiters
            ),
            writers: postgres.writerConnections,
            autoMigrate: postgres.autoMigrate,
            connectTimeoutSeconds: postgres.connectTimeoutSeconds,
            statementTimeoutMilliseconds: postgres.statementTimeoutSeconds * 1_000
        )
    }
}

extension EnginePlan.Checkpoints {
    init(_ configuration: Configuration) {
        let checkpoint = configuration.checkpoint
        place = Place(configuration)
        interval = .seconds(checkpoint.intervalSeconds)
        compression = CheckpointCompression(rawValue: checkpoint.compression.rawValue) ?? .zstd
        retainedMax = checkpoint.maxRetained
        isRequired = checkpoint.isRequired
    }
}

extension EnginePlan.Checkpoints.Place {
    /// Where checkpoints are kept as configured.
    public init(_ configuration: Configuration) {
        let checkpoint = configuration.checkpoint
        let instance = configuration.server.instanceID.isEmpty ? "raceway" : configuration.server.instanceID
        switch checkpoint.storage {
        case .local: self = .directory(configuration.checkpointPath)
        case .redis:
            self = .redis(
                address: checkpoint.redisURL,
                prefix: checkpoint.redisPrefix,
                instance: instance,
                ttlSeconds: checkpoint.redisTTLSeconds
            )
        case .postgres: self = .postgres(PostgresOptions(configuration), instance: instance)
        }
    }

    /// Opens it; a directory is made when it is missing, and so are tables where that is configured and `preparing`.
    public func open(preparing: Bool = true) async throws(CheckpointError) -> any CheckpointStore {
        switch self {
        case .directory(let path): return try LocalCheckpointStore(path: path)
        case .redis(let address, let prefix, let instance, let ttl):
            return RedisCheckpointStore(
                address: try RedisAddress(address.exposed),
                prefix: prefix,
                instance: instance,
                ttlSeconds: ttl
            )
        case .postgres(let options, let instance):
            var options = options
            options.autoMigrate = options.autoMigrate && preparing
            return try await PostgresCheckpointStore(options, instance: instance)
        }
    }
}
