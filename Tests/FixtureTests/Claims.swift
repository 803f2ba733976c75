import FoundationEssentials

/// What a person says must be reported for a pair of traces; `claims.json`. Written before any tool saw the trace.
struct Claims: Decodable {
    var why: String
    /// Detectors to run; the default ones when it is left out.
    var detect: [String]?
    var racy: Side
    var fixed: Side

    /// Claims about one trace. What they do not name must stay at predicted or below; an empty side means no finding at all.
    struct Side: Decodable {
        var races: [RaceClaim]?
        var deadlocks: [DeadlockClaim]?
        var findings: [FindingClaim]?
        /// Objects whose races may be no stronger than this grade.
        var atMost: [String: String]?

        enum CodingKeys: String, CodingKey {
            case races, deadlocks, findings
            case atMost = "at_most"
        }

        /// True when the trace is clean.
        var isClean: Bool { races == nil && deadlocks == nil && findings == nil }
    }

    /// One race that must be reported on an object. Members left out are not claimed.
    struct RaceClaim: Decodable {
        var object: String
        var grade: String?
        var atLeast: String?
        /// Names of which the report may choose one.
        var patterns: [String]?
        var kinds: [String]?
        /// Acceptable pairs, each of two `file:line kind` in either order.
        var locations: [[String]]?
        var lostUpdates: Int?
        var serialOutcomes: [String]?
        var observed: String?
        var locksInCommon: [String]?

        enum CodingKeys: String, CodingKey {
            case object, grade, patterns, kinds, locations, observed
            case atLeast = "at_least"
            case lostUpdates = "lost_updates"
            case serialOutcomes = "serial_outcomes"
            case locksInCommon = "locks_in_common"
        }
    }

    /// One cycle, named by the locks that its members want.
    struct DeadlockClaim: Decodable {
        var grade: String
        var wants: [String]
    }

    /// Something that is reported as an anomaly or as a race with such a pattern, above predicted unless it says its grade.
    struct FindingClaim: Decodable {
        var object: String?
        var names: [String]
        /// Its exact grade, for what cannot be more than a suspicion.
        var grade: String?
    }
}
