import FoundationEssentials
import HTTPTypes
import RacewayConfiguration
import RacewayServer
import Testing

/// `/openapi.json` against the server that serves it.
@Suite struct OpenAPITests {
    /// A server in which every route has something to say.
    private func filled() async throws -> TestServer {
        var configuration = ServerConfiguration()
        configuration.login = LoginPolicy(password: Secret("open sesame"))
        configuration.access.keys = [AccessKey(name: "all", secret: "k", roles: .all)]
        var server = TestServer(RacewayApplication(configuration: configuration, logger: TestServer.silent))
        server.headers = [.authorization: "Bearer k"]
        try await Samples.everything(on: server)
        return server
    }

    /// Operations as `GET /path`, with their descriptions.
    private func operations(_ document: JSONNode) -> [(method: String, path: String, node: JSONNode)] {
        document["paths"].members.flatMap { path in
            path.value.members.map { (method: $0.key.uppercased(), path: path.key, node: $0.value) }
        }
    }

    /// A request path for a template, with parameters that exist.
    private func concrete(_ template: String, _ server: TestServer) async throws -> String {
        func first(_ list: String, _ key: String) async throws -> String {
            try await server.get(list).json[key][0]["id"].string ?? "none"
        }
        var path = template.replacing("{trace_id}", with: Samples.trace)
        path = path.replacing("{variable}", with: "balance")
        path = path.replacing("{name}", with: "balance")
        path = path.replacing("{service_name}", with: "web")
        path = path.replacing("{pair}", with: "\(Samples.trace)...\(Samples.otherTrace)")
        path = path.replacing("{tag}", with: "service.name")
        path = path.replacing("{race_id}", with: try await first("/api/races", "races"))
        path = path.replacing("{deadlock_id}", with: try await first("/api/deadlocks", "deadlocks"))
        path = path.replacing("{anomaly_id}", with: try await first("/api/anomalies", "anomalies"))
        return path
    }

    /// Parameters without which a route has nothing to answer.
    private func required(_ path: String) -> String {
        let window = "query.startTimeMin=2023-01-01T00:00:00Z&query.startTimeMax=2030-01-01T00:00:00Z"
        let names = path.split(separator: "/").last.map(String.init) ?? ""
        switch (path.contains("/api/v2/") && !path.contains("tempo"), names) {
        case (true, "spans"), (true, "remoteServices"): return "?serviceName=web"
        case (true, "autocompleteValues"): return "?key=thread.name"
        case (true, "traceMany"): return "?traceIds=1,2"
        case (true, "dependencies"): return "?endTs=1800000000000"
        case (false, "operations") where path.hasPrefix("/jaeger/api/operations"): return "?service=web"
        case (false, "traces") where path.hasSuffix("/api/v3/traces"): return "?" + window
        case (false, "trace-summaries"): return "?" + window
        case (false, "traces") where path.hasPrefix("/jaeger"): return "?service=web&start=0"
        default: return ""
        }
    }

    @Test func `every route answers what it declares`() async throws {
        let server = try await filled()
        let document = try await server.get("/openapi.json").json
        let check = SchemaCheck(document: document)
        var walked = 0
        for operation in operations(document) where operation.path != "/api/live" {
            let path = try await concrete(operation.path, server)
            #expect(!path.contains("{"), "\(operation.path) has a parameter that this test does not know")
            #expect(!path.hasSuffix("/none"), "\(operation.path) has nothing to show")
            let answer =
                switch (operation.method, operation.path) {
                case ("POST", "/events"): try await server.post(Fixture.transfer())
                case ("POST", "/api/v2/spans"): try await server.post("[{}]", path)
                case ("POST", "/api/login"), ("POST", "/auth/login"):
                    try await server.post(#"{"password":"open sesame"}"#, path)
                case ("POST", "/jaeger/api/transform"): try await server.post("{}", path)
                case ("POST", _):
                    try await server.post(#"{"state":"muted","reason":"seen","expires":"2099-01-01T00:00:00Z"}"#, path)
                default: try await server.get(path + required(path))
                }
            let status = try #require(operation.node["responses"].keys.first)
            #expect(answer.status == Int(status), "\(operation.method) \(path): \(answer.text.prefix(300))")
            let declared = operation.node["responses"][status]["content"]
            if declared == .null { continue }
            let type = (answer.headers[.contentType] ?? "").prefix { $0 != ";" }
            #expect(declared.keys.contains(String(type)), "\(path) answers \(type)")
            guard type == "application/json" else { continue }
            let violations = check.violations(try answer.json, declared[String(type)]["schema"])
            #expect(violations.isEmpty, "\(path): \(violations.prefix(5).joined(separator: "; "))")
            walked += 1
        }
        #expect(walked >= 35)
    }

    @Test func `failures have the declared forms`() async throws {
        let server = TestServer()
        let document = try await server.get("/openapi.json").json
        let check = SchemaCheck(document: document)
        for operation in operations(document) where operation.path.contains("{") && operation.method == "GET" {
            var path = operation.path.replacing("{trace_id}", with: Samples.trace)
            path = path.replacing("{pair}", with: "\(Samples.trace)...\(Samples.otherTrace)")
            path = path.replacing("{", with: "").replacing("}", with: "")
            let answer = try await server.get(path)
            // Two compatible routes have nothing to say about what they do not know, and say it with 200.
            if answer.status == 200 { continue }
            #expect(answer.status == 404, "\(path)")
            let declared = operation.node["responses"]["default"]["content"]
            let type = String((answer.headers[.contentType] ?? "").prefix { $0 != ";" })
            #expect(declared.keys.first == type, "\(path) fails with \(type)")
            guard type != "text/plain" else { continue }
            let violations = check.violations(try answer.json, declared[type]["schema"])
            #expect(violations.isEmpty, "\(path): \(violations)")
        }
    }

    @Test func `every declared parameter is refused or obeyed, never a crash`() async throws {
        let server = try await filled()
        let document = try await server.get("/openapi.json").json
        let odd = [
            "", "0", "-1", "9223372036854775807", "99999999999999999999", "%00", "%zz", "a,b", "..", "%F0%9F%9A%80",
        ]
        for operation in operations(document) where operation.method == "GET" && operation.path != "/api/live" {
            let path = try await concrete(operation.path, server)
            for parameter in operation.node["parameters"].elements where parameter["in"] == .string("query") {
                let name = try #require(parameter["name"].string)
                for value in odd {
                    let answer = try await server.get("\(path)?\(name)=\(value)")
                    // Of what a filter leaves nothing, some routes say that it is not there.
                    #expect([200, 400, 404].contains(answer.status), "\(path)?\(name)=\(value): \(answer.status)")
                }
            }
        }
    }

    @Test func `every operation has a name of its own and a summary`() async throws {
        let document = try await TestServer().get("/openapi.json").json
        let all = operations(document)
        #expect(Set(all.compactMap { $0.node["operationId"].string }).count == all.count)
        #expect(all.allSatisfy { !($0.node["summary"].string ?? "").isEmpty })
        #expect(document["openapi"] == .string("3.1.0"))
    }

    @Test func `the page about the API names every route`() async throws {
        let document = try await TestServer().get("/openapi.json").json
        let page = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/docs/http-api.md"
        let bytes = try #require(FileManager.default.contents(atPath: page))
        let text = String(decoding: bytes, as: UTF8.self)
        for operation in operations(document) {
            let line = "`\(operation.method) \(operation.path)`"
            #expect(text.contains(line), "docs/http-api.md does not have \(line)")
        }
    }
}
