import TraceModel

/// What a search looks for in a trace.
protocol TraceCriteria: Sendable {
    /// When spans of the trace must have begun, in nanoseconds since 1970.
    var window: ClosedRange<Int64> { get }

    /// The service that must have taken part, without regard to case; `nil` for any.
    var service: String? { get }

    /// Whether the trace can match. May err in its favour, never against it.
    func mayMatch(_ digest: TraceDigest) -> Bool

    /// Whether it does.
    func matches(_ spans: [Span]) -> Bool
}

/// A trace that was found.
struct FoundTrace: Sendable {
    var id: TraceID
    var spans: TraceSpans
}
