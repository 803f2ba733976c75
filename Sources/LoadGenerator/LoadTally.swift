/// What one connection, or all of them, sent and heard.
public struct LoadTally: Sendable {
    /// Requests answered for good, and those that were given up.
    public var requests = 0
    public var abandoned = 0
    /// Events of requests sent at least once, and of those that were acknowledged; an event sent again counts once.
    public var sent = 0
    public var acknowledged = 0
    /// Events that were acknowledged before and sent again on purpose.
    public var resent = 0
    /// Answers of 429 and 503, after which the request was tried again.
    public var refusals = 0
    /// Connections that broke, after which the request was tried again.
    public var breaks = 0
    /// Answers with another status than a correct server gives, by status.
    public var unexpected: [Int: Int] = [:]
    /// Bytes of bodies.
    public var bytes = 0
    /// From the moment a request was due to its acknowledgement, in nanoseconds.
    public var latency = LatencyHistogram()
    /// From the first byte of a request on the wire to the last of its acknowledgement, in nanoseconds: what the server and the network
    /// take, without what the client waits for itself.
    public var service = LatencyHistogram()

    /// Nothing yet.
    public init() {}

    mutating func merge(_ other: LoadTally) {
        requests += other.requests
        abandoned += other.abandoned
        sent += other.sent
        acknowledged += other.acknowledged
        resent += other.resent
        refusals += other.refusals
        breaks += other.breaks
        unexpected.merge(other.unexpected, uniquingKeysWith: +)
        bytes += other.bytes
        latency.merge(other.latency)
        service.merge(other.service)
    }
}

/// What a run came to.
public struct LoadResult: Sendable {
    public var tally: LoadTally
    /// From the first request that was due to the last answer.
    public var elapsed: Duration

    /// Acknowledged events a second.
    public var acknowledgedPerSecond: Double {
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        return seconds > 0 ? Double(tally.acknowledged) / seconds : 0
    }
}
