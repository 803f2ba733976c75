import Synchronization

/// Rate, errors and duration of every route.
final class RequestMetrics: Sendable {
    /// Upper bounds of the buckets in seconds.
    static let bounds: [Double] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private struct RouteKey: Hashable {
        var method: String
        var route: String
    }

    private struct Series {
        var byStatus: [Int: Int] = [:]
        var buckets = [Int](repeating: 0, count: RequestMetrics.bounds.count + 1)
        var seconds = 0.0
        var sketch = LatencySketch()
    }

    private struct State {
        var series: [RouteKey: Series] = [:]
        var inFlight = 0
    }

    /// What was answered and is not written yet.
    let exchanges = Exchanges()
    private let state = Mutex(State())

    /// What a request came to.
    struct Outcome: Sendable {
        var method: String
        var route: String
        var status: Int
        /// When it was understood, which is later than its first byte.
        var begun: ContinuousClock.Instant
    }

    func begin() { state.withLock { $0.inFlight += 1 } }

    /// Counts an answer. Routes are templates and methods the server's own, so the number of series is bounded.
    func end(_ outcome: Outcome, from start: ContinuousClock.Instant) {
        let elapsed = (ContinuousClock.now - start).components
        let seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
        let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
        state.withLock { state in
            state.inFlight -= 1
            let key = RouteKey(method: outcome.method, route: outcome.route)
            state.series[key, default: Series()].byStatus[outcome.status, default: 0] += 1
            state.series[key]?.buckets[bucket] += 1
            state.series[key]?.seconds += seconds
            state.series[key]?.sketch.add(seconds)
        }
    }

    /// How often a route was asked, and how long its answers took.
    struct RouteStatistics: Sendable {
        var method: String
        var route: String
        var requests: Int
        /// Answers with a status of 400 to 499, and of 500 or more.
        var clientErrors: Int
        var serverErrors: Int
        /// Seconds.
        var p50: Double
        var p95: Double
        var p99: Double
        var mean: Double
    }

    /// Every route that was asked, by template and method.
    func statistics() -> [RouteStatistics] {
        let series = state.withLock { $0.series }
        return series.sorted { ($0.key.route, $0.key.method) < ($1.key.route, $1.key.method) }.map { key, series in
            RouteStatistics(
                method: key.method,
                route: key.route,
                requests: series.sketch.count,
                clientErrors: series.byStatus.reduce(0) { $0 + ((400..<500).contains($1.key) ? $1.value : 0) },
                serverErrors: series.byStatus.reduce(0) { $0 + ($1.key >= 500 ? $1.value : 0) },
                p50: series.sketch.quantile(0.5),
                p95: series.sketch.quantile(0.95),
                p99: series.sketch.quantile(0.99),
                mean: series.sketch.count == 0 ? 0 : series.seconds / Double(series.sketch.count)
            )
        }
    }

    /// Requests being answered now.
    var inFlight: Int { state.withLock { $0.inFlight } }

    func write(to metrics: inout MetricsText) {
        let state = state.withLock { $0 }
        let series = state.series.sorted { ($0.key.route, $0.key.method) < ($1.key.route, $1.key.method) }
        metrics.family("raceway_http_requests_total") { samples in
            for (key, series) in series {
                for (status, count) in series.byStatus.sorted(by: { $0.key < $1.key }) {
                    samples.add([key.method, key.route, String(status)], value: String(count))
                }
            }
        }
        metrics.family("raceway_http_request_duration_seconds") { samples in
            for (key, series) in series {
                samples.addHistogram(
                    [key.method, key.route],
                    bounds: Self.bounds,
                    counts: series.buckets,
                    sum: series.seconds
                )
            }
        }
        metrics.family("raceway_http_requests_in_flight", state.inFlight)
    }
}
