import ProtocolVectors
import Testing
import TraceContext

@testable import SDKConformance

/// The runner fails implementations that are wrong: each of these is wrong in one way.
@Suite struct `The check of headers` {
    private typealias Lines = [(name: String, value: String)]

    private static let files: [ProtocolVectors.File] = [.traceparent, .tracestate, .baggage, .racewayClock]

    /// Vectors that an implementation fails.
    private func failed(_ implementation: (PropagationVector) -> Lines) throws -> Int {
        try Self.files.reduce(0) { sum, file in
            sum
                + (try ProtocolVectors.propagation(file)).count {
                    !PropagationCheck(file: file, vector: $0, sent: implementation($0)).failures.isEmpty
                }
        }
    }

    /// The product's own way.
    private func right(_ vector: PropagationVector) -> Lines {
        var generator = SystemRandomNumberGenerator()
        var context = PropagationContext(continuing: IncomingContext(headers: vector.headers), using: &generator)
        var lines: Lines = []
        context.inject(into: &lines, as: .init(service: "a", instance: "b"), using: &generator)
        return lines
    }

    private func without(_ header: String, _ vector: PropagationVector) -> Lines {
        right(vector).filter { $0.name != header }
    }

    @Test func `passes what the product does`() throws {
        #expect(try failed(right) == 0)
    }

    @Test func `fails headers that are copied through`() throws {
        #expect(try failed { $0.headers } > 100)
    }

    @Test func `fails an implementation that always starts a trace`() throws {
        let failures = try failed { _ in
            var generator = SystemRandomNumberGenerator()
            var context = PropagationContext(using: &generator)
            var lines: Lines = []
            context.inject(into: &lines, using: &generator)
            return lines
        }
        #expect(failures > 60)
    }

    @Test(arguments: ["traceparent", "tracestate", "baggage", "raceway-clock"])
    func `fails an implementation that leaves a header out`(header: String) throws {
        #expect(try failed { without(header, $0) } > 10)
    }

    @Test func `fails a span that is the caller's`() throws {
        let failures = try failed { vector in
            right(vector).map { line in
                guard line.name == "traceparent", let parent = vector.expect.parent else { return line }
                let fields = line.value.split(separator: "-")
                return (line.name, "\(fields[0])-\(fields[1])-\(parent)-\(fields[3])")
            }
        }
        #expect(failures > 15)
    }

    @Test func `fails flags that are not kept`() throws {
        let failures = try failed { vector in
            right(vector).map { $0.name == "traceparent" ? ($0.name, $0.value.dropLast() + "0") : $0 }
        }
        #expect(failures > 5)
    }
}
