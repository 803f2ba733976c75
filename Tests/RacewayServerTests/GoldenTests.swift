import HTTPTypes
import Testing

/// Every recorded answer of the reference server, asked of ours after the same posts.
@Suite(.enabled(if: Corpora.isPresent)) struct GoldenTests {
    static let recordings = Corpora.names(in: "raceway/golden")

    private static func golden(_ recording: String, _ file: String) throws -> JSONNode {
        try JSONNode(parsing: try #require(Corpora.bytes("raceway/golden/\(recording)/\(file)")))
    }

    private static func replay(_ recording: String) async throws -> (server: TestServer, answers: [TestServer.Answer]) {
        let server = TestServer()
        var answers: [TestServer.Answer] = []
        for body in try golden(recording, "_posted.json").elements { answers.append(try await server.post(body.text)) }
        return (server, answers)
    }

    @Test(arguments: recordings)
    func `posts are answered to the letter`(recording: String) async throws {
        let (_, answers) = try await Self.replay(recording)
        let expected = try Self.golden(recording, "_post_answers.json")
        #expect(answers.count == expected.count)
        for (answer, wanted) in zip(answers, expected.elements) {
            #expect(Int64(answer.status) == wanted[0].integer)
            #expect(answer.text == wanted[1].string)
            #expect(answer.headers[.contentType] == "application/json")
        }
    }

    @Test(arguments: recordings)
    func `every answer has the recorded form`(recording: String) async throws {
        let (server, _) = try await Self.replay(recording)
        for file in Corpora.names(in: "raceway/golden/\(recording)") where !file.hasPrefix("_") {
            let golden = try Self.golden(recording, file)
            let path = try #require(golden["path"].string)
            let answer = try await server.get(path)
            #expect(Int64(answer.status) == golden["status"].integer, "\(path)")
            let differences = Shape.differences(golden["body"], try answer.json)
            #expect(differences.isEmpty, "\(path): \(differences.joined(separator: "; "))")
        }
    }

    @Test(arguments: recordings)
    func `events come back as they were posted`(recording: String) async throws {
        let (server, _) = try await Self.replay(recording)
        for file in Corpora.names(in: "raceway/golden/\(recording)") where !file.hasPrefix("_") {
            let golden = try Self.golden(recording, file)
            guard golden["body"]["data"]["events"] != .null else { continue }
            let path = try #require(golden["path"].string)
            let events = try await server.get(path).data["events"]
            #expect(events == golden["body"]["data"]["events"], "\(path)")
        }
    }

    @Test(arguments: recordings)
    func `lists of traces are the recorded ones`(recording: String) async throws {
        let (server, _) = try await Self.replay(recording)
        let golden = try Self.golden(recording, "api_traces.json")
        #expect(try await server.get("/api/traces").json == golden["body"])
    }

    @Test func `the fixture's analysis is the recorded one where the reference is right`() async throws {
        let (server, _) = try await Self.replay("fixture")
        let trace = "aaaaaaaa-aaaa-4aaa-aaaa-aaaaaaaaaaaa"
        let golden = try Self.golden("fixture", "api_traces_\(trace).json")["body"]["data"]
        let data = try await server.get("/api/traces/\(trace)").data
        #expect(data["audit_trails"] == golden["audit_trails"])
        #expect(data["analysis"]["anomalies"] == golden["analysis"]["anomalies"])
        #expect(data["analysis"]["potential_races"] == .integer(1))
        #expect(data["dependencies"] == golden["dependencies"])
        // The path runs through the same events, but calls that nest are not added up.
        #expect(
            data["critical_path"]["path"].elements.map { $0["id"] }
                == golden["critical_path"]["path"].elements.map { $0["id"] }
        )
        #expect(data["critical_path"]["total_duration_ms"] == .double(17))
        #expect(data["critical_path"]["trace_total_duration_ms"] == .double(17))
    }
}
