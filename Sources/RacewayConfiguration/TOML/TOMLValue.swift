/// A TOML value together with where it stands.
public struct TOMLNode: Sendable, Hashable {
    /// What was written.
    public var value: TOMLValue
    /// Byte at which the value, or the header of the table, begins; ``TOMLDocument/position(of:)`` makes a line of it.
    public var offset: Int

    /// A value at a byte.
    public init(_ value: TOMLValue, offset: Int = 0) {
        self.value = value
        self.offset = offset
    }
}

/// The kinds of value in TOML 1.0. Dates and times keep their text: nothing that reads TOML here computes with them.
public indirect enum TOMLValue: Sendable, Hashable {
    case string(String)
    case integer(Int64)
    case float(Double)
    case boolean(Bool)
    /// A date, a time or both, checked and as written.
    case dateTime(String)
    case array([TOMLNode])
    case table(TOMLTable)

    /// The kind in words, for errors: "a string".
    public var kind: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .float: "a float"
        case .boolean: "a Boolean"
        case .dateTime: "a date or time"
        case .array: "an array"
        case .table: "a table"
        }
    }
}

/// Keys and their values, in the order in which the keys first appeared.
public struct TOMLTable: Sendable, Hashable {
    /// The keys with their values.
    public internal(set) var entries: [Entry] = []

    /// One key with its value.
    public struct Entry: Sendable, Hashable {
        public var key: String
        public var node: TOMLNode
    }

    /// The value of a key.
    ///
    /// - Complexity: O(*n*) in the number of keys.
    public subscript(key: String) -> TOMLValue? { entries.first { $0.key == key }?.node.value }
}

/// A whole document.
public struct TOMLDocument: Sendable {
    /// The table that everything is in.
    public let root: TOMLTable
    private let bytes: [UInt8]

    /// Reads a document.
    ///
    /// Safe for any bytes: nesting is bounded by ``TOMLReader/depthMax`` and the size by ``TOMLReader/bytesMax``.
    ///
    /// - Throws: the first thing that is wrong, with its line and column.
    /// - Complexity: O(*n*) in the number of bytes.
    public init(_ bytes: [UInt8]) throws(TOMLError) {
        var reader = try TOMLReader(bytes)
        root = try reader.document()
        self.bytes = bytes
    }

    /// Reads a document from text.
    public init(_ text: String) throws(TOMLError) { try self.init(Array(text.utf8)) }

    /// Line and column of a byte.
    ///
    /// - Complexity: O(*n*) in the number of bytes before it: for errors, not for loops.
    public func position(of offset: Int) -> TOMLPosition { TOMLPosition(of: offset, in: bytes) }
}
