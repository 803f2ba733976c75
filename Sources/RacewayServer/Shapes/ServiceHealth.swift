import JSONText
import TraceStore

/// How well a service is, by its silence and its errors.
struct ServiceHealth {
    /// Minutes of silence below which a service is healthy, and from which it is critical.
    static let healthyBelow: Int64 = 5
    static let criticalFrom: Int64 = 30
    /// Shares of events that are errors from which a service is no longer healthy, and from which it is critical.
    static let errorShareWarning = 0.05
    static let errorShareCritical = 0.25

    private let service: ServiceSummary
    private let minutes: Int64

    init(_ service: ServiceSummary, now: Int64) {
        self.service = service
        // A clock ahead of ours means that the service is alive.
        let (silence, overflow) = now.subtractingReportingOverflow(service.share.lastTimestamp)
        minutes = overflow ? .max / WallClock.minute : max(0, silence / WallClock.minute)
    }

    private var status: String {
        let errors = Double(service.share.errors) / Double(max(1, service.share.durations.events))
        if minutes >= Self.criticalFrom || errors >= Self.errorShareCritical { return "critical" }
        return minutes < Self.healthyBelow && errors < Self.errorShareWarning ? "healthy" : "warning"
    }

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member(
                "avg_events_per_trace",
                Double(service.share.durations.events) / Double(max(1, service.traceCount))
            )
            json.member("last_activity", Timestamps.offset(service.share.lastTimestamp))
            json.member("minutes_since_last_activity", minutes)
            json.member("name", service.share.name)
            json.member("status", status)
            json.member("trace_count", service.traceCount)
            json.member("error_count", service.share.errors)
        }
    }
}
