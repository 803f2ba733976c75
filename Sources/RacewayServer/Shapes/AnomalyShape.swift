import Detectors
import JSONText
import TraceModel

/// A latency anomaly under the reference's names, filled from the baseline. Two orders of members, by endpoint.
struct AnomalyShape {
    var isSorted: Bool

    func write(_ anomaly: LatencyAnomaly, of batch: borrowing EventBatch, _ json: inout JSONWriter) {
        let row = anomaly.row
        let id = batch.ids[row].description
        let name = OperationName.of(row, batch)
        let location = EventLabels.location(row, batch)
        let timestamp = Timestamps.zulu(batch.timestamps[row])
        let actual = anomaly.actual / 1_000_000
        let expected = anomaly.expected / 1_000_000
        let description =
            "\(name) took \(fixed(actual, 2))ms (expected \(fixed(expected, 2))ms"
            + " ± \(fixed(anomaly.deviation / 1_000_000, 2))ms, \(fixed(anomaly.deviations, 1))σ from mean)"
        json.object { json in
            if isSorted {
                json.member("actual_duration_ms", actual)
                json.member("description", description)
                json.member("event_id", id)
                json.member("event_kind", name)
                json.member("expected_duration_ms", expected)
                json.member("location", location)
                json.member("severity", anomaly.level.rawValue)
                json.member("std_dev_from_mean", anomaly.deviations)
                json.member("timestamp", timestamp)
            } else {
                json.member("event_id", id)
                json.member("event_kind", name)
                json.member("severity", anomaly.level.rawValue)
                json.member("actual_duration_ms", actual)
                json.member("expected_duration_ms", expected)
                json.member("std_dev_from_mean", anomaly.deviations)
                json.member("description", description)
                json.member("location", location)
                json.member("timestamp", timestamp)
            }
        }
    }

    /// A number with a fixed count of decimals, without Foundation.
    private func fixed(_ value: Double, _ decimals: Int) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (value * scale).rounded()
        guard scaled.magnitude < 9e15 else { return String(value) }
        let digits = String(Int64(scaled.magnitude))
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return (scaled < 0 ? "-" : "") + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
}
