/// JSON with the order of members and the kind of numbers kept, which answers promise and decoders forget.
indirect enum JSONNode: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case double(Double)
    case string(String)
    case array([JSONNode])
    case object([Member])

    struct Member: Equatable, Sendable {
        var key: String
        var value: JSONNode
    }

    struct Malformed: Error {
        var offset: Int
    }

    init(parsing bytes: [UInt8]) throws {
        var parser = JSONNodeParser(bytes: bytes)
        self = try parser.document()
    }

    init(parsing text: String) throws { try self.init(parsing: Array(text.utf8)) }

    /// A member; `null` when there is none.
    subscript(_ key: String) -> JSONNode {
        guard case .object(let members) = self else { return .null }
        return members.first { $0.key == key }?.value ?? .null
    }

    /// An element; `null` when there is none.
    subscript(_ index: Int) -> JSONNode { index < elements.count ? elements[index] : .null }

    var elements: [JSONNode] { if case .array(let elements) = self { elements } else { [] } }
    var members: [Member] { if case .object(let members) = self { members } else { [] } }
    var keys: [String] { members.map(\.key) }
    var string: String? { if case .string(let text) = self { text } else { nil } }
    var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    var double: Double? { if case .double(let value) = self { value } else { nil } }
    var count: Int { elements.count }

    /// JSON text on one line, members in their order.
    var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .double(let value): String(value)
        case .string(let value): Self.quoted(value)
        case .array(let elements): "[" + elements.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { Self.quoted($0.key) + ":" + $0.value.text }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
