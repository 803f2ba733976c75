import Detectors
import HTTPTypes
import IngestEngine
import TraceModel
import TraceStore

extension ServerState {
    /// What is known of one trace, or the failure that says why not.
    ///
    /// - Parameter task: what the reference calls the attempt, as the beginning of its error text.
    func insight(of id: TraceID, task: String) async throws -> TraceInsight {
        switch try await analysis.trace(id, waitingAtMost: limits.analysisWait) {
        case .ready(let insight): return insight
        case .absent: throw RequestFailure(.notFound, "\(task): Trace not found: \(id)")
        case .pending: throw Self.notYet
        }
    }

    /// What is known of everything, or the failure that asks to come back.
    func program(within wait: Duration? = nil) async throws -> ProgramInsight {
        guard let insight = try await analysis.program(waitingAtMost: wait ?? limits.analysisWait) else {
            throw Self.notYet
        }
        return insight
    }

    /// What is known of everything, for answers that can do without.
    func programIfReady() async throws -> ProgramInsight? {
        try await analysis.program(waitingAtMost: limits.globalWaitOfTrace)
    }

    private static var notYet: RequestFailure {
        RequestFailure(
            .serviceUnavailable,
            "The analysis is still running; ask again in a few seconds",
            headers: [.retryAfter: "2"]
        )
    }
}

/// The races that concern one trace.
struct RacesOfTrace {
    /// Listed races, strongest first.
    let shapes: [RaceShape]
    let coverage: Coverage

    /// From the analysis over all traces when there is one that knows the trace, else from the trace alone.
    ///
    /// The former sees races between traces, and order that passes through other traces.
    init(_ insight: TraceInsight, program: ProgramInsight?) {
        let id = insight.summary.id
        if let program, program.counts.revision >= insight.summary.revision {
            coverage = program.analysis.coverage
            shapes = zip(program.analysis.races, program.threads).compactMap { finding, threads in
                finding.traces.contains(id) && RaceShape.isListed(finding)
                    ? RaceShape(finding: BoundedFinding.of(finding), threads: threads) : nil
            }
        } else {
            coverage = insight.analysis.coverage
            shapes = zip(insight.analysis.races, insight.threads).compactMap { finding, threads in
                RaceShape.isListed(finding) ? RaceShape(finding: BoundedFinding.of(finding), threads: threads) : nil
            }
        }
    }

    /// Dynamic instances of the races.
    var instances: Int { shapes.reduce(0) { $0 + $1.finding.count } }
}
