import HTTPTypes
import Hummingbird
import JSONText
import TraceModel

/// Tags and their values, for editors of queries.
enum TempoTagRoutes {
    static func all(_ server: ServerState) -> [Route] { names(server) + values(server) }

    private static func names(_ server: ServerState) -> [Route] {
        let scope = Schema.object([.member("name", .string), .member("tags", .array(.string))])
        let parameter = RouteParameter("scope", "resource, span, event, link, instrumentation or intrinsic")
        return [
            .get(
                "/tempo/api/search/tags",
                style: .plainText,
                RouteAbout(
                    "Names of tags, for Tempo's clients",
                    query: [parameter],
                    answer: .object([.member("tagNames", .array(.string)), .member("metrics", .any)])
                )
            ) { request in
                let scopes = try await scopes(request, server)
                let names = Set(scopes.filter { $0.name != intrinsic }.flatMap(\.tags))
                return Answer.json { json in
                    json.object { json in
                        json.array("tagNames", names.sorted())
                        json.object("metrics") { _ in }
                    }
                }
            },
            .get(
                "/tempo/api/v2/search/tags",
                style: .plainText,
                RouteAbout(
                    "Names of tags by scope, for Tempo's clients",
                    query: [parameter],
                    answer: .object([.member("scopes", .array(scope)), .member("metrics", .any)])
                )
            ) { request in
                let scopes = try await scopes(request, server)
                return Answer.json { json in
                    json.object { json in
                        json.array("scopes") { json in
                            for scope in scopes {
                                json.object { json in
                                    json.member("name", scope.name)
                                    json.array("tags", scope.tags)
                                }
                            }
                        }
                        json.object("metrics") { _ in }
                    }
                }
            },
        ]
    }

    private static let intrinsic = "intrinsic"

    private static func scopes(
        _ request: borrowing RouteRequest,
        _ server: ServerState
    ) async throws -> [(name: String, tags: [String])] {
        let wanted = try request.text("scope") ?? "none"
        guard wanted == "none" || wanted == intrinsic || SpanCatalogue.Scope(rawValue: wanted) != nil else {
            throw RequestFailure(.badRequest, "invalid scope: \(wanted.prefix(64))", field: "scope")
        }
        let tags = try await server.index.currentCatalogue().tags
        var scopes = SpanCatalogue.Scope.allCases.map { ($0.rawValue, (tags[$0] ?? [:]).keys.sorted()) }
        scopes.append((intrinsic, TraceQL.Field.intrinsicNames))
        return scopes.filter { wanted == "none" ? !$0.1.isEmpty : $0.0 == wanted }.map { (name: $0.0, tags: $0.1) }
    }

    private static func values(_ server: ServerState) -> [Route] {
        let value = Schema.object([.member("type", .string), .member("value", .string)])
        return [
            .get(
                "/tempo/api/search/tag/:tag/values",
                style: .plainText,
                RouteAbout(
                    "Values of a tag, for Tempo's clients",
                    answer: .object([.member("tagValues", .array(.string)), .member("metrics", .any)])
                )
            ) { request in
                let values = try await values(try request.parameter("tag"), server)
                return Answer.json { json in
                    json.object { json in
                        json.array("tagValues", Set(values.map(\.text)).sorted())
                        json.object("metrics") { _ in }
                    }
                }
            },
            .get(
                "/tempo/api/v2/search/tag/:tag/values",
                style: .plainText,
                RouteAbout(
                    "Values of a tag with their types, for Tempo's clients",
                    query: [RouteParameter("q", "TraceQL that the answer does not depend on")],
                    answer: .object([.member("tagValues", .array(value)), .member("metrics", .any)])
                )
            ) { request in
                let values = try await values(try request.parameter("tag"), server)
                return Answer.json { json in
                    json.object { json in
                        json.array("tagValues") { json in
                            for value in values {
                                json.object { json in
                                    json.member("type", value.type)
                                    json.member("value", value.text)
                                }
                            }
                        }
                        json.object("metrics") { _ in }
                    }
                }
            },
        ]
    }

    /// Values of an attribute in any scope or in the one that is named, or of what belongs to no attribute.
    private static func values(_ tag: String, _ server: ServerState) async throws -> [(type: String, text: String)] {
        let catalogue = try await server.index.currentCatalogue()
        switch TraceQL.Field(tag) ?? .attribute(nil, tag) {
        case .status: return ["error", "ok", "unset"].map { ("keyword", $0) }
        case .kind: return Span.Kind.allCases.map { ("keyword", "\($0)") }
        case .name, .rootName:
            return Set(catalogue.operations.values.flatMap { $0.map(\.name) }).sorted().map { ("string", $0) }
        case .rootService: return catalogue.operations.keys.sorted().map { ("string", $0) }
        case .attribute(let scope, let key): return values(key, scope, catalogue)
        case .duration, .traceDuration, .statusMessage, .traceID, .spanID: return []
        }
    }

    private static func values(
        _ key: String,
        _ scope: SpanCatalogue.Scope?,
        _ catalogue: SpanCatalogue
    ) -> [(type: String, text: String)] {
        let scopes: [SpanCatalogue.Scope] = scope.map { [$0] } ?? [.resource, .span]
        var texts: [String: String] = [:]
        for scope in scopes {
            guard let values = catalogue.tags[scope]?[key] else { continue }
            for text in values.texts { texts[text] = values.type }
        }
        if key == "service.name", scope != .span {
            // Senders without resources name their service otherwise.
            for name in catalogue.operations.keys { texts[name] = "string" }
        }
        return texts.sorted { $0.key < $1.key }.map { (type: $0.value, text: $0.key) }
    }
}
