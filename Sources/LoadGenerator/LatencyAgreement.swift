/// Percentiles of a run against those that the server has of the same route.
public struct LatencyAgreement: Sendable, Hashable {
    /// One percentile on both sides, in milliseconds.
    public struct Percentile: Sendable, Hashable {
        public var name: String
        public var client: Double
        public var server: Double

        /// How far the server is off, as a share of what the client measured; 0 where both are 0.
        public var difference: Double {
            client > 0 ? abs(client - server) / client : server > 0 ? .infinity : 0
        }
    }

    /// How far they may differ.
    public static let tolerance = 0.1

    public var percentiles: [Percentile]
    /// Requests to the route that the server counted, since its start.
    public var serverRequests: Int
    /// Requests of the run.
    public var clientRequests: Int

    /// Compares service times with what the server says of `route`: percentiles in milliseconds by name (`p50`, `p95`, `p99`).
    public init(_ tally: LoadTally, server: [String: Double], requests: Int) {
        percentiles = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)].compactMap { name, share in
            server[name].map {
                Percentile(name: name, client: Double(tally.service.quantile(share)) / 1e6, server: $0)
            }
        }
        serverRequests = requests
        clientRequests = tally.requests
    }

    /// Whether both are about the same requests: the server has had hardly any others. What only one of them counted was under way
    /// when a connection broke, or was refused.
    public var isComparable: Bool {
        abs(serverRequests - clientRequests) * 100 <= clientRequests && !percentiles.isEmpty
    }

    /// Whether every percentile is within ``tolerance``.
    public var agrees: Bool { percentiles.allSatisfy { $0.difference <= Self.tolerance } }
}
