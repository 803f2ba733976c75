public import TraceModel

/// Finds isolation anomalies of stores in the events of a batch.
///
/// Consumes transaction, data and database events in a causal order. Values and versions prove an anomaly (manifested); where only
/// statements tell, it is a candidate. What is latent in how requests use their stores is a candidate too; see ``LatentAnomalies``.
public enum IsolationDetector {
    /// What was found, and what could not be read.
    public struct Report: Sendable {
        /// In canonical order: grade, severity, kind, id.
        public var findings: [AnomalyFinding]
        /// Statements that the classifier did not understand, by name, with how often each came.
        public var unclassified: [String: Int]
        /// Their number.
        public var unclassifiedStatements: Int
    }

    /// Everything found in the rows of `batch` that `order` lists, in that order.
    ///
    /// - Parameters:
    ///   - batch: the events.
    ///   - order: rows in a causal order, each once. The result depends on it and not on the order of the batch.
    ///   - options: what to look for; nothing is done unless `isolation` is among the detectors.
    /// - Complexity: near linear in the events; see ``CycleSearch`` and ``StoreHistory`` for the bounds.
    public static func report(
        batch: EventBatch,
        order: some Collection<Int>,
        options: AnalysisOptions
    ) -> Report {
        guard options.detectors.contains(.isolation) else {
            return Report(findings: [], unclassified: [:], unclassifiedStatements: 0)
        }
        let log = StoreLogBuilder.log(of: batch, order: order)
        var collector = IsolationFindings(batch, StoreReading(log))
        collector.collect()
        let happened = collector.reportedTables
        let latent = LatentAnomalies.of(log, batch: batch, order: order) {
            happened.contains(.init(kind: $0, table: $1))
        }
        collector.add(latent)
        return Report(
            findings: collector.sorted(),
            unclassified: log.unclassified,
            unclassifiedStatements: log.unclassifiedCount
        )
    }

    /// ``report(batch:order:options:)`` without the names of the statements that were not understood.
    public static func detect(
        batch: EventBatch,
        order: some Collection<Int>,
        options: AnalysisOptions
    ) -> (findings: [AnomalyFinding], unclassifiedStatements: Int) {
        let report = report(batch: batch, order: order, options: options)
        return (report.findings, report.unclassifiedStatements)
    }
}
