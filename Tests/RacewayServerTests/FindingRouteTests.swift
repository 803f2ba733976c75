import HTTPTypes
import RacewayServer
import Testing

@Suite struct FindingRouteTests {
    private let server = TestServer()

    private func race() async throws -> (id: String, fingerprint: String) {
        let race = try await server.get("/api/races").json["races"][0]
        return (try #require(race["id"].string), try #require(race["fingerprint"].string))
    }

    @Test func `a muted race says why and until when, and leaves the list of open ones`() async throws {
        try await server.post(Fixture.transfer())
        let (id, fingerprint) = try await race()
        let answer = try await server.post(
            #"{"state":"muted","reason":"known flake","expires":"2099-01-01T00:00:00Z"}"#,
            "/api/races/\(id)/state"
        )
        #expect(answer.status == 200)
        #expect(try answer.json["fingerprint"] == .string(fingerprint))
        #expect(try answer.json["expires"] == .string("2099-01-01T00:00:00Z"))
        let shown = try await server.get("/api/races/\(id)").json
        #expect(shown["state"] == .string("muted"))
        #expect(shown["state_reason"] == .string("known flake"))
        #expect(try await server.get("/api/races?state=open").json["total"] == .integer(0))
        #expect(try await server.get("/api/races?state=muted").json["total"] == .integer(1))
        #expect(try await server.get("/api/races").json["races"][0]["state"] == .string("muted"))
    }

    @Test func `an opened race is open again, a known one is known`() async throws {
        try await server.post(Fixture.transfer())
        let (id, _) = try await race()
        for (state, open) in [("known", 0), ("open", 1)] as [(String, Int64)] {
            #expect(try await server.post("{\"state\":\"\(state)\"}", "/api/races/\(id)/state").status == 200)
            #expect(try await server.get("/api/races?state=open").json["total"] == .integer(open))
        }
    }

    @Test(arguments: [
        (#"{"state":"gone"}"#, "state"), (#"{"state":"muted"}"#, "reason"),
        (#"{"state":"muted","reason":" "}"#, "reason"),
        (#"{"state":"known","expires":"2001-01-01T00:00:00Z"}"#, "expires"),
        (#"{"state":"known","expires":"soon"}"#, "expires"),
    ])
    func `a wrong change is refused by the name of its member`(body: String, field: String) async throws {
        try await server.post(Fixture.transfer())
        let answer = try await server.post(body, "/api/races/\(try await race().id)/state")
        #expect(answer.status == 422)
        #expect(try answer.json["field"] == .string(field))
    }

    @Test(arguments: ["", "[]", "{", #"{"state":1}"#, #"{"state":"known","reason":{}}"#])
    func `a body that is no change is refused`(body: String) async throws {
        try await server.post(Fixture.transfer())
        #expect(try await server.post(body, "/api/races/\(try await race().id)/state").status == 422)
    }

    @Test func `a change of a race that nobody knows is not found`() async throws {
        #expect(try await server.post(#"{"state":"known"}"#, "/api/races/r-00000000/state").status == 404)
    }

    @Test func `only keys that may administer change states`() async throws {
        var configuration = ServerConfiguration()
        configuration.access.isRequired = true
        configuration.access.keys = [
            AccessKey(name: "reader", secret: "r", roles: .read), AccessKey(name: "chief", secret: "c", roles: .admin),
        ]
        let server = TestServer(RacewayApplication(configuration: configuration, logger: TestServer.silent))
        for (key, status) in [("r", 403), ("c", 404)] {
            let bytes = Array(#"{"state":"known"}"#.utf8)
            let answer = try await server.post(
                bytes: bytes,
                "/api/races/r-1/state",
                headers: [.authorization: "Bearer \(key)", .contentType: "application/json"]
            )
            #expect(answer.status == status)
        }
    }

    @Test func `deadlocks are listed and found by their locks`() async throws {
        try await Samples.everything(on: server)
        let list = try await server.get("/api/deadlocks?q=locks.py").json
        #expect(list["total"] == .integer(1))
        #expect(list["deadlocks"][0]["cycle"].count == 2)
        let id = try #require(list["deadlocks"][0]["id"].string)
        #expect(try await server.get("/api/deadlocks/\(id)").json["id"] == .string(id))
        #expect(try await server.get("/api/deadlocks?q=nothing").json["total"] == .integer(0))
        #expect(try await server.get("/api/deadlocks?grade=certain").status == 400)
    }

    @Test func `anomalies are listed by kind and page by page`() async throws {
        try await Samples.everything(on: server)
        let all = try await server.get("/api/anomalies").json
        let ids = all["anomalies"].elements.compactMap { $0["id"].string }
        #expect(!ids.isEmpty)
        var seen: [String] = []
        var cursor: String? = ""
        while let at = cursor, seen.count <= ids.count {
            let page = try await server.get("/api/anomalies?limit=1" + (at.isEmpty ? "" : "&cursor=\(at)")).json
            seen += page["anomalies"].elements.compactMap { $0["id"].string }
            cursor = page["next_cursor"].string
        }
        #expect(seen == ids)
        let kind = try #require(all["anomalies"][0]["kind"].string)
        #expect(try await server.get("/api/anomalies?kind=\(kind)").json["anomalies"].count >= 1)
        #expect(try await server.get("/api/anomalies?kind=none").json["total"] == .integer(0))
        #expect(try await server.get("/api/anomalies?cursor=x").status == 400)
    }
}
