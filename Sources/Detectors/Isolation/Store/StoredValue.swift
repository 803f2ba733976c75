import TraceModel

/// What a data event says about a row's value, read from its JSON text.
enum StoredValue: Hashable {
    case scalar(SQLValue)
    /// An object whose members are columns; members that are no scalars are kept as text.
    case columns([String: SQLValue])
    /// An array: a list that transactions append to. Elements are compared by their text.
    case list([String])

    /// Reads JSON text. What is no JSON is taken as a text value, since some senders do not quote.
    ///
    /// - Complexity: O(*n*); nothing recursive is followed.
    init(json text: String) {
        var reader = JSONValueReader(Array(text.utf8))
        self = reader.value() ?? .scalar(.text(text))
    }

    /// Reads the JSON text of a payload; plain integers, which most are, without making a text of it.
    init(_ range: ByteRange, _ batch: borrowing EventBatch) {
        if let number = batch.withPayload(range, Self.integer) {
            self = .scalar(.integer(number))
        } else {
            self.init(json: batch.text(range))
        }
    }

    /// The value of at most eighteen digits and nothing else, which no integer type overflows.
    private static func integer(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard (1...18).contains(bytes.count) else { return nil }
        var value: Int64 = 0
        for byte in bytes {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return value
    }

    /// The single column that stands for "the value" where the sender gave no columns.
    static let wholeColumn = ""

    /// The columns of the row that the value describes.
    var asColumns: RowColumns {
        switch self {
        case .scalar(let value): .one(Self.wholeColumn, value)
        case .columns(let columns): RowColumns(columns)
        case .list(let elements): .one(Self.wholeColumn, .text("[" + elements.joined(separator: ",") + "]"))
        }
    }
}

/// Reads one level of JSON; nested containers are returned as their text.
private struct JSONValueReader {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private var peek: UInt8 { at < bytes.count ? bytes[at] : 0 }

    mutating func value() -> StoredValue? {
        skipSpace()
        let result: StoredValue?
        switch peek {
        case UInt8(ascii: "["): result = elements().map(StoredValue.list)
        case UInt8(ascii: "{"): result = members().map(StoredValue.columns)
        default: result = scalar().map(StoredValue.scalar)
        }
        skipSpace()
        return at == bytes.count ? result : nil
    }

    private mutating func skipSpace() {
        while [9, 10, 13, 32].contains(peek) { at += 1 }
    }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        skipSpace()
        guard peek == UInt8(ascii: byte) else { return false }
        at += 1
        return true
    }

    private mutating func elements() -> [String]? {
        at += 1
        var result: [String] = []
        if take("]") { return result }
        repeat {
            skipSpace()
            let start = at
            guard skipValue() else { return nil }
            result.append(String(decoding: bytes[start..<at], as: UTF8.self))
        } while take(",")
        return take("]") ? result : nil
    }

    private mutating func members() -> [String: SQLValue]? {
        at += 1
        var result: [String: SQLValue] = [:]
        if take("}") { return result }
        repeat {
            skipSpace()
            guard let name = string(), take(":") else { return nil }
            skipSpace()
            let start = at
            if let value = scalar() {
                result[name.lowercased()] = value
            } else {
                at = start
                guard skipValue() else { return nil }
                result[name.lowercased()] = .text(String(decoding: bytes[start..<at], as: UTF8.self))
            }
        } while take(",")
        return take("}") ? result : nil
    }

    /// Steps over any value, counting brackets outside of strings.
    private mutating func skipValue() -> Bool {
        var depth = 0
        let start = at
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                guard string() != nil else { return false }
                if depth == 0 { return true }
                continue
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                if depth == 0 { return at > start }
                depth -= 1
                if depth == 0 {
                    at += 1
                    return true
                }
            case UInt8(ascii: ","), 9, 10, 13, 32: if depth == 0 { return at > start }
            default: break
            }
            at += 1
        }
        return depth == 0 && at > start
    }

    private mutating func scalar() -> SQLValue? {
        if peek == UInt8(ascii: "\"") { return string().map(SQLValue.text) }
        let start = at
        while at < bytes.count, !Self.ends.contains(bytes[at]) { at += 1 }
        let word = String(decoding: bytes[start..<at], as: UTF8.self)
        switch word {
        case "null": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        default:
            if let number = Int64(word) { return .integer(number) }
            guard let first = word.utf8.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first) else {
                return nil
            }
            return Double(word).map(SQLValue.decimal)
        }
    }

    private static let ends = Set(",:]}[{ \t\r\n\"".utf8)

    private mutating func string() -> String? {
        guard peek == UInt8(ascii: "\"") else { return nil }
        at += 1
        var content: [UInt8] = []
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: content, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                content.append(byte)
                continue
            }
            let escape = peek
            at += 1
            switch escape {
            case UInt8(ascii: "n"): content.append(10)
            case UInt8(ascii: "t"): content.append(9)
            case UInt8(ascii: "r"): content.append(13)
            case UInt8(ascii: "b"): content.append(8)
            case UInt8(ascii: "f"): content.append(12)
            case UInt8(ascii: "u"):
                // Kept as written: values are only compared, and equal values are spelled alike by one sender.
                content += [UInt8(ascii: "\\"), UInt8(ascii: "u")]
            default: content.append(escape)
            }
        }
        return nil
    }
}
