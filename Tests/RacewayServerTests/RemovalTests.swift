import Testing
import TraceStore

@testable import RacewayServer

/// What is said of a trace that is gone.
struct RemovalTests {
    @Test func `retention says when it removed, and what`() {
        let removals = Removals()
        #expect(removals.reason(nil).isEmpty)
        removals.note(0, tracesBefore: 1, withRacesBefore: 1, at: 1)
        #expect(removals.reason(nil).isEmpty)
        let day: Int64 = 86_400_000_000_000
        removals.note(7, tracesBefore: 20 * day, withRacesBefore: 10 * day, at: 30 * day)
        let reason = removals.reason(nil)
        #expect(reason.contains("removed 7 traces at 1970-01-31T00:00:00Z"))
        #expect(reason.contains("before 1970-01-21T00:00:00Z, with races before 1970-01-11T00:00:00Z"))
    }

    @Test func `a trace that gave way to newer ones is 404 with the reason`() async throws {
        let server = TestServer(memory: MemoryLimits(eventsMax: 100, bytesMax: 1 << 20, tracesMax: 2))
        for number in 1...4 {
            let trace = Fixture.id(number, high: "40000000")
            let event = Fixture.event(Fixture.id(1), trace: trace, at: Fixture.time(number), kind: Fixture.call("step"))
            try await server.post(Fixture.body([event]))
        }
        let gone = try await server.get("/api/traces/\(Fixture.id(1, high: "40000000"))")
        #expect(gone.status == 404)
        #expect(gone.text.contains("Trace not found") && gone.text.contains("2 older traces gave way"))
    }
}
