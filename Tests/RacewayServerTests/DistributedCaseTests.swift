import Testing

/// The reference's tests of traces over several services, with the edges that it never checked.
@Suite struct DistributedCaseTests {
    private let server = TestServer()
    private let trace = Fixture.id(1, high: "10000000")

    /// Two events of a service in a span, ten milliseconds apart.
    private func visit(_ number: Int, _ service: String, span: String, upstream: String? = nil) -> [String] {
        [0, 1].map { step in
            Fixture.event(
                Fixture.id(number * 10 + step),
                trace: trace,
                parent: step == 0 ? nil : Fixture.id(number * 10),
                at: Fixture.time(number * 10 + step),
                kind: Fixture.call("\(service)_\(step)"),
                thread: "\(service)-1",
                service: service,
                instance: "\(service)-i",
                span: span,
                upstream: upstream
            )
        }
    }

    private func edges() async throws -> [String] {
        try await server.get("/api/distributed/edges").data["edges"].elements.map {
            "\($0["from_service"].string ?? "?")>\($0["to_service"].string ?? "?") \($0["call_count"].text)"
        }.sorted()
    }

    @Test func `two services of one trace are one call apart`() async throws {
        try await server.post(
            Fixture.body(visit(1, "svc-a", span: "span-a") + visit(2, "svc-b", span: "span-b", upstream: "span-a"))
        )
        let data = try await server.get("/api/traces/\(trace)").data
        #expect(data["events"].count == 4)
        #expect(data["dependencies"]["services"].elements.map { $0["name"] } == [.string("svc-a"), .string("svc-b")])
        // Once a pair of spans, however many events carry the upstream id.
        #expect(
            data["dependencies"]["dependencies"].elements.map(\.text) == [
                #"{"from":"svc-a","to":"svc-b","call_count":1}"#
            ]
        )
        #expect(try await edges() == ["svc-a>svc-b 1"])
    }

    @Test func `a chain of three services has two calls`() async throws {
        try await server.post(
            Fixture.body(
                visit(1, "a", span: "s1") + visit(2, "b", span: "s2", upstream: "s1")
                    + visit(3, "c", span: "s3", upstream: "s2")
            )
        )
        #expect(try await edges() == ["a>b 1", "b>c 1"])
    }

    @Test func `a service that calls two others has two calls, in whatever order they arrive`() async throws {
        try await server.post(Fixture.body(visit(3, "c", span: "s3", upstream: "s1")))
        try await server.post(Fixture.body(visit(2, "b", span: "s2", upstream: "s1")))
        try await server.post(Fixture.body(visit(1, "a", span: "s1")))
        #expect(try await edges() == ["a>b 1", "a>c 1"])
    }

    @Test func `an upstream span that nobody sent harms nothing`() async throws {
        let answer = try await server.post(
            Fixture.body([
                Fixture.event(
                    Fixture.id(1),
                    trace: trace,
                    at: Fixture.time(0),
                    kind: Fixture.call("f"),
                    span: "s",
                    upstream: "gone"
                )
            ])
        )
        #expect(answer.status == 200)
        let data = try await server.get("/api/traces/\(trace)").data
        #expect(data["events"].count == 1)
        #expect(data["coverage"]["complete"] == .bool(false))
        #expect(try await edges().isEmpty)
    }

    @Test func `services of four languages are all listed`() async throws {
        let services = ["typescript-service", "python-service", "go-service", "rust-service"]
        var events: [String] = []
        for (index, service) in services.enumerated() {
            events += visit(index + 1, service, span: "s\(index)", upstream: index == 0 ? nil : "s\(index - 1)")
        }
        try await server.post(Fixture.body(events))
        let listed = try await server.get("/api/services").data["services"].elements.compactMap { $0["name"].string }
        #expect(listed == services.sorted())
    }

    @Test func `two traces stay apart`() async throws {
        try await server.post(Fixture.transfer(trace: Fixture.id(1)))
        try await server.post(Fixture.transfer(trace: Fixture.id(2)))
        for number in 1...2 {
            let data = try await server.get("/api/traces/\(Fixture.id(number))").data
            #expect(Set(data["events"].elements.compactMap { $0["trace_id"].string }) == [Fixture.id(number)])
        }
    }

    @Test func `a write before a call and a write by the callee are ordered`() async throws {
        let events = [
            Fixture.event(
                Fixture.id(1),
                trace: trace,
                at: Fixture.time(0),
                kind: Fixture.change("db:row", old: "0", new: "1"),
                thread: "a",
                service: "a",
                instance: "a-1",
                span: "s1"
            ),
            Fixture.event(
                Fixture.id(2),
                trace: trace,
                parent: Fixture.id(1),
                at: Fixture.time(1),
                kind: #"{"HttpRequest":{"method":"POST","url":"http://b/","headers":{},"body":null}}"#,
                thread: "a",
                service: "a",
                instance: "a-1",
                span: "s1"
            ),
            Fixture.event(
                Fixture.id(3),
                trace: trace,
                at: Fixture.time(2),
                kind: Fixture.change("db:row", old: "1", new: "2", at: "b.py:1"),
                thread: "b",
                service: "b",
                instance: "b-1",
                span: "s2",
                upstream: "s1"
            ),
        ]
        try await server.post(Fixture.body(events))
        #expect(try await server.get("/api/traces/\(trace)").data["analysis"]["race_details"].count == 0)
    }

    @Test func `called_by and calls_to name the other side`() async throws {
        try await server.post(
            Fixture.body(visit(1, "a", span: "s1") + visit(2, "b", span: "s2", upstream: "s1"))
        )
        let a = try await server.get("/api/services/a/dependencies").data
        #expect(a["calls_to"].elements.map(\.text) == [#"{"to":"b","total_calls":1,"trace_count":1}"#])
        #expect(a["called_by"].count == 0)
        let b = try await server.get("/api/services/b/dependencies").data
        #expect(b["called_by"].elements.map(\.text) == [#"{"to":"a","total_calls":1,"trace_count":1}"#])
        #expect(try await server.get("/api/services/none/dependencies").data["calls_to"].count == 0)
    }
}
