import Detectors
import IngestEngine
import JSONText
import Reporting
import TraceStore
import TraceModel

/// What one follower of `/api/live` has seen, and what it has not.
struct LiveView {
    /// Traces and races in one event.
    static let rowsMax = 50

    /// Store revision up to which everything was sent; `nil` before the snapshot.
    private(set) var revision: UInt64?
    private var analysed: UInt64 = 0
    private var decided: UInt64 = 0
    /// Count, grade and state of each race as it was sent.
    private var races: [String: Sent] = [:]

    private struct Sent: Hashable {
        var count: Int
        var grade: Grade
        var state: String
    }

    /// A follower that has seen everything up to a revision, or nothing.
    init(resumingAt revision: UInt64?) {
        self.revision = revision
    }

    /// The next event: its name and data, or `nil` when nothing changed.
    mutating func next(
        _ counts: StoreCounts,
        _ traces: [TraceSummary],
        _ program: ProgramInsight?,
        _ states: FindingBoard.Reading
    ) -> (name: String, data: [UInt8])? {
        let isFirst = revision == nil
        let since = revision ?? 0
        let isSame = !isFirst && since == counts.revision && analysed == program?.counts.revision ?? 0
        if isSame && decided == states.revision { return nil }
        let changed = traces.filter { isFirst || $0.revision > since }
        let findings = changedRaces(program, states)
        var json = JSONWriter()
        json.object { json in
            json.member("revision", counts.revision)
            json.member("events", counts.events)
            json.member("traces", counts.traces)
            json.member("races", program?.analysis.races.count ?? 0)
            json.member("analysed_revision", program?.counts.revision)
            json.array("changed_traces") { json in
                for trace in changed.prefix(Self.rowsMax) { Self.write(trace, &json) }
            }
            json.array("changed_races") { json in
                for finding in findings.prefix(Self.rowsMax) {
                    JSONRenderer.write(Race(BoundedFinding.of(finding)), to: &json) { json in
                        json.member("state", states.decisions[finding.fingerprint]?.word ?? "open")
                    }
                }
            }
            json.member("truncated", changed.count >= Self.rowsMax || findings.count > Self.rowsMax)
        }
        revision = counts.revision
        analysed = program?.counts.revision ?? 0
        decided = states.revision
        return (isFirst ? "snapshot" : "delta", json.take())
    }

    /// Races that are new or not what was sent, the most important first. Those that are gone are forgotten.
    private mutating func changedRaces(_ program: ProgramInsight?, _ states: FindingBoard.Reading) -> [RaceFinding] {
        guard let program else { return [] }
        if analysed == program.counts.revision, decided == states.revision { return [] }
        var now: [String: Sent] = [:]
        var changed: [RaceFinding] = []
        for finding in program.analysis.races {
            let state = states.decisions[finding.fingerprint]?.word ?? "open"
            let sent = Sent(count: finding.count, grade: finding.grade, state: state)
            if races[finding.id] != sent { changed.append(finding) }
            now[finding.id] = sent
        }
        races = now
        return changed.sorted { RaceCursor($0) < RaceCursor($1) }
    }

    private static func write(_ trace: TraceSummary, _ json: inout JSONWriter) {
        json.object { json in
            json.member("trace_id", trace.id.description)
            json.member("event_count", trace.eventCount)
            json.member("first_timestamp", Timestamps.zulu(trace.firstTimestamp))
            json.member("last_timestamp", Timestamps.zulu(trace.lastTimestamp))
            json.array("services", trace.services.prefix(rowsMax).map(\.name))
        }
    }
}
