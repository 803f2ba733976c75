/// Calls from one service to another, counted once a call however many events it left.
public struct ServiceCall: Sendable, Hashable {
    /// How the services talk.
    public enum Link: String, Sendable, CaseIterable {
        case http = "HttpCall"
        case messages = "MessageQueue"
        case database = "DatabaseQuery"
        case other = "Custom"
    }

    public var from: String
    public var to: String
    public var link: Link
    /// Distinct pairs of caller's and callee's span; a child without a span counts for itself.
    public var calls: Int
    /// Traces with at least one of the calls.
    public var traces: Int
}
