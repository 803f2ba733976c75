/// What one call contributes to the search for latency and error anomalies.
public struct LatencySample: Sendable, Hashable {
    public var service: String
    public var operation: String
    /// `server`, `client`, `internal`, … as the caller names kinds.
    public var kind: String
    /// Outcome as sent, for example an HTTP status: calls with different outcomes take differently long.
    public var status: String
    public var isError: Bool
    /// Nanoseconds since 1970.
    public var start: Int64
    /// Nanoseconds spent in the operation itself, without its children; -1 when unknown.
    public var selfTime: Int64
    /// For a call to another service, the nanoseconds by which the caller's duration exceeds the callee's; -1 when unknown.
    public var gap: Int64
    /// The service called, when ``gap`` is known.
    public var callee: String
    /// A call whose other side is a sample of its own, which is where a failure counts.
    public var isServed: Bool

    /// Makes a sample.
    public init(
        service: String,
        operation: String,
        kind: String = "",
        status: String = "",
        isError: Bool = false,
        start: Int64,
        selfTime: Int64 = -1,
        gap: Int64 = -1,
        callee: String = "",
        isServed: Bool = false
    ) {
        self.service = service
        self.operation = operation
        self.kind = kind
        self.status = status
        self.isError = isError
        self.start = start
        self.selfTime = selfTime
        self.gap = gap
        self.callee = callee
        self.isServed = isServed
    }
}

/// When a window is unusual.
public struct LatencyOptions: Sendable, Hashable {
    /// Length of a window in nanoseconds.
    public var windowNanoseconds: Int64
    /// Samples of a series below which it is still being learnt and nothing is said.
    public var baselineSamplesMin: Int
    /// Samples of a window below which it is not judged.
    public var windowSamplesMin: Int
    /// Expected share of wrong alarms among all.
    public var falseDiscoveryRate: Double
    /// How many times the usual a window must be, and by how many nanoseconds at least.
    public var effectRatioMin: Double
    public var effectNanosecondsMin: Int64
    /// By how much the share of errors must rise at least.
    public var errorShareMin: Double
    /// Unremarkable windows between two flagged ones that still belong to one incident.
    public var quietWindowsMax: Int
    /// Samples after which a baseline forgets: older ones then weigh half.
    public var baselineSamplesMax: Int
    /// Series watched; further ones are counted only, since names come from outside.
    public var seriesMax: Int

    /// The defaults: minutes, as in the evaluation that chose the test.
    public init(
        windowNanoseconds: Int64 = 60_000_000_000,
        baselineSamplesMin: Int = 30,
        windowSamplesMin: Int = 5,
        falseDiscoveryRate: Double = 0.01,
        effectRatioMin: Double = 1.5,
        effectNanosecondsMin: Int64 = 1_000_000,
        errorShareMin: Double = 0.05,
        quietWindowsMax: Int = 2,
        baselineSamplesMax: Int = 8_192,
        seriesMax: Int = 20_000
    ) {
        self.windowNanoseconds = max(1, windowNanoseconds)
        self.baselineSamplesMin = max(1, baselineSamplesMin)
        self.windowSamplesMin = max(1, windowSamplesMin)
        self.falseDiscoveryRate = falseDiscoveryRate
        self.effectRatioMin = effectRatioMin
        self.effectNanosecondsMin = effectNanosecondsMin
        self.errorShareMin = errorShareMin
        self.quietWindowsMax = max(0, quietWindowsMax)
        self.baselineSamplesMax = max(2, baselineSamplesMax)
        self.seriesMax = max(1, seriesMax)
    }
}
