import Foundation
import Testing

/// `sdk-protocol/openapi.json` is what the server's own description says of the routes that take events and spans.
/// `UPDATE_GOLDEN=1` writes the file instead.
@Suite struct `The excerpt of the description for SDKs` {
    private static let paths = ["/events", "/v1/traces", "/v1/logs", "/api/v2/spans"]
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "sdk-protocol/openapi.json")

    @Test func `says what the server says`() async throws {
        let document = try await TestServer().get("/openapi.json").json
        let excerpt = try excerpt(of: document)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try Data((excerpt.text + "\n").utf8).write(to: Self.file)
        }
        #expect(try JSONNode(parsing: Array(Data(contentsOf: Self.file))) == excerpt)
    }

    private func excerpt(of document: JSONNode) throws -> JSONNode {
        let described = document["paths"].members
        let kept = Self.paths.compactMap { path in described.first { $0.key == path } }
        try #require(kept.count == Self.paths.count)
        var names: [String] = []
        for member in kept { collect(member.value, document, &names) }
        let schemas = names.map { JSONNode.Member(key: $0, value: document["components"]["schemas"][$0]) }
        let info: [JSONNode.Member] = [
            .init(key: "title", value: .string("Raceway, what SDKs need")), .init(key: "version", value: .string("1")),
        ]
        return .object([
            .init(key: "openapi", value: document["openapi"]), .init(key: "info", value: .object(info)),
            .init(key: "paths", value: .object(kept)),
            .init(
                key: "components",
                value: .object([
                    .init(key: "schemas", value: .object(schemas)),
                    .init(key: "securitySchemes", value: document["components"]["securitySchemes"]),
                ])
            ),
        ])
    }

    /// Names of the schemas that a part of the document refers to, and those that they refer to.
    private func collect(_ node: JSONNode, _ document: JSONNode, _ names: inout [String]) {
        if let name = node["$ref"].string?.split(separator: "/").last.map(String.init), !names.contains(name) {
            names.append(name)
            collect(document["components"]["schemas"][name], document, &names)
        }
        for element in node.elements { collect(element, document, &names) }
        for member in node.members { collect(member.value, document, &names) }
    }
}
