public import Causality

/// Everything the detectors found in one set of events; a pure function of that set.
public struct Analysis: Sendable {
    /// Over what, and what was missing.
    public var coverage: Coverage
    /// In canonical order: grade, severity, count, id.
    public var races: [RaceFinding]
    public var deadlocks: [DeadlockFinding]
    public var anomalies: [AnomalyFinding]
    /// How far the search for schedules got, races and deadlocks together.
    public var prediction = PredictionStatistics()

    /// A result.
    public init(
        coverage: Coverage = Coverage(),
        races: [RaceFinding] = [],
        deadlocks: [DeadlockFinding] = [],
        anomalies: [AnomalyFinding] = []
    ) {
        self.coverage = coverage
        self.races = races
        self.deadlocks = deadlocks
        self.anomalies = anomalies
    }
}

/// What to look for and how names are scoped.
public struct AnalysisOptions: Sendable, Hashable {
    /// The detectors of `--detect`.
    public enum Detector: String, Sendable, CaseIterable {
        case races
        case predicted
        case deadlocks
        case atomicity
        case isolation
        case latency
    }

    /// Scope of bare variable names.
    public var variableScope: VariableScope
    /// Detectors to run.
    public var detectors: Set<Detector>
    /// Most clock slots alive at once; older finished tasks are treated as ordered and counted.
    public var clockWidthMax: Int
    /// Requests closer than this are a near miss, in nanoseconds.
    public var nearMissNanoseconds: Int64
    /// When the latency detector calls a window unusual.
    public var latency: LatencyOptions
    /// Replays every witness before it is reported; a finding whose witness does not replay is dropped and counted.
    public var verifyWitnesses: Bool

    /// The defaults: service scope, every detector but latency.
    public init(
        variableScope: VariableScope = .service,
        detectors: Set<Detector> = [.races, .predicted, .deadlocks, .atomicity, .isolation],
        clockWidthMax: Int = 1_024,
        nearMissNanoseconds: Int64 = 100_000_000,
        latency: LatencyOptions = LatencyOptions(),
        verifyWitnesses: Bool = true
    ) {
        self.variableScope = variableScope
        self.detectors = detectors
        self.clockWidthMax = clockWidthMax
        self.nearMissNanoseconds = nearMissNanoseconds
        self.latency = latency
        self.verifyWitnesses = verifyWitnesses
    }
}
