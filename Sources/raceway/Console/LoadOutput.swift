import JSONText
import LoadGenerator

/// How a load run is told.
struct LoadOutput {
    var plan: LoadPlan
    var result: LoadResult
    var verification: LoadVerification?
    /// Percentiles on both sides, where the server told its own.
    var agreement: LatencyAgreement?
    /// It was ended before its time.
    var wasStopped = false

    private static let quantiles: [(name: String, value: Double)] = [
        ("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p99.9", 0.999),
    ]

    var text: String {
        let tally = result.tally
        var lines = [
            "\(name): \(tally.acknowledged) of \(tally.sent) events acknowledged in \(tally.requests) requests, "
                + "\(Int(result.acknowledgedPerSecond)) events/s" + (wasStopped ? ", stopped early" : ""),
            "latency in ms from the moment a request was due: " + Self.line(tally.latency),
            "from its first byte on the wire: " + Self.line(tally.service),
        ]
        if let agreement { lines.append(Self.line(agreement)) }
        if tally.refusals + tally.breaks + tally.abandoned > 0 {
            lines.append(
                "\(tally.refusals) refused for load, \(tally.breaks) connections broke, \(tally.abandoned) requests given up"
            )
        }
        for (status, count) in tally.unexpected.sorted(by: { $0.key < $1.key }) {
            lines.append("\(count) answers with the wrong status \(status)")
        }
        if let verification {
            lines.append(
                verification.disagreements.isEmpty
                    ? "the server agrees: \(verification.stored) stored, \(verification.duplicates) duplicates"
                    : "the server disagrees: " + verification.disagreements.joined(separator: "; ")
            )
        } else {
            lines.append("not verified: the server was restarted meanwhile or shows no counters under /metrics")
        }
        return lines.joined(separator: "\n")
    }

    private static func line(_ histogram: LatencyHistogram) -> String {
        let values = quantiles.map { "\($0.name) \(milliseconds(histogram.quantile($0.value)))" }
        return (values + ["max \(milliseconds(histogram.maximum))"]).joined(separator: ", ")
    }

    private static func line(_ agreement: LatencyAgreement) -> String {
        let values = agreement.percentiles.map { "\($0.name) \(milliseconds(Int64($0.server * 1e6)))" }
        let line = "the server measured " + values.joined(separator: ", ")
        guard agreement.isComparable else {
            return line + " over \(agreement.serverRequests) requests, not only those of this run"
        }
        let tolerance = Int(LatencyAgreement.tolerance * 100)
        return line + (agreement.agrees ? ": within \(tolerance) %" : ": more than \(tolerance) % away")
    }

    /// The same for programs.
    var json: [UInt8] {
        let tally = result.tally
        var json = JSONWriter(indent: 2)
        json.object { json in
            json.member("protocol", plan.protocol.rawValue)
            json.member("scenario", plan.protocol == .events ? plan.scenario.rawValue : "spans")
            json.member("events_per_request", plan.eventsPerRequest)
            json.member("connections", plan.connections)
            json.member("stopped_early", wasStopped)
            json.member("requests", tally.requests)
            json.member("sent", tally.sent)
            json.member("acknowledged", tally.acknowledged)
            json.member("resent", tally.resent)
            json.member("refusals", tally.refusals)
            json.member("breaks", tally.breaks)
            json.member("abandoned", tally.abandoned)
            json.object("unexpected") { json in
                for (status, count) in tally.unexpected.sorted(by: { $0.key < $1.key }) {
                    json.member(String(status), count)
                }
            }
            json.member("body_bytes", tally.bytes)
            json.member("acknowledged_per_second", result.acknowledgedPerSecond)
            json.object("latency_ms") { json in Self.write(tally.latency, &json) }
            json.object("service_ms") { json in Self.write(tally.service, &json) }
            json.key("server_ms")
            Self.write(agreement, &json)
            if let verification {
                json.object("verification") { json in
                    json.member("agrees", verification.disagreements.isEmpty)
                    json.member("stored", verification.stored)
                    json.member("duplicates", verification.duplicates)
                    json.array("disagreements", verification.disagreements)
                }
            } else {
                json.key("verification")
                json.null()
            }
        }
        json.newline()
        return json.take()
    }

    private static func write(_ histogram: LatencyHistogram, _ json: inout JSONWriter) {
        for (name, value) in quantiles {
            json.member(name, Double(histogram.quantile(value)) / 1e6)
        }
        json.member("max", Double(histogram.maximum) / 1e6)
        json.member("mean", histogram.mean / 1e6)
    }

    private static func write(_ agreement: LatencyAgreement?, _ json: inout JSONWriter) {
        guard let agreement else { return json.null() }
        json.object { json in
            for percentile in agreement.percentiles { json.member(percentile.name, percentile.server) }
            json.member("requests", agreement.serverRequests)
            json.member("comparable", agreement.isComparable)
            json.member("agrees", agreement.isComparable && agreement.agrees)
            json.object("difference") { json in
                for percentile in agreement.percentiles { json.member(percentile.name, percentile.difference) }
            }
        }
    }

    private var name: String {
        plan.protocol == .events ? plan.scenario.rawValue : plan.protocol.rawValue
    }

    private static func milliseconds(_ nanoseconds: Int64) -> String {
        let value = Double(nanoseconds) / 1e6
        return value < 10 ? String(Double(Int(value * 100)) / 100) : String(Int(value))
    }
}
