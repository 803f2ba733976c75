import HTTPTypes
import RacewayServer
import Synchronization
import Testing

@Suite struct LiveTests {
    /// One event of a stream.
    private struct Event {
        var id: String
        var name: String
        var data: JSONNode
    }

    private func events(_ text: String) throws -> [Event] {
        try text.split(separator: "\n\n").compactMap { block in
            var fields: [String: String] = [:]
            for line in block.split(separator: "\n") {
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts.count == 2, !line.hasPrefix(":") { fields[String(parts[0])] = String(parts[1].dropFirst()) }
            }
            guard let name = fields["event"], let data = fields["data"] else { return nil }
            return Event(id: fields["id"] ?? "", name: name, data: try JSONNode(parsing: data))
        }
    }

    @Test func `a stream begins with a snapshot of what there is`() async throws {
        let server = TestServer()
        try await server.post(Fixture.transfer())
        _ = try await server.get("/api/races")
        let answer = try await server.get("/api/live?count=1")
        #expect(answer.headers[.contentType] == "text/event-stream")
        let all = try events(answer.text)
        #expect(all.map(\.name) == ["snapshot"])
        #expect(all[0].data["events"] == .integer(4))
        #expect(all[0].data["changed_traces"].count == 1)
        #expect(all[0].data["changed_races"].count == 1)
    }

    @Test func `a stream goes on with what changed`() async throws {
        let server = TestServer()
        try await server.post(Fixture.transfer())
        let isOver = Flag()
        let text = try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask {
                defer { isOver.raise() }
                return try await server.get("/api/live?count=3").text
            }
            group.addTask {
                // Something new as long as somebody listens.
                var number = 0
                while !isOver.isRaised, number < 50_000 {
                    number += 1
                    try await server.post(Fixture.transfer(trace: Fixture.id(number)))
                }
                return nil
            }
            return try await group.reduce(into: "") { $0 += $1 ?? "" }
        }
        let all = try events(text)
        #expect(all.count == 3)
        #expect(all.map(\.name) == ["snapshot", "delta", "delta"])
        let revisions = all.compactMap { $0.data["revision"].integer }
        #expect(revisions == revisions.sorted())
    }

    @Test func `a client that comes back is told only what it missed`() async throws {
        let server = TestServer()
        try await server.post(Fixture.transfer())
        let first = try events(try await server.get("/api/live?count=1").text)
        try await server.post(Fixture.transfer(trace: Samples.otherTrace))
        let again = try events(
            try await server.get("/api/live?count=1", headers: [.lastEventID: first[0].id]).text
        )
        #expect(again[0].name == "delta")
        #expect(again[0].data["changed_traces"].elements.map { $0["trace_id"] } == [.string(Samples.otherTrace)])
        let stranger = try events(
            try await server.get("/api/live?count=1", headers: [.lastEventID: "elsewhere.4"]).text
        )
        #expect(stranger[0].name == "snapshot")
    }

    @Test func `more clients than there are seats are told to come back`() async throws {
        var limits = ServerLimits()
        limits.liveClientsMax = 0
        let answer = try await TestServer(limits: limits).get("/api/live")
        #expect(answer.status == 503)
        #expect(answer.headers[.retryAfter] == "10")
    }

    @Test func `a stream that is over gives its seat back`() async throws {
        var limits = ServerLimits()
        limits.liveClientsMax = 1
        let server = TestServer(limits: limits)
        for _ in 0..<3 { #expect(try await server.get("/api/live?count=1").status == 200) }
        #expect(try await server.get("/api/stats").json["requests"]["live_clients"] == .integer(0))
    }
}

private final class Flag: Sendable {
    private let raised = Mutex(false)

    var isRaised: Bool { raised.withLock { $0 } }

    func raise() { raised.withLock { $0 = true } }
}

extension HTTPField.Name {
    fileprivate static let lastEventID: HTTPField.Name = {
        guard let name = HTTPField.Name("Last-Event-ID") else { preconditionFailure("a token") }
        return name
    }()
}
