public import Detectors
public import TraceModel
public import TraceStore

/// Analyses of what a store holds, computed when somebody asks, off the path of requests, at most once a revision.
///
/// Ingest never waits for it: an analysis works on a snapshot, on its own thread.
public final class LiveAnalysis: Sendable {
    private enum Whole: Hashable { case program }

    private let store: any TraceStore
    private let program: AnalysisRunner<Whole, ProgramInsight>
    private let traces: AnalysisRunner<TraceID, TraceInsight>
    private let findings: AnalysisRunner<TraceID, TraceFindings>
    private let versions: AnalysisRunner<VersionQuestion, Versions>
    private let recordings: AnalysisRunner<Whole, Recordings>

    /// Bytes of events in cached insights into single traces.
    static let cachedTraceBytesMax = 256 << 20
    /// Cached findings of single traces.
    static let cachedFindingsMax = 256

    /// Cached version graphs.
    static let cachedVersionsMax = 64

    /// Analyses over a store.
    ///
    /// - Parameters:
    ///   - workers: analyses that run at once; the others wait.
    ///   - learnsLatencies: whether usual durations are learned; without them nothing is unusual.
    ///   - versionsMax: versions of an object that are listed.
    public init(
        store: any TraceStore,
        options: AnalysisOptions = AnalysisOptions(),
        workers: Int = 2,
        learnsLatencies: Bool = true,
        versionsMax: Int = 500
    ) {
        self.store = store
        let threads = AnalysisThreads(width: workers)
        program = AnalysisRunner(threads: threads, costMax: 1) { _ in
            guard let snapshot = try? await store.snapshot() else { return nil }
            let insight = ProgramInsight(
                snapshot,
                options: options,
                learnsLatencies: learnsLatencies,
                versionsMax: versionsMax
            )
            return .init(revision: snapshot.counts.revision, value: insight, cost: 1)
        }
        traces = AnalysisRunner(threads: threads, costMax: Self.cachedTraceBytesMax) { id in
            guard let record = try? await store.trace(id) else { return nil }
            let insight = TraceInsight(record, options: options)
            return .init(revision: record.summary.revision, value: insight, cost: insight.batch.footprintBytes)
        }
        findings = AnalysisRunner(threads: threads, costMax: Self.cachedFindingsMax) { id in
            guard let record = try? await store.trace(id) else { return nil }
            return .init(
                revision: record.summary.revision,
                value: TraceFindings(record, options: options),
                cost: 1
            )
        }
        versions = AnalysisRunner(threads: threads, costMax: Self.cachedVersionsMax) { question in
            guard let snapshot = try? await store.snapshot() else { return nil }
            let graph = VersionGraph(
                snapshot.batch,
                name: question.name,
                service: question.service,
                limit: versionsMax
            )
            let revision = snapshot.counts.revision
            return .init(revision: revision, value: Versions(graph: graph, revision: revision), cost: 1)
        }
        recordings = AnalysisRunner(threads: threads, costMax: 1) { _ in
            guard let snapshot = try? await store.snapshot() else { return nil }
            let revision = snapshot.counts.revision
            let found = Recordings(services: ServiceRecording.of(snapshot.batch), revision: revision)
            return .init(revision: revision, value: found, cost: 1)
        }
    }

    /// What each service records, as of a revision of the store.
    public struct Recordings: Sendable {
        public var services: [ServiceRecording]
        public var revision: UInt64
    }

    /// What each service records, at least as of now.
    ///
    /// - Returns: the newest finished answer after `wait`, `nil` when there is none.
    public func recordings(waitingAtMost wait: Duration) async throws(StoreError) -> Recordings? {
        let revision = try await store.counts().revision
        return await recordings.value(.program, revision: revision, waitingAtMost: wait)
    }

    /// Which object's versions.
    public struct VersionQuestion: Sendable, Hashable {
        public var name: String
        /// Only accesses of this service; of every service when `nil`.
        public var service: String?

        /// A question.
        public init(name: String, service: String? = nil) {
            self.name = name
            self.service = service
        }
    }

    /// The versions of an object, as of a revision of the store.
    public struct Versions: Sendable {
        public var graph: VersionGraph
        public var revision: UInt64

        /// An answer.
        public init(graph: VersionGraph, revision: UInt64) {
            self.graph = graph
            self.revision = revision
        }
    }

    /// The versions of one object over all traces, at least as of now.
    ///
    /// - Returns: the newest finished answer after `wait`, `nil` when there is none.
    public func versions(
        _ question: VersionQuestion,
        waitingAtMost wait: Duration
    ) async throws(StoreError) -> Versions? {
        let revision = try await store.counts().revision
        return await versions.value(question, revision: revision, waitingAtMost: wait)
    }

    /// What is known about all traces together, at least as of now.
    ///
    /// - Parameter wait: after this, the newest finished analysis is returned instead.
    /// - Returns: `nil` when none has finished yet.
    public func program(waitingAtMost wait: Duration) async throws(StoreError) -> ProgramInsight? {
        let revision = try await store.counts().revision
        return await program.value(.program, revision: revision, waitingAtMost: wait)
    }

    /// The newest finished analysis of all traces together, however old; starts the first one when there is none.
    public func latestProgram() async -> ProgramInsight? {
        await program.value(.program, revision: 0, waitingAtMost: .zero)
    }

    /// What is known about one trace, at least as of now.
    ///
    /// - Returns: the state of the trace, `.absent` when the store does not hold it, `.pending` when nothing finished
    ///   within `wait`.
    public func trace(_ id: TraceID, waitingAtMost wait: Duration) async throws(StoreError) -> TraceState {
        guard let summary = try await store.summary(of: id) else { return .absent }
        let found = await traces.value(id, revision: summary.revision, waitingAtMost: wait)
        if let found { return .ready(found) }
        // It may have been forgotten while it was being read.
        return try await store.summary(of: id) == nil ? .absent : .pending
    }

    /// Findings within one trace alone, at least as of a revision of the store.
    ///
    /// - Returns: `nil` when nothing finished within `wait`.
    public func findings(in id: TraceID, since revision: UInt64, waitingAtMost wait: Duration) async -> TraceFindings? {
        await findings.value(id, revision: revision, waitingAtMost: wait)
    }

    /// What ``trace(_:waitingAtMost:)`` found.
    public enum TraceState: Sendable {
        case ready(TraceInsight)
        case absent
        case pending
    }

    /// Ends what runs; later questions get what was known.
    public func stop() {
        program.stop()
        traces.stop()
        findings.stop()
        versions.stop()
        recordings.stop()
    }
}
