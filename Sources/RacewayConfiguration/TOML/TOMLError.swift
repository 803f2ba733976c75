/// A place in a document, both counted from 1; columns in characters as an editor counts them.
public struct TOMLPosition: Sendable, Hashable, CustomStringConvertible {
    public var line: Int
    public var column: Int

    /// A place.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    init(of offset: Int, in bytes: [UInt8]) {
        line = 1
        column = 1
        for byte in bytes.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
    }

    public var description: String { "\(line):\(column)" }
}

/// Why a document is not TOML 1.0. Quotes no values, since any of them may be a secret.
public struct TOMLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where it is wrong.
    public var position: TOMLPosition
    /// What was found or expected there.
    public var message: String

    public var description: String { "\(position): \(message)" }
}
