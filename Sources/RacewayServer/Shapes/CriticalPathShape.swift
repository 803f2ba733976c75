import Detectors
import IngestEngine
import JSONText
import TraceModel
import TraceStore

/// The critical path of a trace. The reference writes its members in two orders, by endpoint.
struct CriticalPathShape {
    /// Members by name, as inside the answer about a trace, instead of the path last.
    var isSorted: Bool
    /// Steps to name; the counts and sums go on.
    var stepsMax: Int

    func write(_ insight: TraceInsight, _ json: inout JSONWriter) {
        let path = insight.criticalPath
        let id = insight.summary.id.description
        json.object { json in
            if isSorted {
                steps(insight, &json)
                json.member("path_events", path.steps.count)
                json.member("percentage_of_total", path.percentage)
                json.member("total_duration_ms", milliseconds(path.totalNanoseconds))
                json.member("trace_id", id)
                json.member("trace_total_duration_ms", milliseconds(path.wallNanoseconds))
            } else {
                json.member("trace_id", id)
                json.member("path_events", path.steps.count)
                json.member("total_duration_ms", milliseconds(path.totalNanoseconds))
                json.member("trace_total_duration_ms", milliseconds(path.wallNanoseconds))
                json.member("percentage_of_total", path.percentage)
                steps(insight, &json)
            }
            if path.steps.count > stepsMax { json.member("path_truncated", true) }
        }
    }

    private func steps(_ insight: TraceInsight, _ json: inout JSONWriter) {
        json.array("path") { json in
            for step in insight.criticalPath.steps.prefix(stepsMax) { write(step, of: insight.batch, &json) }
        }
    }

    private func write(_ step: CriticalPath.Step, of batch: borrowing EventBatch, _ json: inout JSONWriter) {
        let row = step.row
        let id = batch.ids[row].description
        let kind = EventLabels.pathKind(row, batch)
        let location = EventLabels.location(row, batch)
        let timestamp = Timestamps.offset(batch.timestamps[row])
        let duration = milliseconds(step.nanoseconds)
        json.object { json in
            if isSorted { json.member("duration_ms", duration) }
            json.member("id", id)
            json.member("kind", kind)
            json.member("location", location)
            json.member("timestamp", timestamp)
            if !isSorted { json.member("duration_ms", duration) }
        }
    }
}

/// Nanoseconds as the milliseconds of the wire.
func milliseconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds) / 1_000_000 }
