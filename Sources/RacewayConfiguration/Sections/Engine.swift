extension Configuration {
    /// The way from an accepted batch to the store.
    public struct Engine: Sendable, Hashable {
        public var bufferSize = 10_000
        public var bufferMaxBytes = 64 << 20
        public var maxEventBytes = 262_144
        public var batchSize = 100
        public var flushIntervalMilliseconds = 100
        public var backpressure = Backpressure.block
        public var backpressureTimeoutMilliseconds = 1_000
        /// Lanes; 0 for one a processor.
        public var parallelism = 0
        public var maxLiveTraces = 100_000
        public var maxLiveBytes = 512 << 20

        public var wal = Toggle.auto
        /// Empty for `wal` in the data directory; see ``Configuration/walPath``.
        public var walPath = ""
        public var walMaxBytes = 2 << 30
        public var walSegmentBytes = 64 << 20
        public var walMinFreeBytes = 256 << 20
        /// Empty for `deadletter` in the data directory; see ``Configuration/deadLetterPath``.
        public var deadLetterPath = ""

        public init() {}
    }

    /// What happens to events that find the queue full.
    public enum Backpressure: String, Sendable, Hashable, CaseIterable {
        /// Wait for room, then refuse the whole batch.
        case block
        /// Make room by giving up the oldest events.
        case dropOldest = "drop_oldest"
        /// Take what fits and refuse the rest.
        case dropNewest = "drop_newest"
    }

    /// Analysis of live traces.
    public struct Analysis: Sendable, Hashable {
        public var idleMilliseconds = 1_000
        public var regrowthPercent = 50
        /// Threads; 0 for one a processor.
        public var workers = 0
        public var waitSeconds = 20

        public init() {}
    }
}
