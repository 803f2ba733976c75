/// The columns of a row that are known. Mostly it is one, which costs no table of its own.
enum RowColumns: Hashable {
    case one(String, SQLValue)
    /// None or several.
    case many([String: SQLValue])

    init(_ columns: [String: SQLValue]) {
        if columns.count == 1, let only = columns.first {
            self = .one(only.key, only.value)
        } else {
            self = .many(columns)
        }
    }

    var all: [String: SQLValue] {
        switch self {
        case .one(let name, let value): [name: value]
        case .many(let columns): columns
        }
    }

    subscript(name: String) -> SQLValue? {
        switch self {
        case .one(let only, let value): only == name ? value : nil
        case .many(let columns): columns[name]
        }
    }

    /// Whether what both know is the same; unknown where they know nothing in common.
    func agrees(with observed: RowColumns) -> RowState.Agreement {
        if case .one(let name, let value) = observed {
            guard let own = self[name] else { return .unknown }
            return own.isSame(as: value) ? .yes : .no
        }
        var shared = false
        for (column, value) in observed.all {
            guard let own = self[column] else { continue }
            guard own.isSame(as: value) else { return .no }
            shared = true
        }
        return shared ? .yes : .unknown
    }
}
