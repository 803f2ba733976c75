/// Why an input as a whole could not be read, with the place and what was expected there.
public struct FormatError: Error, Sendable, Equatable {
    /// A closed, machine-readable reason, one of ``FaultCode``.
    public var code: String
    /// Name of the input as the caller gave it.
    public var name: String
    /// What was wrong, in one sentence without payload; control characters escaped.
    public var message: String
    /// 1-based; 0 where the format has no lines.
    public var line: Int
    /// 1-based, in bytes; 0 where the format has no lines.
    public var column: Int
    /// Offset from the start of the (decompressed) input.
    public var byte: Int
    /// What would have been right; may be empty.
    public var expected: String

    /// Makes an error.
    public init(
        code: String,
        name: String = "",
        message: String,
        line: Int = 0,
        column: Int = 0,
        byte: Int = 0,
        expected: String = ""
    ) {
        self.code = code
        self.name = Self.safe(name)
        self.message = Self.safe(message)
        self.line = line
        self.column = column
        self.byte = byte
        self.expected = Self.safe(expected)
    }

    /// Longest text taken over from an input.
    static let textMax = 200

    /// `text` shortened, with control characters and quotes of terminals' interest escaped.
    public static func safe(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(textMax) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        if text.unicodeScalars.count > textMax { result += "…" }
        return result
    }
}

extension FormatError: CustomStringConvertible {
    /// `file:line:column: message (byte n), expected …`
    public var description: String {
        var text = name
        if line > 0 { text += (text.isEmpty ? "line " : ":") + "\(line)" + (column > 0 ? ":\(column)" : "") }
        if !text.isEmpty { text += ": " }
        text += message
        if line > 0 || byte > 0 { text += " (byte \(byte))" }
        if !expected.isEmpty { text += ", expected \(expected)" }
        return text
    }
}
