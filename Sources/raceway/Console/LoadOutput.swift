import JSONText
import LoadGenerator

/// How a load run is told.
enum LoadOutput {
    private static let quantiles: [(name: String, value: Double)] = [
        ("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p99.9", 0.999),
    ]

    static func text(_ plan: LoadPlan, _ result: LoadResult, _ verification: LoadVerification?) -> String {
        let tally = result.tally
        let latency =
            quantiles.map { "\($0.name) \(milliseconds(tally.latency.quantile($0.value)))" }
            + ["max \(milliseconds(tally.latency.maximum))"]
        var lines = [
            "\(name(of: plan)): \(tally.acknowledged) of \(tally.sent) events acknowledged in \(tally.requests) requests, "
                + "\(Int(result.acknowledgedPerSecond)) events/s",
            "latency in ms from the moment a request was due: " + latency.joined(separator: ", "),
        ]
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

    static func json(_ plan: LoadPlan, _ result: LoadResult, _ verification: LoadVerification?) -> [UInt8] {
        let tally = result.tally
        var json = JSONWriter(indent: 2)
        json.object { json in
            json.member("protocol", plan.protocol.rawValue)
            json.member("scenario", plan.protocol == .events ? plan.scenario.rawValue : "spans")
            json.member("events_per_request", plan.eventsPerRequest)
            json.member("connections", plan.connections)
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
            json.object("latency_ms") { json in
                for (name, value) in quantiles {
                    json.member(name, Double(tally.latency.quantile(value)) / 1e6)
                }
                json.member("max", Double(tally.latency.maximum) / 1e6)
                json.member("mean", tally.latency.mean / 1e6)
            }
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

    private static func name(of plan: LoadPlan) -> String {
        plan.protocol == .events ? plan.scenario.rawValue : plan.protocol.rawValue
    }

    private static func milliseconds(_ nanoseconds: Int64) -> String {
        let value = Double(nanoseconds) / 1e6
        return value < 10 ? String(Double(Int(value * 100)) / 100) : String(Int(value))
    }
}
