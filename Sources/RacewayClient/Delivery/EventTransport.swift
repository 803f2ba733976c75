/// How bodies of `POST /events` leave the process.
public protocol EventTransport: Sendable {
    /// Delivers one body.
    ///
    /// - Throws: ``TransportFailure`` when there was no answer; the same body is then delivered again.
    func deliver(_ body: [UInt8]) async throws(TransportFailure) -> TransportAnswer

    /// Called once, after the last body.
    func finish() async
}

extension EventTransport {
    public func finish() async {}
}

/// Nobody answered.
public struct TransportFailure: Error, Sendable, CustomStringConvertible {
    /// What went wrong, without addresses or keys.
    public var description: String

    /// Makes a failure.
    public init(_ description: String) { self.description = description }
}

/// What the other side said.
public struct TransportAnswer: Sendable, Hashable {
    /// HTTP status.
    public var status: Int
    /// Seconds of `Retry-After`, when the answer had them.
    public var retryAfter: Int?
    /// Events of the body that could not be read.
    public var rejected = 0
    /// Events of the body that were dropped at the server's bounds.
    public var refused = 0
    /// Why the first event was rejected, or the body refused.
    public var reason: String?

    /// Makes an answer.
    public init(status: Int, retryAfter: Int? = nil) {
        self.status = status
        self.retryAfter = retryAfter
    }
}
