import Causality
public import Detectors
public import TraceModel
public import TraceStore

/// The thread ids of the two sides of a race, as sent.
public struct RaceThreads: Sendable, Hashable {
    public var first: String
    public var second: String

    init(_ finding: RaceFinding, _ batch: borrowing EventBatch) {
        first = batch.symbols[batch.threads[finding.first.row]]
        second = batch.symbols[batch.threads[finding.second.row]]
    }
}

/// What is known about all retained traces together, as of one revision.
public struct ProgramInsight: Sendable {
    /// Size and revision of what was analysed.
    public var counts: StoreCounts
    public var analysis: Analysis
    /// Threads of each of the analysis's races.
    public var threads: [RaceThreads]
    public var overview: Overview
    /// Versions of the most accessed objects.
    public var versions: VersionGraphs
    /// How long it took.
    public var elapsed: Duration

    /// Computes everything from a snapshot.
    init(_ snapshot: StoreSnapshot, options: AnalysisOptions, learnsLatencies: Bool, versionsMax: Int) {
        let begin = ContinuousClock.now
        counts = snapshot.counts
        analysis = Analyzer.analyze(snapshot.batch, spans: snapshot.spans, options: options)
        // What the store forgot or refused cannot be part of any verdict.
        analysis.coverage.note(.evicted, counts.evictedEvents + counts.refusedEvents)
        threads = analysis.races.map { RaceThreads($0, snapshot.batch) }
        overview = Overview(snapshot.batch, learnsLatencies: learnsLatencies)
        versions = VersionGraphs(snapshot.batch, names: overview.objects.top.lazy.map(\.name), limit: versionsMax)
        elapsed = ContinuousClock.now - begin
    }
}

/// What is known about one trace by itself, as of one revision: everything but findings.
public struct TraceInsight: Sendable {
    public var summary: TraceSummary
    /// The events in the order in which they are shown, payloads included.
    public var batch: EventBatch
    /// Spans of tracing formats as they came.
    public var spans: [Span]
    public var services: CallGraph
    public var criticalPath: CriticalPath
    public var auditTrails: AuditTrails

    /// Computes everything from a trace.
    init(_ record: TraceRecord, options: AnalysisOptions) {
        summary = record.summary
        spans = record.spans
        batch = EventBatch()
        batch.append(record.batch, rows: DisplayOrder.rows(record.batch))
        services = CallGraph(batch)
        let order = CausalOrder(batch, variableScope: options.variableScope)
        criticalPath = CriticalPath(batch, order: order)
        auditTrails = AuditTrails(batch, order: order)
    }
}

/// Findings within one trace, blind to all others: for when the analysis over everything takes too long.
public struct TraceFindings: Sendable {
    public var analysis: Analysis
    /// Threads of each of the analysis's races.
    public var threads: [RaceThreads]

    /// Analyses a trace.
    init(_ record: TraceRecord, options: AnalysisOptions) {
        analysis = Analyzer.analyze(record.batch, spans: record.spans, options: options)
        threads = analysis.races.map { RaceThreads($0, record.batch) }
    }
}
