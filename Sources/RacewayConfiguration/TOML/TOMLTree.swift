/// The tables of a document while it is read: which were defined how, and what may still be added to them.
///
/// TOML lets a table be defined once, but reached many times; what is allowed depends on how it came to be. Tables live
/// in one flat list and refer to each other by index, so that reaching one costs no copies.
struct TOMLTree {
    /// How a table came to be.
    enum Definition: Equatable {
        /// As a parent in a header: `[a.b]` makes `a`. May still be defined, once.
        case implied
        /// By its own header, or the root.
        case header
        /// As a parent in a dotted key of that section. Closed when the next header begins.
        case dotted(section: Int)
        /// By braces: complete.
        case inline
    }

    enum Value {
        case leaf(TOMLValue)
        case table(Int)
        /// Elements of `[[a]]`.
        case tables([Int])
    }

    struct Entry {
        var key: String
        var offset: Int
        var value: Value
    }

    struct Table {
        var definition: Definition
        var offset: Int
        var entries: [Entry] = []
        var index: [String: Int] = [:]
    }

    /// Why something cannot be added.
    enum Conflict: Error {
        case duplicate
        case notATable
        case closed
        case notAnArrayOfTables
    }

    private(set) var tables = [Table(definition: .header, offset: 0)]
    /// Counts headers and inline tables: dotted keys extend only what their own section made.
    private(set) var section = 0

    static let root = 0

    /// Begins a section: what dotted keys made before is closed.
    mutating func beginSection() { section += 1 }

    /// A table that nothing refers to yet.
    mutating func makeTable(_ definition: Definition, offset: Int) -> Int {
        tables.append(Table(definition: definition, offset: offset))
        return tables.count - 1
    }

    /// Closes an inline table.
    mutating func close(_ table: Int) { tables[table].definition = .inline }

    /// Adds a key that must be new.
    mutating func insert(_ key: String, _ value: Value, into table: Int, offset: Int) throws(Conflict) {
        guard tables[table].index[key] == nil else { throw .duplicate }
        tables[table].index[key] = tables[table].entries.count
        tables[table].entries.append(Entry(key: key, offset: offset, value: value))
    }

    /// The table of `[path]`, which this header defines.
    mutating func define(_ path: [String], offset: Int) throws(Conflict) -> Int {
        let parent = try parents(of: path, offset: offset)
        let key = path[path.count - 1]
        switch value(key, in: parent) {
        case nil:
            let table = makeTable(.header, offset: offset)
            try insert(key, .table(table), into: parent, offset: offset)
            return table
        case .table(let table) where tables[table].definition == .implied:
            tables[table].definition = .header
            tables[table].offset = offset
            return table
        default: throw .duplicate
        }
    }

    /// A new element of `[[path]]`.
    mutating func append(_ path: [String], offset: Int) throws(Conflict) -> Int {
        let parent = try parents(of: path, offset: offset)
        let key = path[path.count - 1]
        let table = makeTable(.header, offset: offset)
        switch value(key, in: parent) {
        case nil: try insert(key, .tables([table]), into: parent, offset: offset)
        case .tables(var elements):
            guard let index = tables[parent].index[key] else { throw .duplicate }
            // Taken out so that appending does not copy the list.
            tables[parent].entries[index].value = .tables([])
            elements.append(table)
            tables[parent].entries[index].value = .tables(elements)
        default: throw .notAnArrayOfTables
        }
        return table
    }

    /// The table that a dotted key of `table` puts its last part into.
    mutating func descend(_ parents: some Sequence<String>, from table: Int, offset: Int) throws(Conflict) -> Int {
        var table = table
        for key in parents {
            switch value(key, in: table) {
            case nil:
                let child = makeTable(.dotted(section: section), offset: offset)
                try insert(key, .table(child), into: table, offset: offset)
                table = child
            case .table(let child):
                switch tables[child].definition {
                case .implied: tables[child].definition = .dotted(section: section)
                case .dotted(section): break
                default: throw .closed
                }
                table = child
            case .tables: throw .closed
            case .leaf: throw .notATable
            }
        }
        return table
    }

    private mutating func parents(of path: [String], offset: Int) throws(Conflict) -> Int {
        var table = Self.root
        for key in path.dropLast() {
            switch value(key, in: table) {
            case nil:
                let child = makeTable(.implied, offset: offset)
                try insert(key, .table(child), into: table, offset: offset)
                table = child
            case .table(let child):
                guard tables[child].definition != .inline else { throw .closed }
                table = child
            case .tables(let elements):
                guard let last = elements.last else { throw .notATable }
                table = last
            case .leaf: throw .notATable
            }
        }
        return table
    }

    private func value(_ key: String, in table: Int) -> Value? {
        tables[table].index[key].map { tables[table].entries[$0].value }
    }

    /// The finished value of a table. Recursion is bounded by the reader's depth.
    func finished(_ table: Int) -> TOMLTable {
        var result = TOMLTable()
        result.entries.reserveCapacity(tables[table].entries.count)
        for entry in tables[table].entries {
            let node =
                switch entry.value {
                case .leaf(let value): TOMLNode(value, offset: entry.offset)
                case .table(let child): TOMLNode(.table(finished(child)), offset: tables[child].offset)
                case .tables(let children):
                    TOMLNode(
                        .array(children.map { TOMLNode(.table(finished($0)), offset: tables[$0].offset) }),
                        offset: entry.offset
                    )
                }
            result.entries.append(TOMLTable.Entry(key: entry.key, node: node))
        }
        return result
    }
}
