import Testing
import TraceModel

@testable import RacewayClient

@Suite struct `The buffer` {
    private func configuration(_ policy: FullBufferPolicy) -> TracerConfiguration {
        var configuration = TracerConfiguration.test
        configuration.bufferCapacity = 4
        configuration.whenFull = policy
        return configuration
    }

    private func variables(_ batch: EventBatch) -> [String] {
        (0..<batch.count).filter { batch[$0].operation == .write }.map { batch.symbols[batch[$0].object] }
    }

    @Test(arguments: [(FullBufferPolicy.dropNewest, ["a", "b", "c"]), (.dropOldest, ["c", "d", "e"])])
    func `drops what its policy says, counts it, and the numbers show the gap`(
        policy: FullBufferPolicy,
        kept: [String]
    ) async throws {
        let recording = Recording(configuration(policy))
        await recording.inSpan { _ in for name in ["a", "b", "c", "d", "e"] { Raceway.write(name, to: 1) } }
        let statistics = recording.tracer.statistics
        // Begin, five writes and the end.
        #expect(statistics.recorded == 7)
        #expect(statistics.dropped == 3)
        let batch = try await recording.events()
        #expect(batch.count == 4)
        #expect(variables(batch) == kept)
        #expect(recording.tracer.statistics.delivered == 4)
    }

    @Test func `waits for room while the exporter makes some`() async throws {
        let recording = Recording(configuration(.block(upTo: .seconds(60))))
        let writer = Task {
            await recording.inSpan { _ in for index in 0..<50 { Raceway.write("x\(index)", to: index) } }
        }
        while recording.tracer.statistics.delivered < 52 {
            await recording.tracer.flush()
            await Task.yield()
        }
        await writer.value
        #expect(recording.tracer.statistics.dropped == 0)
        #expect(try await recording.events().count == 52)
    }

    @Test func `waits no longer than it was told`() async throws {
        let recording = Recording(configuration(.block(upTo: .milliseconds(1))))
        await recording.inSpan { _ in for index in 0..<5 { Raceway.write("x\(index)", to: index) } }
        #expect(recording.tracer.statistics.dropped == 3)
        // Room again.
        await recording.tracer.flush()
        await recording.inSpan { _ in }
        #expect(recording.tracer.statistics.dropped == 3)
    }
}
