import Detectors
import Synchronization
import TraceFormats
import TraceModel
import Tracing

@testable import RacewayClient

/// A transport that answers as it is told, and keeps what it was given.
final class ScriptedTransport: EventTransport {
    private struct State: Sendable {
        var answers: [TransportAnswer?]
        var bodies: [[UInt8]] = []
        var isFinished = false
    }

    private let state: Mutex<State>

    /// - Parameter answers: in order, `nil` for none; afterwards everything is taken.
    init(_ answers: [TransportAnswer?] = []) { state = Mutex(State(answers: answers)) }

    func deliver(_ body: [UInt8]) async throws(TransportFailure) -> TransportAnswer {
        let answer = state.withLock { state -> TransportAnswer? in
            state.bodies.append(body)
            return state.answers.isEmpty ? TransportAnswer(status: 200) : state.answers.removeFirst()
        }
        guard let answer else { throw TransportFailure("nobody there") }
        return answer
    }

    func finish() async { state.withLock { $0.isFinished = true } }

    var bodies: [[UInt8]] { state.withLock { $0.bodies } }
    var isFinished: Bool { state.withLock { $0.isFinished } }
}

/// A tracer whose events can be looked at.
struct Recording {
    let transport: ScriptedTransport
    let tracer: RacewayTracer

    init(_ configuration: TracerConfiguration = .test, answers: [TransportAnswer?] = []) {
        transport = ScriptedTransport(answers)
        tracer = RacewayTracer(configuration, transport: transport)
    }

    /// What a server reads from everything that was sent.
    ///
    /// - Throws: when it cannot read all of it.
    func events() async throws -> EventBatch {
        await tracer.flush()
        return try Self.read(transport.bodies)
    }

    static func read(_ bodies: [[UInt8]]) throws -> EventBatch {
        var batch = EventBatch()
        for (index, body) in bodies.enumerated() {
            let document = try RacewayBody.decode(body)
            if !document.problems.isEmpty { throw Unreadable(problems: "\(document.problems)") }
            if index == 0 { batch = document.batch } else { batch.append(contentsOf: document.batch) }
        }
        return batch
    }

    struct Unreadable: Error {
        var problems: String
    }

    func analysis() async throws -> Analysis {
        Analyzer.analyze(try await events(), spans: [], options: AnalysisOptions())
    }

    /// Runs `body` in a span of this tracer.
    func inSpan<Result>(
        _ kind: SpanKind = .internal,
        context: InstrumentationContext = .topLevel,
        _ body: (RacewaySpan) async throws -> Result
    ) async rethrows -> Result {
        try await tracer.withSpan("test", context: context, ofKind: kind, body)
    }
}

extension TracerConfiguration {
    static var test: TracerConfiguration { TracerConfiguration(service: "shop", instance: "shop-1") }
}

/// All tasks wait here until as many have come as were announced: the schedule of a test is the same every time.
actor Rendezvous {
    private let count: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { self.count = count }

    func meet() async {
        if waiting.count + 1 == count {
            for continuation in waiting { continuation.resume() }
            waiting = []
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }
}
