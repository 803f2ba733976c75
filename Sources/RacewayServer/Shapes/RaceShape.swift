import Detectors
import IngestEngine
import JSONText
import Reporting
import TraceModel

/// A race under the reference's names, with what it never said in further keys.
struct RaceShape {
    let finding: RaceFinding
    let threads: RaceThreads

    /// Grades that the compatible routes list.
    static func isListed(_ finding: RaceFinding) -> Bool { finding.grade >= .feasible }

    /// `CRITICAL` for two writes, `WARNING` for a read and a write.
    var severity: String { finding.kind == .writeWrite ? "CRITICAL" : "WARNING" }

    /// An element of `race_details` in an answer about one trace.
    func writeInTrace(_ json: inout JSONWriter) {
        let name = finding.object.name
        json.object { json in
            json.member("severity", severity)
            json.member("variable", name)
            sides(&json)
            json.member(
                "description",
                finding.kind == .writeWrite
                    ? "Write-Write race on \(name). Both threads modified the same variable without synchronization."
                    : "Read-Write race on \(name). One thread read while another wrote."
            )
            more(&json)
        }
    }

    /// An element of `race_details` in the answer about everything.
    func writeGlobal(_ json: inout JSONWriter) {
        let (a, b) = (finding.first, finding.second)
        let name = finding.object.name
        json.object { json in
            json.member("severity", severity)
            json.member("variable", name)
            json.member("trace1_id", a.trace.description)
            json.member("trace2_id", b.trace.description)
            sides(&json)
            json.member("event1_timestamp", Timestamps.display(a.timestamp))
            json.member("event2_timestamp", Timestamps.display(b.timestamp))
            json.member(
                "description",
                finding.kind == .writeWrite
                    ? "Cross-trace write-write race on \(name). Trace \(short(a.trace)) (thread \(threads.first)) wrote"
                        + " \(DebugText.value(a.new)), Trace \(short(b.trace)) (thread \(threads.second)) wrote"
                        + " \(DebugText.value(b.new))"
                    : "Cross-trace read-write race on \(name). One thread read while another wrote across different traces."
            )
            more(&json)
        }
    }

    /// The lines that terminals print.
    var lines: [String] {
        ["\u{1F6A8} \(severity) RACE on \(finding.object.name)"]
            + lines("Event 1", finding.first, threads.first)
            + lines("Event 2", finding.second, threads.second) + [""]
    }

    private func lines(_ label: String, _ access: AccessEvidence, _ thread: String) -> [String] {
        [
            "   \(label): \(access.event.prefix(8)) @ \(access.location) [\(thread)]",
            "           @ \(Timestamps.timeOfDay(access.timestamp))",
            access.kind == "read"
                ? "           READ: \(DebugText.value(access.new))"
                : "           WRITE: \(DebugText.optional(access.old)) \u{2192} \(DebugText.value(access.new))",
        ]
    }

    private func sides(_ json: inout JSONWriter) {
        json.member("event1_thread", threads.first)
        json.member("event2_thread", threads.second)
        json.member("event1_location", finding.first.location)
        json.member("event2_location", finding.second.location)
    }

    /// What the reference does not have.
    private func more(_ json: inout JSONWriter) {
        json.member("race_id", finding.id)
        json.member("grade", finding.grade.rawValue)
        json.member("pattern", finding.pattern.rawValue)
        json.member("count", finding.count)
        json.member("cross_trace", finding.crossTrace)
        json.member("verdict", Race(finding).headline.verdict)
    }

    private func short(_ trace: TraceID) -> Substring { trace.description.prefix(8) }
}
