/// How an engine is built; the defaults are those of the configuration reference.
public struct IngestOptions: Sendable, Hashable {
    public var admission: AdmissionLimits
    /// Lanes by trace; never changes a result.
    public var parallelism: Int
    /// A partition is flushed at this many events, or when its oldest has waited this long.
    public var batchSize: Int
    public var flushInterval: Duration
    /// Partitions of the log: as many flushes may run at once. A part of the log's identity in the store.
    public var partitions: Int
    /// Bytes of batches that wait for the store in memory, for each partition; beyond it they are read from the log again.
    public var pendingBytesMax: Int
    /// Pause after the first failure of the store, and the longest one.
    public var retryInitial: Duration
    public var retryMax: Duration
    /// Bytes of the dead-letter file; events beyond it are counted and not kept.
    public var deadLetterBytesMax: Int
    /// Traces of which it is remembered that the durable store has none, and for how long.
    public var absentMax: Int
    public var absentTime: Duration
    public var log: LogOptions

    static let partitionsMax = 64

    /// Options; the reference's defaults unless told otherwise.
    public init(
        admission: AdmissionLimits = AdmissionLimits(),
        parallelism: Int = 2,
        batchSize: Int = 100,
        flushInterval: Duration = .milliseconds(100),
        partitions: Int = 2,
        pendingBytesMax: Int = 64 << 20,
        retryInitial: Duration = .milliseconds(100),
        retryMax: Duration = .seconds(5),
        deadLetterBytesMax: Int = 64 << 20,
        absentMax: Int = 10_000,
        absentTime: Duration = .seconds(5),
        log: LogOptions = LogOptions()
    ) {
        self.admission = admission
        self.parallelism = min(max(1, parallelism), 1_024)
        self.batchSize = max(1, batchSize)
        self.flushInterval = max(flushInterval, .zero)
        self.partitions = min(max(1, partitions), Self.partitionsMax)
        self.pendingBytesMax = max(0, pendingBytesMax)
        self.retryInitial = max(retryInitial, .milliseconds(1))
        self.retryMax = max(retryMax, retryInitial)
        self.deadLetterBytesMax = max(0, deadLetterBytesMax)
        self.absentMax = max(0, absentMax)
        self.absentTime = absentTime
        self.log = log
    }
}
