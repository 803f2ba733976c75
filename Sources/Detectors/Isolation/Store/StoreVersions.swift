/// What a row is in one version, as far as it is known.
enum RowState: Hashable {
    /// It may or may not exist, with columns that are not known.
    case unknown
    case absent
    /// It exists; columns that are missing are not known.
    case present([String: SQLValue])

    /// How a state compares with what was observed.
    enum Agreement {
        case yes
        case no
        case unknown
    }

    func agrees(with observed: RowState) -> Agreement {
        switch (self, observed) {
        case (.unknown, _), (_, .unknown): return .unknown
        case (.absent, .absent): return .yes
        case (.absent, .present), (.present, .absent): return .no
        case (.present(let mine), .present(let theirs)):
            var shared = false
            for (column, value) in theirs {
                guard let own = mine[column] else { continue }
                guard own.isSame(as: value) else { return .no }
                shared = true
            }
            return shared ? .yes : .unknown
        }
    }
}

extension SQLValue {
    /// Equal as a reader of the row would see it: `10` and `10.0` are the same.
    func isSame(as other: SQLValue) -> Bool {
        self == other || (self != .null && other != .null && keyText == other.keyText)
    }
}

/// One version of one row.
struct StoreVersion {
    var key: Int
    /// The writer; -1 for the state before the log.
    var transaction: Int
    var statement: Int
    var state: RowState
    /// The store's version number, or -1.
    var number: Int64 = -1
    /// The writing statement is known to have touched the row.
    var isCertain = true
    /// The new value was computed from the stored one, so that the write itself cannot lose an update.
    var isRelative = false
    /// Where the write took effect.
    var position: Int
}

/// All versions of all rows that a log mentions.
struct StoreVersions {
    /// One row.
    struct Key {
        var table: String
        var name: String
        /// Its state before the log, then every version in the order of effect.
        var versions: [Int]
        var byValue: [ColumnValue: [Int]] = [:]
        var byNumber: [Int64: [Int]] = [:]
        /// The smallest number that a write of the log gave the row.
        var leastNumber: Int64?
    }

    struct ColumnValue: Hashable {
        var column: String
        var value: String
    }

    private struct KeyName: Hashable {
        var table: String
        var name: String
    }

    private(set) var keys: [Key] = []
    private(set) var versions: [StoreVersion] = []
    private(set) var keysOfTable: [String: [Int]] = [:]
    private var keyIndex: [KeyName: Int] = [:]

    /// Versions looked at when a read gives no value that names one. Older ones are overwritten many times over.
    static let versionsNearMax = 64

    /// The row with this key, added when new.
    mutating func key(_ table: String, _ name: String) -> Int {
        let known = KeyName(table: table, name: name)
        if let index = keyIndex[known] { return index }
        let index = keys.count
        keyIndex[known] = index
        keysOfTable[table, default: []].append(index)
        versions.append(StoreVersion(key: index, transaction: -1, statement: -1, state: .unknown, position: -1))
        keys.append(Key(table: table, name: name, versions: [versions.count - 1]))
        return index
    }

    /// The row with this key when some statement mentions it.
    func find(_ table: String, _ name: String) -> Int? { keyIndex[KeyName(table: table, name: name)] }

    /// The state of a row before the log.
    func initial(_ key: Int) -> Int { keys[key].versions[0] }

    mutating func add(_ version: StoreVersion) -> Int {
        let index = versions.count
        versions.append(version)
        keys[version.key].versions.append(index)
        self.index(index)
        return index
    }

    /// Fills in what an observation tells about a state that was not known.
    mutating func learn(_ version: Int, _ state: RowState) {
        guard versions[version].state == .unknown else { return }
        versions[version].state = state
        index(version)
    }

    private mutating func index(_ index: Int) {
        let version = versions[index]
        if version.number >= 0 {
            keys[version.key].byNumber[version.number, default: []].append(index)
            keys[version.key].leastNumber = min(keys[version.key].leastNumber ?? .max, version.number)
        }
        guard case .present(let columns) = version.state else { return }
        for (column, value) in columns {
            keys[version.key].byValue[ColumnValue(column: column, value: value.keyText), default: []].append(index)
        }
    }
}
