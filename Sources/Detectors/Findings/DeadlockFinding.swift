/// Tasks that each hold what another wants.
public struct DeadlockFinding: Sendable, Hashable {
    /// Strength of the evidence.
    public enum Grade: String, Sendable {
        /// A sync-preserving schedule reaches it.
        case confirmed
        /// The lock order allows it; no schedule was found.
        case suspected
    }

    /// One task of the cycle.
    public struct Member: Sendable, Hashable {
        public var task: String
        public var holds: [String]
        public var wants: String
        public var location: String
        /// Event id of the acquire that would block.
        public var event: String

        /// Makes a member.
        public init(task: String, holds: [String], wants: String, location: String, event: String) {
            self.task = task
            self.holds = holds
            self.wants = wants
            self.location = location
            self.event = event
        }
    }

    /// `d-` and eight hexadecimal digits of the fingerprint.
    public var id: String
    public var fingerprint: String
    public var grade: Grade
    public var cycle: [Member]
    /// Row indices in schedule order; empty when suspected.
    public var witness: [Int]
    /// How many events of the causal order run as observed before the witness begins.
    public var witnessStart = 0
    /// The witness by the positions that reports show (see ``Labels/index(_:)``), which arrival does not change.
    public var witnessPositions: [Int] = []

    /// Makes a finding.
    public init(id: String, fingerprint: String, grade: Grade, cycle: [Member], witness: [Int]) {
        self.id = id
        self.fingerprint = fingerprint
        self.grade = grade
        self.cycle = cycle
        self.witness = witness
    }
}
