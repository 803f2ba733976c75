import HTTPTypes
import Testing

@Suite struct RaceRouteTests {
    /// Ten variables, each written by two overlapping requests of one service, later ones later.
    private func server() async throws -> TestServer {
        let server = TestServer()
        for number in 0..<10 {
            for side in 0..<2 {
                let trace = Fixture.id(number * 2 + side + 1, high: "20000000")
                let root = Fixture.id(1)
                try await server.post(
                    Fixture.body([
                        request(root, trace, Fixture.time(number * 1_000), "\(number)-\(side)"),
                        Fixture.event(
                            Fixture.id(2),
                            trace: trace,
                            parent: root,
                            at: Fixture.time(number * 1_000 + 10 + side),
                            kind: Fixture.change(
                                "var-\(number)",
                                old: side == 0 ? "0" : "1",
                                new: side == 0 ? "1" : "2",
                                at: "svc\(number).py:\(side)"
                            ),
                            thread: "t-\(number)-\(side)",
                            service: number < 5 ? "shop" : "bank",
                            instance: "i"
                        ),
                        Fixture.event(
                            Fixture.id(3),
                            trace: trace,
                            parent: Fixture.id(2),
                            at: Fixture.time(number * 1_000 + 50),
                            kind: #"{"HttpResponse":{"status":200,"headers":{},"body":null,"duration_ms":50}}"#,
                            thread: "t-\(number)-\(side)",
                            service: number < 5 ? "shop" : "bank",
                            instance: "i"
                        ),
                    ])
                )
            }
        }
        return server
    }

    private func request(_ id: String, _ trace: String, _ at: String, _ thread: String) -> String {
        let number = Int(thread.prefix(1)) ?? 0
        return Fixture.event(
            id,
            trace: trace,
            at: at,
            kind: #"{"HttpRequest":{"method":"GET","url":"/","headers":{},"body":null}}"#,
            thread: "t-\(thread)",
            service: number < 5 ? "shop" : "bank",
            instance: "i"
        )
    }

    private func names(_ answer: TestServer.Answer) throws -> [String] {
        try answer.json["races"].elements.compactMap { $0["object"]["name"].string }
    }

    @Test func `races are listed newest first`() async throws {
        let answer = try await server().get("/api/races")
        #expect(answer.status == 200)
        #expect(try names(answer) == (0..<10).reversed().map { "var-\($0)" })
        #expect(try answer.json["races"].elements.allSatisfy { $0["grade"] == .string("feasible") })
        #expect(try answer.json["total"] == .integer(10))
        #expect(try answer.json["next_cursor"] == .null)
        #expect(try answer.json["coverage"]["traces"] == .integer(20))
    }

    @Test func `filters narrow the list`() async throws {
        let server = try await server()
        #expect(try names(await server.get("/api/races?q=VAR-3")) == ["var-3"])
        #expect(try names(await server.get("/api/races?q=svc7.py")) == ["var-7"])
        #expect(try names(await server.get("/api/races?service=shop")).count == 5)
        #expect(try names(await server.get("/api/races?service=shop&q=var-9")).isEmpty)
        #expect(try names(await server.get("/api/races?grade=manifested,predicted")).isEmpty)
        #expect(try names(await server.get("/api/races?grade=feasible")).count == 10)
        #expect(try names(await server.get("/api/races?state=open,known")).count == 10)
        #expect(try names(await server.get("/api/races?state=muted")).isEmpty)
        #expect(try names(await server.get("/api/races?since=2024-01-01T12:00:08Z")) == ["var-9", "var-8"])
        #expect(try names(await server.get("/api/races?group=pair")).count == 10)
    }

    @Test(arguments: [
        "grade=awful", "state=closed", "since=yesterday", "group=none", "limit=0", "cursor=zzz", "q=%zz",
    ])
    func `a wrong parameter is a problem that names it`(query: String) async throws {
        let answer = try await TestServer().get("/api/races?\(query)")
        #expect(answer.status == 400)
        #expect(answer.headers[.contentType] == "application/problem+json")
        #expect(query.hasPrefix(try #require(try answer.json["field"].string)))
        #expect(try answer.json["status"] == .integer(400))
    }

    @Test func `cursors visit every race once`() async throws {
        let server = try await server()
        var seen: [String] = []
        var cursor: String? = ""
        while let at = cursor {
            let answer = try await server.get("/api/races?limit=3" + (at.isEmpty ? "" : "&cursor=\(at)"))
            seen += try names(answer)
            cursor = try answer.json["next_cursor"].string
            #expect(seen.count <= 10)
        }
        #expect(seen == (0..<10).reversed().map { "var-\($0)" })
    }

    @Test func `one race is given with its evidence, as JSON or as a card`() async throws {
        let server = try await server()
        let listed = try await server.get("/api/races?q=var-3").json["races"][0]
        let id = try #require(listed["id"].string)
        let whole = try await server.get("/api/races/\(id)")
        #expect(whole.status == 200)
        #expect(whole.bytes.count < 50_000)
        for key in ["id", "fingerprint", "kind", "grade", "object", "accesses", "verdict", "fix"] {
            #expect(try whole.json[key] == listed[key])
        }
        #expect(try whole.json["traces"].count == 2)
        let card = try await server.get("/api/races/\(id)", headers: [.accept: "text/markdown"])
        #expect(card.headers[.contentType] == "text/markdown; charset=utf-8")
        #expect(card.text.contains("var-3"))
    }

    @Test func `an unknown race is a problem`() async throws {
        let answer = try await TestServer().get("/api/races/r-00000000")
        #expect(answer.status == 404)
        #expect(answer.headers[.contentType] == "application/problem+json")
    }
}
