/// State of another part of the process that comes back after a restart: baselines, rules, whatever costs time to make again.
public protocol CheckpointParticipant: Sendable {
    /// Four lower-case ASCII characters, for ever.
    var tag: String { get }
    /// Copies the state and returns at once; the closure encodes it later, on another thread.
    ///
    /// It runs between two groups of batches, so that all participants see the same events.
    func capture() -> @Sendable () -> [UInt8]
    /// Takes the state back; `false` when the bytes make no sense, which leaves the participant as it was.
    func restore(_ bytes: [UInt8]) -> Bool
}

/// Where and how often checkpoints are made.
public struct CheckpointPlan: Sendable {
    public var store: any CheckpointStore
    /// From the start of one to the start of the next; a tenth of it is random.
    public var interval: Duration
    public var compression: CheckpointCompression
    /// Older ones are removed once a newer one was read back and found whole.
    public var retainedMax: Int
    public var participants: [any CheckpointParticipant]
    /// Whether the newest one is restored at the start; otherwise the log alone is.
    public var restores: Bool
    /// Do not start when there were checkpoints and none of them is whole.
    public var isRequired: Bool
    /// Where they are, as an operator would look for them; without secrets.
    public var place: String
    /// Why the store could not be reached at the start, where that keeps nobody from starting: nothing is restored then.
    public var absence: String?

    /// A plan with the defaults of the configuration reference.
    public init(
        store: any CheckpointStore,
        interval: Duration = .seconds(60),
        compression: CheckpointCompression = .zstd,
        retainedMax: Int = 10,
        participants: [any CheckpointParticipant] = [],
        restores: Bool = true,
        isRequired: Bool = false,
        place: String = "the checkpoint store",
        absence: String? = nil
    ) {
        self.store = store
        self.interval = max(interval, .milliseconds(10))
        self.compression = compression
        self.retainedMax = max(1, retainedMax)
        self.participants = participants
        self.restores = restores
        self.isRequired = isRequired
        self.place = place
        self.absence = absence
    }
}

/// How checkpoints have gone since the start.
public struct CheckpointStatus: Sendable, Hashable {
    public var succeeded = 0
    public var failed = 0
    /// Not made because the one before was still running.
    public var skipped = 0
    /// The newest one, its bytes, and how long it took.
    public var lastNumber: UInt64?
    public var lastBytes = 0
    public var lastDuration: Duration = .zero
    /// Nanoseconds since 1970 of the newest one.
    public var lastCreated: Int64?
    /// The one that this process began with, and those before it that were damaged.
    public var restoredNumber: UInt64?
    public var damaged = 0
    public var lastError: String?
}
