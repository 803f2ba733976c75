import Testing

/// The Python SDK's banking demo, posted as the SDK did: the reference reports both runs alike.
@Suite(.enabled(if: Corpora.isPresent)) struct BankingTests {
    private func bodies(_ file: String) throws -> [JSONNode] {
        let posts = try JSONNode(parsing: try #require(Corpora.bytes("raceway/banking/\(file)")))
        // A list of bodies, or of recorded requests.
        return posts.elements.map { $0["events"] == .null ? $0["body"] : $0 }
    }

    private func server(_ file: String) async throws -> TestServer {
        let server = TestServer()
        for body in try bodies(file) { #expect(try await server.post(body.text).status == 200) }
        return server
    }

    @Test func `concurrent transfers show the lost updates of alice and only those`() async throws {
        let server = try await server("concurrent.posts.json")
        let races = try await server.get("/api/races").json["races"].elements
        let alice = races.filter { $0["object"]["name"] == .string("alice.balance") }
        #expect(alice.first?["grade"] == .string("manifested"))
        #expect(alice.first?["pattern"] == .string("lost_update"))
        #expect(alice.first?["evidence"]["lost_updates"] == .integer(3))
        let bob = races.filter { $0["object"]["name"] == .string("bob.balance") }
        #expect(!bob.contains { $0["grade"] == .string("manifested") })
        #expect(races.first?["object"]["name"] == .string("alice.balance"), "the manifested race comes first")
    }

    @Test func `every trace that took part shows the race`() async throws {
        let server = try await server("concurrent.posts.json")
        let race = try await server.get("/api/races").json["races"][0]
        let id = try #require(race["id"].string)
        let whole = try await server.get("/api/races/\(id)").json
        #expect(whole["traces"].count == 4)
        for trace in whole["traces"].elements.compactMap(\.string) {
            let details = try await server.get("/api/traces/\(trace)").data["analysis"]["race_details"]
            #expect(details.elements.contains { $0["race_id"] == .string(id) && $0["grade"] == .string("manifested") })
        }
    }

    @Test func `sequential transfers show nothing above predicted`() async throws {
        let server = try await server("sequential.posts.json")
        let races = try await server.get("/api/races").json["races"].elements
        #expect(races.allSatisfy { ["predicted", "candidate", "benign"].contains($0["grade"].string ?? "") })
        #expect(try await server.get("/api/analyze/global").data["potential_races"] == .integer(0))
        #expect(try await server.get("/api/distributed/global-races").data["total_races"] == .integer(0))
        for trace in try await server.get("/api/traces").data["traces"].elements {
            let id = try #require(trace["trace_id"].string)
            #expect(try await server.get("/api/traces/\(id)").data["analysis"]["race_details"].count == 0)
        }
    }

    @Test func `order of arrival, split and duplicates change nothing`() async throws {
        let events = try bodies("concurrent.posts.json").flatMap { $0["events"].elements.map(\.text) }
        let plain = TestServer()
        try await plain.post(Fixture.body(events))
        let expected = try await plain.get("/api/races").json["races"]
        var generator = SplitMix(seed: 20_26)
        for _ in 0..<8 {
            let shuffled = TestServer()
            var rest = (events + events.prefix(5)).shuffled(using: &generator)[...]
            while !rest.isEmpty {
                let part = rest.prefix(Int.random(in: 1...9, using: &generator))
                rest = rest.dropFirst(part.count)
                try await shuffled.post(Fixture.body(Array(part)))
            }
            #expect(try await shuffled.get("/api/races").json["races"] == expected)
            #expect(try await shuffled.get("/status").data["events_captured"] == .integer(Int64(events.count)))
        }
    }
}

/// SplitMix64: the same numbers everywhere for one seed.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
