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
    /// The version before of the same row with the same number; -1 for none.
    var previousEqual = -1
}

/// All versions of all rows that a log mentions.
struct StoreVersions {
    /// One row.
    struct Key {
        var table: String
        var name: String
        /// Its state before the log, then every version in the order of effect.
        var versions: [Int]
        /// The smallest number that a write of the log gave the row.
        var leastNumber: Int64?
        /// Some version has no number and a state that is known.
        var hasUnnumbered = false
    }

    private struct KeyNumber: Hashable {
        var key: Int
        var number: Int64
    }

    private struct KeyName: Hashable {
        var table: String
        var name: String
    }

    private(set) var keys: [Key] = []
    private(set) var versions: [StoreVersion] = []
    private(set) var keysOfTable: [String: [Int]] = [:]
    private var keyIndex: [KeyName: Int] = [:]
    /// Row of each place of the log, -1 before it is known.
    private var keyOfPlace: ContiguousArray<Int> = []
    /// The last version with a number.
    private var lastNumbered: [KeyNumber: Int] = [:]

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

    /// The row that a data event mentions, added when new.
    mutating func register(_ row: ObservedRow, of table: String) {
        while keyOfPlace.count <= row.place { keyOfPlace.append(-1) }
        if keyOfPlace[row.place] < 0 { keyOfPlace[row.place] = key(table, row.key) }
    }

    /// The row that a data event mentions, when some statement that counts mentions it.
    func find(_ row: ObservedRow, of table: String) -> Int? {
        if row.place < keyOfPlace.count, keyOfPlace[row.place] >= 0 { return keyOfPlace[row.place] }
        return find(table, row.key)
    }

    /// Versions of a row with a number of the store's, latest first, at most ``versionsNearMax``: numbers are meant to be unique.
    func versions(of key: Int, numbered number: Int64) -> [Int] {
        var result: [Int] = []
        var next = lastNumbered[KeyNumber(key: key, number: number)] ?? -1
        while next >= 0, result.count < Self.versionsNearMax {
            result.append(next)
            next = versions[next].previousEqual
        }
        return result
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
        let (key, number) = (versions[index].key, versions[index].number)
        guard number >= 0 else {
            keys[key].hasUnnumbered = true
            return
        }
        let before = lastNumbered.updateValue(index, forKey: KeyNumber(key: key, number: number))
        versions[index].previousEqual = before ?? -1
        keys[key].leastNumber = min(keys[key].leastNumber ?? .max, number)
    }
}
