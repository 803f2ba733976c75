import JSONText
import TraceModel
import TraceStore

/// `/api/performance/metrics`: latencies and throughput of the newest traces.
enum MetricRoutes {
    /// Mean duration from which a kind of event counts as slow.
    static let slowFromMilliseconds = 100.0
    /// Rows of the lists of slowest traces and kinds.
    static let slowestMax = 10

    static func all(_ server: ServerState) -> [Route] {
        [
            .get(
                "/api/performance/metrics",
                RouteAbout(
                    "Latencies and throughput of the newest traces",
                    query: [.limit(server.limits.pageSizeMax, 50)],
                    answer: .envelope(.named("Performance"))
                )
            ) { request in
                let limit = try request.pageSize(default: 50, max: server.limits.pageSizeMax, name: "limit")
                let page = try await server.store.summaries(TraceQuery(limit: limit))
                return Answer.envelope { write(page.traces, &$0) }
            }
        ]
    }

    private static func write(_ traces: [TraceSummary], _ json: inout JSONWriter) {
        var kinds: [EventKind: DurationShare] = [:]
        var services: [String: DurationShare] = [:]
        for trace in traces {
            for share in trace.kinds { kinds[share.kind, default: DurationShare()].add(share.durations) }
            for share in trace.services { services[share.name, default: DurationShare()].add(share.durations) }
        }
        json.object { json in
            json.object("event_performance") { json in events(kinds, &json) }
            json.array("service_latency") { json in
                for (name, share) in slowestFirst(services.map { ($0.key, $0.value) }) {
                    json.object { json in
                        json.member("avg_duration_ms", share.meanNanoseconds / 1_000_000)
                        json.member("event_count", share.timed)
                        json.member("service", name)
                    }
                }
            }
            json.object("throughput") { json in throughput(traces, &json) }
            json.object("trace_latency") { json in latency(traces, &json) }
        }
    }

    private static func events(_ kinds: [EventKind: DurationShare], _ json: inout JSONWriter) {
        var all = DurationShare()
        for share in kinds.values { all.add(share) }
        let byType = slowestFirst(kinds.map { ($0.key.wireName ?? "Unknown", $0.value) })
        json.member("avg_duration_ms", all.meanNanoseconds / 1_000_000)
        types("by_type", byType, &json)
        types(
            "slow_operations",
            byType.filter { $0.share.meanNanoseconds / 1_000_000 >= slowFromMilliseconds },
            &json
        )
    }

    private static func types(
        _ key: String,
        _ shares: [(name: String, share: DurationShare)],
        _ json: inout JSONWriter
    ) {
        json.array(key) { json in
            for (name, share) in shares {
                json.object { json in
                    json.member("avg_duration_ms", share.meanNanoseconds / 1_000_000)
                    json.member("count", share.timed)
                    json.member("type", name)
                }
            }
        }
    }

    private static func throughput(_ traces: [TraceSummary], _ json: inout JSONWriter) {
        let first = traces.map(\.firstTimestamp).min() ?? 0
        let last = traces.map(\.lastTimestamp).max() ?? 0
        let seconds = (Double(last) - Double(first)) / 1_000_000_000
        let events = traces.reduce(0) { $0 + $1.eventCount }
        json.member("events_per_second", seconds > 0 ? Double(events) / seconds : 0)
        json.member("time_range_seconds", seconds)
        json.member("traces_per_second", seconds > 0 ? Double(traces.count) / seconds : 0)
    }

    private static func latency(_ traces: [TraceSummary], _ json: inout JSONWriter) {
        let sorted = traces.map(\.wallNanoseconds).sorted()
        let sum = sorted.reduce(0.0) { $0 + Double($1) }
        json.member("avg_ms", sorted.isEmpty ? 0 : sum / Double(sorted.count) / 1_000_000)
        for (key, share) in [("p50_ms", 0.5), ("p95_ms", 0.95), ("p99_ms", 0.99)] {
            json.member(key, milliseconds(percentile(share, of: sorted)))
        }
        json.array("slowest_traces") { json in
            for trace in traces.sorted(by: isSlower).prefix(slowestMax) {
                json.object { json in
                    json.member("duration_ms", milliseconds(trace.wallNanoseconds))
                    json.array("services", trace.services.map(\.name))
                    json.member("trace_id", trace.id.description)
                }
            }
        }
    }

    /// Nearest rank: the smallest value that at least this share of all values does not exceed.
    static func percentile(_ share: Double, of sorted: [Int64]) -> Int64 {
        guard !sorted.isEmpty else { return 0 }
        let rank = Int((share * Double(sorted.count)).rounded(.up))
        return sorted[min(max(rank, 1), sorted.count) - 1]
    }

    private static func isSlower(_ a: TraceSummary, _ b: TraceSummary) -> Bool {
        a.wallNanoseconds == b.wallNanoseconds ? a.id < b.id : a.wallNanoseconds > b.wallNanoseconds
    }

    /// Names with durations, the slowest on average first; those without any are left out.
    private static func slowestFirst(
        _ shares: [(String, DurationShare)]
    ) -> [(name: String, share: DurationShare)] {
        shares.filter { $0.1.timed > 0 }
            .sorted { a, b in
                a.1.meanNanoseconds == b.1.meanNanoseconds ? a.0 < b.0 : a.1.meanNanoseconds > b.1.meanNanoseconds
            }
            .map { (name: $0.0, share: $0.1) }
    }
}
