/// Reads TOML 1.0 (https://toml.io/en/v1.0.0), byte by byte, in one pass.
///
/// Written here because the one package at hand drops where a value stands, and an error about a setting must name its
/// line. Never crashes: every index is checked, numbers are parsed with overflow checks, and nesting is bounded.
public struct TOMLReader {
    /// Bytes of the largest document.
    public static let bytesMax = 1 << 20
    /// Arrays and tables inside each other, and parts of a dotted key.
    public static let depthMax = 64

    let bytes: [UInt8]
    var offset = 0
    var tree = TOMLTree()
    var depth = 0

    init(_ bytes: [UInt8]) throws(TOMLError) {
        self.bytes = bytes
        guard bytes.count <= Self.bytesMax else {
            throw TOMLError(
                position: TOMLPosition(line: 1, column: 1),
                message: "the document has \(bytes.count) bytes, at most \(Self.bytesMax) are read"
            )
        }
        if let invalid = Self.firstInvalidUTF8(bytes) { throw failure("the document is not UTF-8 here", at: invalid) }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    }

    /// Reads everything.
    mutating func document() throws(TOMLError) -> TOMLTable {
        var table = TOMLTree.root
        while true {
            skipBlank()
            guard let byte = peek else { break }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "#") {
                try endOfLine("a key, a table or the end of the line")
            } else if byte == UInt8(ascii: "[") {
                table = try header()
                try endOfLine("the end of the line after a table's name")
            } else {
                try keyValue(into: table)
                try endOfLine("the end of the line after a value")
            }
        }
        return tree.finished(TOMLTree.root)
    }

    private mutating func header() throws(TOMLError) -> Int {
        let start = offset
        offset += 1
        let isElement = take("[")
        skipBlank()
        let path = try key()
        skipBlank()
        guard take("]"), !isElement || take("]") else {
            throw failure("expected \(isElement ? "]]" : "]") after the name of the table")
        }
        tree.beginSection()
        do {
            return isElement ? try tree.append(path, offset: start) : try tree.define(path, offset: start)
        } catch {
            throw conflict(error, path, at: start)
        }
    }

    /// `a.b = value` into a table.
    mutating func keyValue(into table: Int) throws(TOMLError) {
        let start = offset
        let path = try key()
        // A dotted key nests as deep as the tables it stands for.
        guard depth + path.count <= Self.depthMax else { throw tooDeep(at: start) }
        depth += path.count
        defer { depth -= path.count }
        skipBlank()
        guard take("=") else { throw failure("expected = after the key") }
        skipBlank()
        let valueStart = offset
        let parent: Int
        do { parent = try tree.descend(path.dropLast(), from: table, offset: start) } catch {
            throw conflict(error, path, at: start)
        }
        let value = try value()
        do { try tree.insert(path[path.count - 1], value, into: parent, offset: valueStart) } catch {
            throw conflict(error, path, at: start)
        }
    }

    /// A value of any kind, at its first byte.
    mutating func value() throws(TOMLError) -> TOMLTree.Value {
        switch peek {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .leaf(.string(try string()))
        case UInt8(ascii: "["): return .leaf(.array(try nested { reader throws(TOMLError) in try reader.array() }))
        case UInt8(ascii: "{"): return .table(try nested { reader throws(TOMLError) in try reader.inlineTable() })
        default: return .leaf(try scalar())
        }
    }

    private mutating func array() throws(TOMLError) -> [TOMLNode] {
        offset += 1
        var elements: [TOMLNode] = []
        while true {
            try skipLines()
            if take("]") { return elements }
            let start = offset
            switch try value() {
            case .leaf(let value): elements.append(TOMLNode(value, offset: start))
            case .table(let table): elements.append(TOMLNode(.table(tree.finished(table)), offset: start))
            case .tables: break
            }
            try skipLines()
            if take("]") { return elements }
            guard take(",") else { throw failure("expected , or ] in the array") }
        }
    }

    private mutating func inlineTable() throws(TOMLError) -> Int {
        let table = tree.makeTable(.header, offset: offset)
        offset += 1
        skipBlank()
        if !take("}") {
            while true {
                skipBlank()
                try keyValue(into: table)
                skipBlank()
                if take("}") { break }
                guard take(",") else { throw failure("expected , or } in the inline table, on the same line") }
            }
        }
        tree.close(table)
        return table
    }

    private mutating func nested<T>(
        _ body: (inout TOMLReader) throws(TOMLError) -> T
    ) throws(TOMLError) -> T {
        guard depth < Self.depthMax else { throw tooDeep(at: offset) }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    private func tooDeep(at offset: Int) -> TOMLError {
        failure("arrays, tables and the parts of keys are nested deeper than \(Self.depthMax)", at: offset)
    }

    private func conflict(_ conflict: TOMLTree.Conflict, _ path: [String], at offset: Int) -> TOMLError {
        let name = Self.printable(path)
        let message =
            switch conflict {
            case .duplicate: "\(name) is defined a second time"
            case .notATable: "\(name) goes through a value that is not a table"
            case .closed: "\(name) adds to a table that is already complete"
            case .notAnArrayOfTables: "\(name) is already defined, and not as an array of tables"
            }
        return failure(message, at: offset)
    }
}
