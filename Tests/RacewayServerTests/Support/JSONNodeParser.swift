/// A strict reader for ``JSONNode``: answers of ours must be JSON to the letter.
struct JSONNodeParser {
    private let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws -> JSONNode {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw fault }
        let node = try value()
        skipBlanks()
        guard position == bytes.count else { throw fault }
        return node
    }

    private var fault: JSONNode.Malformed { JSONNode.Malformed(offset: position) }
    private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte, [0x20, 0x0a, 0x0d, 0x09].contains(byte) { position += 1 }
    }

    private mutating func take(_ expected: Character) -> Bool {
        skipBlanks()
        guard byte == expected.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func value() throws -> JSONNode {
        skipBlanks()
        switch byte {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        default: return try scalar()
        }
    }

    private mutating func object() throws -> JSONNode {
        position += 1
        var members: [JSONNode.Member] = []
        if take("}") { return .object([]) }
        repeat {
            skipBlanks()
            let key = try string()
            guard take(":"), !members.contains(where: { $0.key == key }) else { throw fault }
            members.append(JSONNode.Member(key: key, value: try value()))
        } while take(",")
        guard take("}") else { throw fault }
        return .object(members)
    }

    private mutating func array() throws -> JSONNode {
        position += 1
        var elements: [JSONNode] = []
        if take("]") { return .array([]) }
        repeat { elements.append(try value()) } while take(",")
        guard take("]") else { throw fault }
        return .array(elements)
    }

    private mutating func string() throws -> String {
        guard take("\"") else { throw fault }
        var text: [UInt8] = []
        while let byte {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw fault
            default: text.append(byte)
            }
        }
        throw fault
    }

    private mutating func escape(into text: inout [UInt8]) throws {
        guard let byte else { throw fault }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "u"):
            var unit = try hex()
            if unit >= 0xd800, unit < 0xdc00 {
                guard byte == UInt8(ascii: "u"), take("\\"), take("u") else { throw fault }
                let low = try hex()
                guard low >= 0xdc00, low < 0xe000 else { throw fault }
                unit = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(unit) else { throw fault }
            text.append(contentsOf: String(Character(scalar)).utf8)
        default: throw fault
        }
    }

    private mutating func hex() throws -> UInt32 {
        guard position + 4 <= bytes.count,
            let unit = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw fault }
        position += 4
        return unit
    }

    private mutating func scalar() throws -> JSONNode {
        let start = position
        while let byte, byte > 0x20, ![UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}")].contains(byte) {
            position += 1
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        switch text {
        case "null": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        default:
            if let integer = Int64(text) { return .integer(integer) }
            if text.contains(where: { ".eE".contains($0) }), let double = Double(text) { return .double(double) }
            throw fault
        }
    }
}
