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
        case .absent:
            let reason = removals.reason(try? await store.counts())
            throw RequestFailure(.notFound, "\(task): Trace not found: \(id)\(reason)")
        case .pending: throw Self.notYet
        }
    }

    /// What is known of everything, or the failure that asks to come back.
    func program(within wait: Duration? = nil) async throws -> ProgramInsight {
        let wait = await patience(wait ?? limits.analysisWait)
        guard let insight = try await analysis.program(waitingAtMost: wait) else {
            throw Self.notYet
        }
        return insight
    }

    /// What is known of everything, for answers that can do without.
    func programIfReady() async throws -> ProgramInsight? {
        try await analysis.program(waitingAtMost: await patience(limits.globalWaitOfTrace))
    }

    /// How long a question waits for the newest events to be analysed. Where there is so much that this takes long, everybody who asks
    /// while events come would wait for it again and again; there the last analysis is the answer, and says of which revision it is.
    private func patience(_ wait: Duration) async -> Duration {
        guard let last = await analysis.latestProgram() else { return wait }
        let isLarge = last.counts.events >= limits.staleEventsMin && last.elapsed >= limits.staleAnalysisMin
        return isLarge ? .zero : wait
    }

    static var notYet: RequestFailure {
        RequestFailure(
            .serviceUnavailable,
            "The analysis is still running; ask again in a few seconds",
            headers: [.retryAfter: "2"]
        )
    }
}

extension ProgramInsight {
    /// A race by its id.
    func race(_ id: String) throws(RequestFailure) -> RaceFinding {
        guard let finding = analysis.races.first(where: { $0.id == id }) else {
            throw RequestFailure.noFinding("race", "/api/races")
        }
        return finding
    }
}

/// The races that concern one trace.
struct RacesOfTrace {
    /// Listed races, strongest first.
    let shapes: [RaceShape]
    let coverage: Coverage

    /// From the analysis over all traces when it knows this one, else from the trace alone, else from the last analysis.
    ///
    /// The first sees races between traces, and order that passes through other traces.
    init(of insight: TraceInsight, program: ProgramInsight?, server: ServerState) async {
        let id = insight.summary.id
        let isCurrent = (program?.counts.revision ?? 0) >= insight.summary.revision
        let alone =
            isCurrent
            ? nil
            : await server.analysis.findings(
                in: id,
                since: insight.summary.revision,
                waitingAtMost: server.limits.globalWaitOfTrace
            )
        let findings: [(RaceFinding, RaceThreads)]
        if let alone {
            coverage = alone.analysis.coverage
            findings = Array(zip(alone.analysis.races, alone.threads))
        } else {
            coverage = program?.analysis.coverage ?? Coverage()
            findings = zip(program?.analysis.races ?? [], program?.threads ?? []).filter { $0.0.traces.contains(id) }
        }
        shapes = findings.filter { RaceShape.isListed($0.0) }.map { finding, threads in
            RaceShape(finding: BoundedFinding.of(finding), threads: threads)
        }
    }

    /// Dynamic instances of the races.
    var instances: Int { shapes.reduce(0) { $0 + $1.finding.count } }
}
