import Foundation

@testable import SDKConformance

/// The part of JSON Schema 2020-12 that `sdk-protocol/events.schema.json` uses; another keyword is an error.
final class JSONSchema {
    struct Unsupported: Error {
        var keyword: String
    }

    private let root: JSONValue
    private var patterns: [String: Regex<AnyRegexOutput>] = [:]
    private static let silent: Set<String> = ["description", "title", "$schema", "$id", "$defs"]

    init(file: URL) throws {
        root = try JSONDecoder().decode(JSONValue.self, from: Data(contentsOf: file))
    }

    /// Whether a value matches the definition of a name; the root when there is none.
    func accepts(_ value: JSONValue, as name: String? = nil) throws -> Bool {
        guard let name else { return try accepts(value, root) }
        return try accepts(value, .object(["$ref": .text("#/$defs/\(name)")]))
    }

    private func accepts(_ value: JSONValue, _ schema: JSONValue) throws -> Bool {
        guard case .object(let members) = schema else { return schema != .bool(false) }
        for (keyword, rule) in members where !Self.silent.contains(keyword) {
            guard try holds(keyword, rule, members, value) else { return false }
        }
        return true
    }

    private func holds(
        _ keyword: String,
        _ rule: JSONValue,
        _ schema: [String: JSONValue],
        _ value: JSONValue
    ) throws -> Bool {
        switch keyword {
        case "$ref":
            let name = String((rule.text ?? "").split(separator: "/").last ?? "")
            guard let target = root.members["$defs"]?.members[name] else { throw Unsupported(keyword: "\(rule)") }
            return try accepts(value, target)
        case "anyOf": return try rule.elements.contains { try accepts(value, $0) }
        case "type": return (rule.text.map { [$0] } ?? rule.elements.compactMap(\.text)).contains { value.isType($0) }
        case "enum": return rule.elements.contains(value)
        case "minimum": return value.double.map { $0 >= rule.double ?? 0 } ?? true
        case "maximum": return value.double.map { $0 <= rule.double ?? 0 } ?? true
        case "maxLength": return value.text.map { $0.unicodeScalars.count <= Int(rule.double ?? 0) } ?? true
        case "pattern": return try value.text.map { try matches($0, rule.text ?? "") } ?? true
        case "required":
            return !value.isType("object") || rule.elements.allSatisfy { value.members[$0.text ?? ""] != nil }
        case "minProperties": return !value.isType("object") || value.members.count >= Int(rule.double ?? 0)
        case "maxProperties": return !value.isType("object") || value.members.count <= Int(rule.double ?? 0)
        case "minItems": return !value.isType("array") || value.elements.count >= Int(rule.double ?? 0)
        case "properties":
            return try value.members.allSatisfy { try accepts($1, rule.members[$0] ?? .bool(true)) }
        case "additionalProperties":
            let known = schema["properties"]?.members ?? [:]
            return try value.members.allSatisfy { try known[$0.key] != nil || accepts($0.value, rule) }
        case "prefixItems": return try zip(value.elements, rule.elements).allSatisfy { try accepts($0, $1) }
        case "items":
            let first = schema["prefixItems"]?.elements.count ?? 0
            return try value.elements.dropFirst(first).allSatisfy { try accepts($0, rule) }
        default: throw Unsupported(keyword: keyword)
        }
    }

    private func matches(_ text: String, _ pattern: String) throws -> Bool {
        let regex = try patterns[pattern] ?? Regex(pattern)
        patterns[pattern] = regex
        return text.firstMatch(of: regex) != nil
    }
}

extension JSONValue: Equatable {
    static func == (a: JSONValue, b: JSONValue) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.text(let a), .text(let b)): a == b
        case (.list(let a), .list(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: a.double != nil && a.double == b.double
        }
    }

    var text: String? { if case .text(let text) = self { text } else { nil } }
    var elements: [JSONValue] { if case .list(let list) = self { list } else { [] } }
    var members: [String: JSONValue] { if case .object(let members) = self { members } else { [:] } }

    var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .unsigned(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    func isType(_ name: String) -> Bool {
        switch (name, self) {
        case ("null", .null), ("boolean", .bool), ("string", .text), ("array", .list), ("object", .object): true
        case ("number", _): double != nil
        case ("integer", _): double.map { $0.rounded() == $0 } ?? false
        default: false
        }
    }
}
