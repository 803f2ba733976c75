import JSONText
import HTTPTypes

/// `/openapi.json`: OpenAPI 3.1, written from the table of routes, so that the two cannot disagree.
enum OpenAPIDocument {
    static func write(_ routes: [Route], version: String, _ json: inout JSONWriter) {
        json.object { json in
            json.member("openapi", "3.1.0")
            json.object("info") { json in
                json.member("title", "Raceway")
                json.member("version", version)
                json.member("summary", "Finds concurrency bugs in distributed programs")
            }
            json.object("paths") { json in
                for path in paths(routes) {
                    json.object(template(path)) { json in
                        for route in routes where route.path == path { operation(route, &json) }
                    }
                }
            }
            json.object("components") { json in
                json.object("schemas") { json in
                    for (name, schema) in Schemas.named {
                        json.key(name)
                        schema.write(&json)
                    }
                }
                json.object("securitySchemes") { json in
                    json.object("bearer") { json in
                        json.member("type", "http")
                        json.member("scheme", "bearer")
                    }
                    json.object("key") { json in
                        json.member("type", "apiKey")
                        json.member("in", "header")
                        json.member("name", "X-Raceway-Key")
                    }
                }
            }
        }
    }

    /// `:name` as OpenAPI writes it.
    static func template(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.hasPrefix(":") ? "{" + $0.dropFirst() + "}" : String($0) }
            .joined(separator: "/")
    }

    /// Names of the parameters in a path.
    static func parameters(_ path: String) -> [String] {
        path.split(separator: "/").filter { $0.hasPrefix(":") }.map { String($0.dropFirst()) }
    }

    private static func paths(_ routes: [Route]) -> [String] {
        var seen: Set<String> = []
        return routes.map(\.path).filter { seen.insert($0).inserted }
    }

    private static func operation(_ route: Route, _ json: inout JSONWriter) {
        let about = route.about
        json.object(route.method.rawValue.lowercased()) { json in
            json.member("summary", about.summary)
            json.member("operationId", operationID(route))
            let inPath = parameters(route.path)
            if !inPath.isEmpty || !about.query.isEmpty {
                json.array("parameters") { json in
                    for name in inPath { parameter(name, "path", about.path[name] ?? name, inPathSchema(name), &json) }
                    for one in about.query { parameter(one.name, "query", one.meaning, one.schema, &json) }
                }
            }
            if let body = about.body {
                json.object("requestBody") { json in
                    json.member("required", true)
                    json.object("content") { json in
                        json.object(body.type) { json in
                            json.key("schema")
                            body.schema.write(&json)
                        }
                    }
                }
            }
            json.object("responses") { json in responses(route, &json) }
            json.array("security") { json in
                if route.role.isEmpty {
                    json.object { _ in }
                } else {
                    // Without configured keys nobody needs one.
                    json.object { _ in }
                    json.object { $0.array("bearer", []) }
                    json.object { $0.array("key", []) }
                }
            }
        }
    }

    /// What a segment of a path looks like.
    private static func inPathSchema(_ name: String) -> Schema { name == "trace_id" ? .format("uuid") : .string }

    private static func parameter(
        _ name: String,
        _ place: String,
        _ meaning: String,
        _ schema: Schema,
        _ json: inout JSONWriter
    ) {
        json.object { json in
            json.member("name", name)
            json.member("in", place)
            json.member("description", meaning)
            json.member("required", place == "path")
            json.key("schema")
            schema.write(&json)
        }
    }

    private static func responses(_ route: Route, _ json: inout JSONWriter) {
        let about = route.about
        for status in [about.status] + about.alsoStatuses {
            json.object(String(status)) { json in
                json.member("description", status == about.status ? "as asked" : "as asked; the answer says why not")
                if !about.answers.isEmpty { content(about.answers, &json) }
            }
        }
        if about.isRevised {
            json.object("304") { $0.member("description", "nothing changed since the entity tag that was sent") }
        }
        json.object("default") { json in
            json.member("description", "what was wrong, and what to do")
            switch route.style {
            case .envelope: content([.init(type: "application/json", schema: .named("Failure"))], &json)
            // What goes wrong before a route is known is told in the compatible form.
            case .otlp:
                let status = Schema.object([.member("code", .integer), .member("message", .string)])
                content(
                    [
                        .init(type: "application/json", schema: status),
                        .init(type: "application/x-protobuf", schema: nil),
                    ],
                    &json
                )
            case .jaeger: content([.init(type: "application/json", schema: JaegerRoutes.schema(.any))], &json)
            case .jaegerGateway:
                let error = Schema.object([.member("httpCode", .integer), .member("message", .string)])
                content([.init(type: "application/json", schema: .object([.member("error", error)]))], &json)
            case .plainText:
                content(
                    [
                        .init(type: "text/plain", schema: nil),
                        .init(type: "application/json", schema: .named("Failure")),
                    ],
                    &json
                )
            case .problem, .spanProblem, .grpc:
                content(
                    [
                        .init(type: "application/problem+json", schema: .named("Problem")),
                        .init(type: "application/json", schema: .named("Failure")),
                    ],
                    &json
                )
            }
        }
    }

    private static func content(_ answers: [RouteAbout.Answers], _ json: inout JSONWriter) {
        json.object("content") { json in
            for answer in answers {
                json.object(answer.type) { json in
                    json.key("schema")
                    (answer.schema ?? .string).write(&json)
                }
            }
        }
    }

    private static func operationID(_ route: Route) -> String {
        let words = route.path.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
        return ([route.method.rawValue.lowercased()] + words.map(String.init)).joined(separator: "_")
    }
}
