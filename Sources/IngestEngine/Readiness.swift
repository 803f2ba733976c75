/// Whether events are taken, and everything an operator should know about why not or not for long.
public struct Readiness: Sendable, Hashable {
    /// The closed list of conditions; the text is stable.
    public enum Condition: String, Sendable, Hashable, CaseIterable {
        case draining
        case fenced
        case logFull = "log_full"
        case diskFull = "disk_full"
        case diskFailed = "disk_failed"
        /// Events that wait for the store fill the memory for live traces.
        case memoryFull = "memory_full"
        case storeUnavailable = "store_unavailable"
        case storeFull = "store_full"
        case storeMisconfigured = "store_misconfigured"
        case checkpointFailed = "checkpoint_failed"
    }

    /// One condition that holds now.
    public struct Finding: Sendable, Hashable {
        public var condition: Condition
        /// What failed and what to do, without payloads or secrets.
        public var message: String
        /// How long it has held.
        public var since: Duration
        /// Events are refused because of it.
        public var refuses: Bool
    }

    /// Conditions by when they began.
    public var findings: [Finding]

    /// Whether events are taken now.
    public var isReady: Bool { !findings.contains(where: \.refuses) }
}

/// Conditions with when they began; each is set and cleared by whoever sees it.
struct ReadinessBoard {
    private var held: [Readiness.Condition: (message: String, began: ContinuousClock.Instant)] = [:]

    mutating func set(_ condition: Readiness.Condition, _ message: String, at now: ContinuousClock.Instant) {
        held[condition] = (message, held[condition]?.began ?? now)
    }

    mutating func clear(_ conditions: Readiness.Condition...) {
        for condition in conditions { held[condition] = nil }
    }

    func readiness(at now: ContinuousClock.Instant) -> Readiness {
        let sorted = held.sorted { ($0.value.began, $0.key.rawValue) < ($1.value.began, $1.key.rawValue) }
        return Readiness(
            findings: sorted.map { condition, entry in
                Readiness.Finding(
                    condition: condition,
                    message: entry.message,
                    since: now - entry.began,
                    refuses: Self.refusing.contains(condition)
                )
            }
        )
    }

    /// While a store is away the log takes what comes: that refuses nobody.
    private static let refusing: Set<Readiness.Condition> = [
        .draining, .fenced, .logFull, .diskFull, .diskFailed, .memoryFull,
    ]
}
