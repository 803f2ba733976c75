public import Causality
public import TraceModel

/// Runs the detectors over a set of events.
public enum Analyzer {
    /// Analyses every event of `batch` as one program: traces share objects and are ordered only by their edges.
    ///
    /// - Parameters:
    ///   - batch: any order, duplicates allowed; the result does not depend on either. Either all or none of the events
    ///     are totally ordered.
    ///   - spans: spans of tracing formats, which contribute order and candidates.
    ///   - options: what to look for.
    /// - Complexity: near linear in events; memory bounded by `clockWidthMax` and the number of objects.
    public static func analyze(_ batch: EventBatch, spans: [Span], options: AnalysisOptions) -> Analysis {
        analyze(batch, order: CausalOrder(batch, variableScope: options.variableScope), spans: spans, options: options)
    }

    /// The same for a caller that has the causal order already.
    public static func analyze(
        _ batch: EventBatch,
        order: CausalOrder,
        spans: [Span],
        options: AnalysisOptions
    ) -> Analysis {
        var analysis = Analysis(coverage: coverage(batch, order, spans))
        var ledger = AnomalyLedger()
        let predicts = options.detectors.contains(.predicted)
        let survey = survey(batch, order, options)
        let labels = survey.map { Labels(batch, positionOfRow: $0.positionOfRow) } ?? Labels(batch, order: order)
        let source =
            predicts || options.detectors.contains(.deadlocks)
            ? survey.map { WindowSource(batch, order, survey: $0) } : nil
        var naming: StaticPairs.Naming?
        var known: Set<StaticPairs.Key> = []
        if predicts || options.detectors.contains(.races) {
            let detector = RaceDetector(batch: batch, order: order, options: options, labels: labels)
            let races = detector.detect(predictingFrom: predicts ? source : nil)
            // Prediction needs to know what was observed, whether or not that was asked for.
            let observed = options.detectors.contains(.races)
            analysis.races = observed ? races.findings : races.findings.filter { $0.witness != nil }
            analysis.coverage.note(.historyEvicted, races.retired)
            analysis.prediction.add(races.statistics)
            (naming, known) = (races.naming, races.keys)
        }
        if let source, options.detectors.contains(.deadlocks) {
            let deadlocks = DeadlockDetector(source, options: options, labels: labels).detect()
            analysis.deadlocks = deadlocks.findings
            analysis.prediction.add(deadlocks.statistics)
            let endings = TaskEndings(source)
            let isComplete = analysis.coverage.complete
            LockMisuse(source, labels: labels, endings: endings, coverage: analysis.coverage).report(to: &ledger)
            TaskMisuse(source, labels: labels, endings: endings, isComplete: isComplete).report(to: &ledger)
        }
        if let survey, options.detectors.contains(.atomicity) {
            let keys =
                naming ?? StaticPairs.Naming(batch, patternOfObject: ObjectPatterns(order, batch, labels).ofObject)
            reportAtomicity(batch, order, survey, options, labels, keys, known, &ledger)
        }
        analysis.anomalies = ledger.findings()
        if options.detectors.contains(.isolation), survey?.hasStores ?? true {
            let rows = order.rows.lazy.map { Int($0) }
            let isolation = IsolationDetector.detect(batch: batch, order: rows, options: options)
            analysis.anomalies += isolation.findings
            analysis.coverage.note(.unclassifiedStatement, isolation.unclassifiedStatements)
        }
        if options.detectors.contains(.latency) {
            let latency = LatencySearch(batch, order: order, spans: spans, labels: labels, options: options.latency)
            analysis.anomalies += latency.findings
            analysis.coverage.latency = latency.coverage
        }
        analysis.coverage.note(.witnessRejected, analysis.prediction.rejected)
        for i in analysis.races.indices {
            analysis.races[i].witnessPositions = analysis.races[i].witness?.map(labels.index) ?? []
        }
        for i in analysis.deadlocks.indices {
            analysis.deadlocks[i].witnessPositions = analysis.deadlocks[i].witness.map(labels.index)
        }
        return analysis
    }

    /// What the detectors that look for more than races share.
    private static func survey(_ batch: EventBatch, _ order: CausalOrder, _ options: AnalysisOptions) -> Survey? {
        options.detectors.isDisjoint(with: [.predicted, .deadlocks, .atomicity]) ? nil : Survey(batch, order)
    }

    /// Interleavings and orders that nothing but luck decided, without what is reported as a race already.
    private static func reportAtomicity(
        _ batch: EventBatch,
        _ order: CausalOrder,
        _ survey: Survey,
        _ options: AnalysisOptions,
        _ labels: Labels,
        _ keys: StaticPairs.Naming,
        _ known: Set<StaticPairs.Key>,
        _ ledger: inout AnomalyLedger
    ) {
        AtomicityDetector(batch: batch, order: order, survey: survey, options: options, labels: labels)
            .report(to: &ledger, keys: keys, known: known)
        OrderViolations(batch: batch, order: order, survey: survey, options: options, labels: labels)
            .report(to: &ledger, keys: keys, known: known)
        if survey.has(.channelReceive) {
            MessageOrder(batch: batch, order: order, options: options, labels: labels)
                .report(to: &ledger, keys: keys, known: known)
        }
        if survey.has(.channelReceive) || survey.hasKind(.httpRequest) {
            RepeatedEffects(batch: batch, order: order, labels: labels).report(to: &ledger)
        }
    }

    private static func coverage(_ batch: EventBatch, _ order: CausalOrder, _ spans: [Span]) -> Coverage {
        var coverage = Coverage()
        coverage.events = order.rows.count
        coverage.duplicates = order.duplicates
        coverage.objects = order.objects.count
        coverage.tasks = order.tasks.count
        var traces: Set<TraceID> = []
        var processes: Set<UInt32> = []
        var last: (trace: TraceID, process: UInt32)?
        for row in order.rows {
            let row = Int(row)
            if order.objectOfRow[row] != .max { coverage.accesses += 1 }
            let (trace, process) = (batch.traces[row], batch.processIndices[row])
            // Neighbours mostly share both: comparing costs a twentieth of hashing.
            if let last, last.trace == trace, last.process == process { continue }
            traces.insert(trace)
            processes.insert(process)
            last = (trace, process)
        }
        coverage.processes = processes.count
        var services = Set(processes.map { batch.symbols[batch.processes[Int($0)].service] })
        // Spans without accesses were looked at as well: what they lack must not read as if nothing had been there.
        for span in spans {
            traces.insert(span.trace)
            services.insert(span.service)
        }
        coverage.traces = traces.count
        coverage.services = services.filter { !$0.isEmpty }.sorted()
        coverage.note(.missingParent, order.missing.parents)
        coverage.note(.missingSpan, order.missing.spans)
        coverage.note(.missingTask, order.missing.tasks)
        coverage.note(.missingMessage, order.missing.messages)
        coverage.note(.sequenceGap, order.missing.sequenceGaps)
        coverage.note(.unmatchedRelease, order.missing.unmatchedReleases)
        coverage.note(.senderLoss, order.missing.senderLoss)
        coverage.note(.cycle, order.missing.cycles)
        coverage.note(.tie, order.missing.ties)
        return coverage
    }
}
