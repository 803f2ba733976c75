public import TraceModel

/// Two unordered accesses of one object, reported once per static pair of code locations.
public struct RaceFinding: Sendable, Hashable {
    /// What the pair does.
    public enum Kind: String, Sendable, CaseIterable {
        case writeWrite = "write-write"
        /// One reads, the other writes, in either order.
        case readWrite = "read-write"
    }

    /// The recognisable mistake behind the pair.
    public enum Pattern: String, Sendable, CaseIterable {
        case lostUpdate = "lost_update"
        case checkThenAct = "check_then_act"
        case staleRead = "stale_read"
        case doubleInit = "double_init"
        case orderViolation = "order_violation"
        case unorderedAccess = "unordered_access"
    }

    /// Whether the two requests overlapped in time by a clock that can tell.
    public enum Overlap: String, Sendable {
        /// They overlapped by one process's own clock, or beyond the measured skew.
        case observed
        /// They were within the near-miss window.
        case near
        /// They did not overlap.
        case none
        /// No clock can tell.
        case unknown
    }

    /// `r-` and eight hexadecimal digits of the fingerprint and the object.
    public var id: String
    /// Stable over runs: kind, object pattern and the two code locations without line numbers.
    public var fingerprint: String
    public var kind: Kind
    public var pattern: Pattern
    public var grade: Grade
    public var severity: Severity
    /// The object as named by the sender, its scope such as `service:bank`, and its generalised pattern.
    public var object: ObjectName
    /// The earlier and the later access of the best instance, in causal order.
    public var first: AccessEvidence
    public var second: AccessEvidence
    public var crossTrace: Bool
    public var overlap: Overlap
    /// Dynamic instances of this static pair.
    public var count: Int
    /// Nanoseconds since 1970 of the first and the last instance's later access.
    public var firstSeen: Int64
    public var lastSeen: Int64
    /// At most three further instances, as pairs of event ids.
    public var exemplars: [Exemplar]
    public var evidence: ValueEvidence?
    /// Schedule that makes the two accesses adjacent: row indices in order; `nil` when not predicted by a schedule.
    public var witness: [Int]?
    /// How many events of the causal order run as observed before the witness begins.
    public var witnessStart = 0
    /// The witness by the positions that reports show (see ``Labels/index(_:)``), which arrival does not change.
    public var witnessPositions: [Int] = []
    /// Locks that both hold in modes that do not exclude each other, for the explanation.
    public var locksInCommon: [String]
    /// The id of the finding whose ordering would order this one too (race coverage, EventRacer).
    public var coveredBy: String?
    /// Reasons that lowered the grade, as codes of ``Coverage/Reason``.
    public var reasons: [String]
    /// Traces that took part in an instance, sorted; at most ``tracesMax``, the first in causal order.
    public var traces: [TraceID] = []
    /// Traces that a finding names.
    public static let tracesMax = 256

    /// An instance of the pair.
    public struct Exemplar: Sendable, Hashable {
        public var first: String
        public var second: String

        /// Names the two events.
        public init(first: String, second: String) {
            self.first = first
            self.second = second
        }
    }
}

/// The identity of a shared object in a report.
public struct ObjectName: Sendable, Hashable {
    /// As the sender wrote it.
    public var name: String
    /// `global`, `service:NAME` or `process:SERVICE/INSTANCE`.
    public var scope: String
    /// With digits and ids generalised: `account:42.balance` becomes `account:*.balance`.
    public var pattern: String

    /// Makes a name.
    public init(name: String, scope: String, pattern: String) {
        self.name = name
        self.scope = scope
        self.pattern = pattern
    }
}

/// One access as a report shows it.
public struct AccessEvidence: Sendable, Hashable {
    /// Row in the analysed batch.
    public var row: Int
    /// Event id in UUID spelling, or the 1-based position for formats without ids.
    public var event: String
    /// 1-based position in the input.
    public var index: Int
    public var trace: TraceID
    /// Task label, unique within the report.
    public var task: String
    public var service: String
    /// `read` or `write`; `rmw` for an atomic read-modify-write.
    public var kind: String
    public var atomic: Bool
    public var location: String
    /// Nanoseconds since 1970; positions for formats without time.
    public var timestamp: Int64
    /// JSON texts, `nil` when the sender gave none.
    public var old: String?
    public var new: String?
    /// Names of the locks held.
    public var locks: [String]
    /// The access's epoch in its own task, and how much of the other task it has seen.
    public var epoch: UInt32
    public var seenOfOther: UInt32
}

/// Proof by values.
public struct ValueEvidence: Sendable, Hashable {
    /// Final values that the operations would have in some serial order, as JSON texts; empty when values do not tell.
    public var serialOutcomes: [String]
    /// The value observed, as JSON text.
    public var observed: String?
    /// The version history around the damage: JSON text of each value, oldest first, at most 16.
    public var versions: [String]
    /// Updates whose effect was overwritten unseen.
    public var lostUpdates: Int
}
