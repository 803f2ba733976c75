import Detectors
import IngestEngine
import JSONText
import Reporting
import TraceModel
import TraceStore

/// Turns the races of an analysis into rows of a store, each under the trace of its later access, and tells which traces' rows
/// are other than what was recorded before.
struct FindingRecorder {
    /// Digests of what was recorded, by trace.
    private var recorded: [TraceID: Int] = [:]

    /// Traces whose rows have to be recorded again; traces that lost all of theirs come with none.
    ///
    /// An analysis that did not see everything says nothing about what it does not find: what was recorded of it stays.
    mutating func changes(in insight: ProgramInsight) -> [FindingChange] {
        var rows: [TraceID: [FindingRow]] = [:]
        for finding in insight.analysis.races where finding.grade > .candidate {
            let trace = finding.second.trace
            rows[trace, default: []].append(Self.row(finding))
        }
        var changes = rows.filter { recorded[$0.key] != Self.digest($0.value) }.map {
            FindingChange(trace: $0.key, rows: $0.value)
        }
        if insight.counts.evictedEvents > 0 {
            recorded = recorded.filter { rows[$0.key] != nil }
        } else {
            for trace in recorded.keys where rows[trace] == nil {
                changes.append(FindingChange(trace: trace, rows: []))
            }
        }
        return changes.sorted { $0.trace < $1.trace }
    }

    /// Remembers what is recorded now.
    mutating func note(_ changes: some Sequence<FindingChange>) {
        for change in changes { recorded[change.trace] = change.rows.isEmpty ? nil : Self.digest(change.rows) }
    }

    /// Counts move with every event, so the document does not take part.
    private static func digest(_ rows: [FindingRow]) -> Int {
        var hasher = Hasher()
        for row in rows {
            hasher.combine(row.id)
            hasher.combine(row.grade)
            hasher.combine(row.severity)
            hasher.combine(row.moment)
        }
        return hasher.finalize()
    }

    private static func row(_ finding: RaceFinding) -> FindingRow {
        var json = JSONWriter()
        JSONRenderer.write(Race(BoundedFinding.of(finding)), to: &json)
        return FindingRow(
            id: finding.id,
            fingerprint: finding.fingerprint,
            kind: finding.pattern.rawValue,
            grade: finding.grade.rawValue,
            severity: finding.severity.rawValue,
            object: finding.object.name,
            moment: finding.second.timestamp,
            document: json.take()
        )
    }
}
