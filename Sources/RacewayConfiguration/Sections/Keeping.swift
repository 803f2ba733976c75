// What is kept besides the events: derived state, old traces, answers.

extension Configuration {
    /// Saved copies of derived state, for a fast restart.
    public struct Checkpoint: Sendable, Hashable {
        public var enabled = Toggle.auto
        public var intervalSeconds = 60
        public var compression = CheckpointCompression.zstd
        public var storage = CheckpointStorage.local
        /// Empty for `checkpoints` in the data directory; see ``Configuration/checkpointPath``.
        public var localPath = ""
        public var redisURL = Secret("")
        public var redisPrefix = "raceway:checkpoints"
        public var redisTTLSeconds = 86_400
        public var maxRetained = 10
        public var isRequired = false

        public init() {}
    }

    /// Where checkpoints are kept.
    public enum CheckpointStorage: String, Sendable, Hashable, CaseIterable { case local, redis, postgres }

    /// How checkpoints are compressed.
    public enum CheckpointCompression: String, Sendable, Hashable, CaseIterable { case zstd, zlib, none }

    /// How long traces are kept in a durable store.
    public struct Retention: Sendable, Hashable {
        public var isEnabled = true
        public var days = 7
        /// Traces in which something raced.
        public var raceDays = 30
        public var maxBytes = 0
        public var intervalSeconds = 3_600

        public init() {}
    }

    /// Answers kept for the next one who asks.
    public struct Cache: Sendable, Hashable {
        public var isEnabled = true
        public var maxEntries = 10_000
        public var maxBytes = 64 << 20
        public var ttlSeconds = 300
        public var negativeTTLSeconds = 5

        public init() {}
    }
}
