import JSONText

internal import Detectors

/// Small pieces of sentences that several renderers use.
enum Phrases {
    /// `1 access`, `2 accesses`.
    static func count(_ n: Int, _ one: String, _ many: String) -> String { "\(n) \(n == 1 ? one : many)" }

    /// `a`, `a and b`, `a, b and c`.
    static func list(_ items: [String], last: String = "and") -> String {
        guard items.count > 1, let end = items.last else { return items.first ?? "" }
        return items.dropLast().joined(separator: ", ") + " \(last) " + end
    }

    /// What a grade rests on.
    static func meaning(of grade: Grade) -> String {
        switch grade {
        case .manifested: "values prove damage"
        case .feasible: "unordered in this run, with every edge known"
        case .predicted: "another schedule of the same run makes them collide"
        case .candidate: "an edge that would order them may be missing"
        case .benign: "probably harmless"
        }
    }

    /// What the grade of a race rests on; a prediction rests on a schedule or on the absence of any order.
    static func meaning(of race: RaceFinding) -> String {
        race.grade == .predicted && race.witness == nil
            ? "nothing orders them, though they did not collide in this run" : meaning(of: race.grade)
    }

    /// What a reason of incompleteness means, for `count` of them.
    static func missing(_ reason: Coverage.Reason, _ n: Int) -> String {
        switch reason {
        case .missingParent: count(n, "parent event never arrived", "parent events never arrived")
        case .missingSpan: count(n, "calling span never arrived", "calling spans never arrived")
        case .missingTask:
            count(n, "spawned or awaited task was never seen", "spawned or awaited tasks were never seen")
        case .missingMessage:
            count(
                n,
                "message was received but its send never seen",
                "messages were received but their sends never seen"
            )
        case .sequenceGap: count(n, "gap in a task's sequence numbers", "gaps in tasks' sequence numbers")
        case .unmatchedRelease:
            count(n, "lock was released but never acquired", "locks were released but never acquired")
        case .senderLoss: count(n, "loss was reported by a sender", "losses were reported by senders")
        case .evicted: count(n, "event was dropped at a bound", "events were dropped at a bound")
        case .historyEvicted: count(n, "access was too old to compare", "accesses were too old to compare")
        case .cycle: count(n, "contradictory edge was dropped", "contradictory edges were dropped")
        case .tie: count(n, "tie decided the order within a task", "ties decided the order within tasks")
        case .skipped: count(n, "record could not be read", "records could not be read")
        case .unclassifiedStatement: count(n, "SQL statement was not understood", "SQL statements were not understood")
        case .witnessRejected:
            count(
                n,
                "finding was dropped as its schedule did not replay",
                "findings were dropped as their schedules did not replay"
            )
        }
    }

    /// Reasons of the judge of races that are no gaps in the evidence.
    private static let judgements = [
        "no_overlap": "they did not overlap in time",
        "clock_skew": "the clocks of the two processes do not tell whether they overlapped",
        "same_value": "both write the same value",
        "missing_edge": "something that would order them is missing",
        "inferred": "they were inferred from spans without annotations",
    ]

    /// What a code of a finding's `reasons` means.
    static func missing(code: String) -> String {
        if let judged = judgements[code] { return judged }
        return switch Coverage.Reason(rawValue: code) {
        case .missingParent: "a parent event is missing"
        case .missingSpan: "a calling span is missing"
        case .missingTask: "a spawned or awaited task is missing"
        case .missingMessage: "the send of a message is missing"
        case .sequenceGap: "a task's sequence numbers have a gap"
        case .unmatchedRelease: "a lock was released that was never acquired"
        case .senderLoss: "a sender dropped data"
        case .evicted: "events were dropped at a bound"
        case .historyEvicted: "older history was dropped"
        case .cycle: "contradictory edges were dropped"
        case .tie: "a tie decided the order within a task"
        case .skipped: "records could not be read"
        case .unclassifiedStatement: "SQL statements were not understood"
        case .witnessRejected: "a finding was dropped as its schedule did not replay"
        case nil: Printable.text(code.replacing("_", with: " "))
        }
    }

    /// `62 accesses to 23 objects by 4 tasks in 1 trace`.
    static func extent(of coverage: Coverage) -> String {
        let parts = [
            count(coverage.accesses, "access", "accesses") + " to " + count(coverage.objects, "object", "objects"),
            "by " + count(coverage.tasks, "task", "tasks"),
            "in " + count(coverage.traces, "trace", "traces"),
        ]
        return parts.joined(separator: " ")
    }

    /// How much of the latency is known well enough to judge; empty when nobody asked.
    static func learning(_ coverage: Coverage) -> String {
        guard let latency = coverage.latency else { return "" }
        guard latency.series > 0 else { return "; latency: nothing said how long it took" }
        let known = count(latency.series, "series", "series") + " in " + count(latency.windows, "window", "windows")
        guard latency.learning > 0 else { return "; latency: judged " + known }
        let names = latency.learningNames.prefix(3).map { Printable.text($0) }.joined(separator: ", ")
        let more = latency.learningNames.count > 3 || latency.learning > latency.learningNames.count ? ", …" : ""
        return "; latency: still learning \(latency.learning) of \(known) (\(names)\(more))"
    }

    /// `nothing was missing`, or what was.
    static func gaps(of coverage: Coverage) -> String {
        let found = Coverage.Reason.allCases.compactMap { reason in
            coverage.reasons[reason].map { missing(reason, $0) }
        }
        guard !found.isEmpty else { return "nothing was missing" }
        return (coverage.complete ? "complete, though " : "incomplete: ") + found.joined(separator: ", ")
    }
}

extension AccessEvidence {
    /// `write 900 (was 1000)`, `read 1000`, `atomic write`.
    var action: String {
        let verb = (atomic ? "atomic " : "") + (kind == "rmw" ? "read-modify-write" : kind)
        if kind == "read" { return (new ?? old).map { "\(verb) \(Printable.value($0))" } ?? verb }
        guard let new else { return verb }
        let before = old.map { " (was \(Printable.value($0)))" } ?? ""
        return "\(verb) \(Printable.value(new))\(before)"
    }

    /// ` at app.py:145`, or nothing.
    var at: String { location.isEmpty ? "" : " at \(Printable.text(location))" }

    /// The location for a list, or where in the input it is.
    var place: String { location.isEmpty ? "event \(index)" : Printable.text(location) }

    /// Formats without time number their events and use the number as time.
    var hasTime: Bool { timestamp != Int64(index) }
}
