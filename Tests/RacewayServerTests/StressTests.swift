import FoundationEssentials
import HTTPTypes
import Testing

/// The two traces that break the reference: a long chain overflows its stack, unordered accesses fill its memory.
///
/// `RACEWAY_FULL_SIZE=1` runs them at full size, which is for optimised builds: `swift test -c release`.
@Suite(.timeLimit(.minutes(10)), .serialized) struct StressTests {
    private static let isFull = ProcessInfo.processInfo.environment["RACEWAY_FULL_SIZE"] == "1"
    static let chainLength = isFull ? 200_000 : 10_000
    static let accesses = isFull ? 100_000 : 5_000
    static let tasks = isFull ? 1_000 : 100

    private let server = TestServer()
    private let clock = ContinuousClock()

    /// Posts events in bodies of at most two megabytes and prints how fast they were taken.
    private func post(_ what: String, _ count: Int, _ event: (Int) -> String) async throws {
        var bodies: [(bytes: [UInt8], events: Int)] = []
        var events: [String] = []
        var bytes = 0
        for number in 0..<count {
            events.append(event(number))
            bytes += events[events.count - 1].utf8.count
            if bytes > 2 << 20 || number == count - 1 {
                bodies.append((Array(Fixture.body(events).utf8), events.count))
                events = []
                bytes = 0
            }
        }
        let begin = clock.now
        for body in bodies {
            let answer = try await server.post(bytes: body.bytes, headers: [.contentType: "application/json"])
            #expect(try answer.data == .string("Ingested \(body.events) events"))
        }
        print("\(what): \(count) events in \(bodies.count) bodies posted in \(clock.now - begin)")
    }

    private func measured(_ what: String, _ path: String, bytesMax: Int) async throws -> TestServer.Answer {
        let begin = clock.now
        let answer = try await server.get(path)
        print("\(what): \(clock.now - begin), \(answer.bytes.count) bytes")
        #expect(answer.status == 200)
        #expect(answer.bytes.count < bytesMax)
        return answer
    }

    @Test func `a trace that is one long chain is answered`() async throws {
        let trace = Fixture.id(1, high: "30000000")
        try await post("chain", Self.chainLength) { number in
            Fixture.event(
                Fixture.id(number + 1),
                trace: trace,
                parent: number == 0 ? nil : Fixture.id(number),
                at: Fixture.time(number),
                kind: number % 2 == 0 ? Fixture.call("f\(number % 100)") : Fixture.change("v\(number % 50)")
            )
        }
        let data = try await measured("chain, trace", "/api/traces/\(trace)", bytesMax: 20 << 20).data
        #expect(data["events"].count == min(10_000, Self.chainLength))
        #expect(data["events_total"] == .integer(Int64(Self.chainLength)))
        #expect(data["analysis"]["race_details"].count == 0)
        #expect(data["critical_path"]["path_events"] == .integer(Int64(Self.chainLength)))
        #expect(data["critical_path"]["path"].count == 1_000)
        #expect(data["critical_path"]["percentage_of_total"] == .double(100))
        for path in ["critical-path", "anomalies", "dependencies", "audit-trail/v1"] {
            _ = try await measured("chain, \(path)", "/api/traces/\(trace)/\(path)", bytesMax: 4 << 20)
        }
        _ = try await measured("chain, global", "/api/analyze/global", bytesMax: 1 << 20)
        _ = try await measured("chain, list", "/api/traces", bytesMax: 10_000)
    }

    @Test func `one object accessed without synchronisation by many tasks is answered`() async throws {
        let trace = Fixture.id(2, high: "30000000")
        let root = Fixture.id(0x7fff_ffff)
        try await server.post(
            Fixture.body([Fixture.event(root, trace: trace, at: Fixture.time(0), kind: Fixture.call("start"))])
        )
        try await post("star", Self.accesses) { number in
            Fixture.event(
                Fixture.id(number + 1),
                trace: trace,
                parent: root,
                at: Fixture.time(1 + number / 100),
                kind: Fixture.change(
                    "shared",
                    number % 3 == 0 ? "Read" : "Write",
                    new: "\(number)",
                    at: "work.py:\(number % 7)"
                ),
                thread: "task-\(number % Self.tasks)"
            )
        }
        let races = try await measured("star, races", "/api/races", bytesMax: 1 << 20)
        #expect(try (1...100).contains(races.json["races"].count))
        let data = try await measured("star, trace", "/api/traces/\(trace)", bytesMax: 20 << 20).data
        #expect(data["events_total"] == .integer(Int64(Self.accesses + 1)))
        #expect((1...100).contains(data["analysis"]["race_details"].count))
        #expect(data["audit_trails"]["shared"].count == 100)
        let trail = try await measured(
            "star, audit trail",
            "/api/traces/\(trace)/audit-trail/shared",
            bytesMax: 8 << 20
        )
        #expect(try trail.data["accesses"].count == min(10_000, Self.accesses))
        _ = try await measured("star, global", "/api/analyze/global", bytesMax: 1 << 20)
        _ = try await measured("star, hotspots", "/api/distributed/hotspots", bytesMax: 100_000)
        print("peak memory: \(Self.peakMegabytes) MB")
    }

    /// The most memory that this process ever held, where the system says so.
    private static var peakMegabytes: Int {
        let status = FileManager.default.contents(atPath: "/proc/self/status").map {
            String(decoding: $0, as: UTF8.self)
        }
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(separator: " ").dropLast().last.flatMap { Int($0) } ?? 0) / 1_024
    }
}
