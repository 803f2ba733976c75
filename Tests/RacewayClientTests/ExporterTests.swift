import Logging
import RacewayClient
import ServiceLifecycle
import Testing
import TraceModel
import Tracing

@Suite struct `The exporter` {
    private func write(_ count: Int, _ recording: Recording) async {
        await recording.inSpan { _ in for index in 0..<count { Raceway.write("x", to: index) } }
    }

    @Test func `sends what it has when the service group shuts down`() async throws {
        var configuration = TracerConfiguration.test
        configuration.flushInterval = .seconds(3_600)
        let recording = Recording(configuration)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let group = ServiceGroup(services: [recording.tracer], logger: logger)
        async let running: Void = group.run()
        await write(10, recording)
        await group.triggerGracefulShutdown()
        try await running
        #expect(recording.tracer.statistics.delivered == 12)
        #expect(recording.transport.isFinished)
    }

    @Test func `sends by itself when a batch is full`() async throws {
        var configuration = TracerConfiguration.test
        configuration.flushInterval = .seconds(3_600)
        configuration.batchEvents = 10
        let recording = Recording(configuration)
        let running = Task { try await recording.tracer.run() }
        await write(20, recording)
        while recording.tracer.statistics.delivered < 20 { await Task.yield() }
        running.cancel()
        try await running.value
        #expect(recording.tracer.statistics.delivered == 22)
        #expect(recording.transport.bodies.count == 3)
    }

    @Test func `sends the same body again until it is taken`() async throws {
        let busy = TransportAnswer(status: 503, retryAfter: 0)
        let recording = Recording(answers: [busy, nil])
        await write(3, recording)
        await recording.tracer.flush()
        let bodies = recording.transport.bodies
        #expect(bodies.count == 3)
        #expect(Set(bodies).count == 1)
        #expect(recording.tracer.statistics.delivered == 5)
    }

    @Test func `halves what is too large, and gives up one event that still is`() async throws {
        let tooLarge = TransportAnswer(status: 413)
        let recording = Recording(answers: [tooLarge, tooLarge, tooLarge])
        await write(2, recording)
        await recording.tracer.flush()
        #expect(recording.tracer.statistics.delivered == 3)
        #expect(recording.tracer.statistics.givenUp == 1)
    }

    @Test func `bodies stay below their size`() async throws {
        var configuration = TracerConfiguration.test
        configuration.batchBytes = 4_000
        let recording = Recording(configuration)
        await write(50, recording)
        #expect(try await recording.events().count == 52)
        #expect(recording.transport.bodies.allSatisfy { $0.count <= 4_002 })
    }

    @Test func `counts what a server did not keep`() async throws {
        var partly = TransportAnswer(status: 200)
        partly.rejected = 1
        partly.refused = 2
        let recording = Recording(answers: [partly, TransportAnswer(status: 401)])
        await write(3, recording)
        await recording.tracer.flush()
        await write(3, recording)
        await recording.tracer.flush()
        let statistics = recording.tracer.statistics
        #expect(statistics.delivered == 2 && statistics.rejected == 1 && statistics.refused == 2)
        #expect(statistics.givenUp == 5)
        #expect(statistics.waiting == 0)
    }

    @Test func `does not hold up the end of the process for a server that is away`() async throws {
        var configuration = TracerConfiguration.test
        configuration.shutdownLimit = .milliseconds(20)
        let recording = Recording(configuration, answers: Array(repeating: nil, count: 100))
        await write(3, recording)
        let running = Task { try await recording.tracer.run() }
        running.cancel()
        try await running.value
        #expect(recording.tracer.statistics.givenUp == 5)
        #expect(recording.transport.isFinished)
    }
}
