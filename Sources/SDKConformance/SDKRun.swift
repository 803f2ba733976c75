public import PlainHTTP
import ProtocolVectors

/// Runs the vectors against an SDK behind its adapter; the contract is `sdk-protocol/conformance.md`.
public struct SDKRun: Sendable {
    private let adapter: Adapter

    /// A run against the adapter at an address.
    public init(_ address: PlainAddress) { adapter = Adapter(address: address) }

    private struct Headers: Codable, Sendable {
        var headers: [[String]]
    }

    private struct Program: Encodable, Sendable {
        var server: String
        var service = RecordingCheck.service
        var instance = RecordingCheck.instance
        var steps: [RecordingVector.Step]
    }

    /// Every vector, in the order of the files.
    ///
    /// - Throws: ``ConformanceError`` when nobody answers at the address.
    public func run() async throws(ConformanceError) -> ConformanceReport {
        // Someone must be there; what comes later is a failure of its case.
        _ = try await adapter.post("/propagate", Headers(headers: []))
        var report = ConformanceReport(target: adapter.address.description)
        for file in [ProtocolVectors.File.traceparent, .tracestate, .baggage, .racewayClock] {
            for vector in try Self.load(file) {
                let failures = await propagation(file, vector)
                report.cases.append(.init(group: file.rawValue, name: vector.name, failures: failures))
            }
        }
        do {
            for vector in try ProtocolVectors.recordings() {
                let failures = await recording(vector)
                report.cases.append(.init(group: "recording", name: vector.name, failures: failures))
            }
        } catch {
            throw ConformanceError("the vectors cannot be read: \(error)")
        }
        return report
    }

    private static func load(_ file: ProtocolVectors.File) throws(ConformanceError) -> [PropagationVector] {
        do { return try ProtocolVectors.propagation(file) } catch {
            throw ConformanceError("the vectors cannot be read: \(error)")
        }
    }

    private func propagation(_ file: ProtocolVectors.File, _ vector: PropagationVector) async -> [String] {
        do {
            let question = Headers(headers: vector.headers.map { [$0.name, $0.value] })
            let answer = try await adapter.ask("/propagate", question, as: Headers.self)
            guard answer.headers.allSatisfy({ $0.count == 2 }) else { return ["headers are not pairs"] }
            let sent = answer.headers.map { (name: $0[0], value: $0[1]) }
            return PropagationCheck(file: file, vector: vector, sent: sent).failures
        } catch {
            return [error.description]
        }
    }

    private func recording(_ vector: RecordingVector) async -> [String] {
        let steps = Array(repeatElement(vector.steps, count: vector.times ?? 1).joined())
        do {
            let received = try await RecordingSink.collect(vector.answers ?? []) { server in
                _ = try await adapter.post("/record", Program(server: server, steps: steps))
            }
            return RecordingCheck(vector: vector, received: received).failures
        } catch {
            return ["\(error)"]
        }
    }
}
