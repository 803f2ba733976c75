/// What a row is in one version, as far as it is known.
enum RowState: Hashable {
    /// It may or may not exist, with columns that are not known.
    case unknown
    case absent
    /// It exists; columns that are missing are not known.
    case present(RowColumns)

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
        case (.present(let mine), .present(let theirs)): return mine.agrees(with: theirs)
        }
    }
}

extension SQLValue {
    /// Equal as a reader of the row would see it: `10` and `10.0` are the same.
    func isSame(as other: SQLValue) -> Bool {
        self == other || (self != .null && other != .null && keyText == other.keyText)
    }
}

/// One version of one row; its state stands in ``StoreVersions/states``.
struct StoreVersion {
    @Narrow var key: Int
    /// The writer; -1 for the state before the log.
    @Narrow var transaction: Int
    @Narrow var statement: Int
    /// The store's version number, or -1.
    var number: Int64 = -1
    /// The writing statement is known to have touched the row.
    var isCertain = true
    /// The new value was computed from the stored one, so that the write itself cannot lose an update.
    var isRelative = false
    /// Where the write took effect.
    @Narrow var position: Int
    /// Where its statement began.
    @Narrow var start: Int
    /// The latest end of a transaction that committed this version or an earlier one of the row; -1 for none.
    @Narrow var lastEnd = -1
    /// The version before of the same row with the same number; -1 for none.
    @Narrow var previousEqual = -1
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
        /// Versions with a number, and the largest.
        fileprivate var numbered = 0
        fileprivate var greatestNumber: Int64 = -1
        /// The last version with each number, where numbers do not rise from version to version.
        fileprivate var byNumber: [Int64: Int]?
    }

    private struct KeyName: Hashable {
        var table: String
        var name: String
    }

    private(set) var keys: [Key] = []
    private(set) var versions: ContiguousArray<StoreVersion> = []
    private(set) var states: ContiguousArray<RowState> = []
    private(set) var keysOfTable: [String: [Int]] = [:]
    private var keyIndex: [KeyName: Int] = [:]
    /// Row of each place of the log, -1 before it is known.
    private var keyOfPlace: ContiguousArray<Int> = []

    /// Versions looked at when a read gives no value that names one. Older ones are overwritten many times over.
    static let versionsNearMax = 64

    /// The row with this key, added when new.
    mutating func key(_ table: String, _ name: String) -> Int {
        let known = KeyName(table: table, name: name)
        if let index = keyIndex[known] { return index }
        let index = keys.count
        keyIndex[known] = index
        keysOfTable[table, default: []].append(index)
        versions.append(StoreVersion(key: index, transaction: -1, statement: -1, position: -1, start: -1))
        states.append(.unknown)
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
        guard let byNumber = keys[key].byNumber else {
            return risingVersion(of: key, numbered: number).map { [$0] } ?? []
        }
        var result: [Int] = []
        var next = byNumber[number] ?? -1
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

    /// The version of a row whose numbers rise: mostly one of the latest.
    private func risingVersion(of key: Int, numbered number: Int64) -> Int? {
        let all = keys[key].versions
        guard number <= keys[key].greatestNumber, number >= keys[key].leastNumber ?? .max else { return nil }
        var high = all.count
        while high > 1, high > all.count - 4 {
            high -= 1
            if versions[all[high]].number <= number { break }
        }
        var low = high
        if versions[all[high]].number > number {
            low = 1
            while low < high {
                let middle = (low + high + 1) / 2
                if versions[all[middle]].number <= number { low = middle } else { high = middle - 1 }
            }
        }
        return versions[all[low]].number == number ? all[low] : nil
    }

    mutating func add(_ version: StoreVersion, _ state: RowState) -> Int {
        let index = versions.count
        versions.append(version)
        states.append(state)
        if keys[version.key].byNumber == nil, !continuesRise(version) { tabulateNumbers(version.key) }
        keys[version.key].versions.append(index)
        self.index(index)
        return index
    }

    /// The row's versions all have numbers, each larger than the one before, or none has.
    private func continuesRise(_ version: StoreVersion) -> Bool {
        let numbered = keys[version.key].numbered
        if version.number < 0 { return numbered == 0 }
        return version.number > keys[version.key].greatestNumber && numbered == keys[version.key].versions.count - 1
    }

    private mutating func tabulateNumbers(_ key: Int) {
        var byNumber: [Int64: Int] = [:]
        for version in keys[key].versions where versions[version].number >= 0 {
            byNumber[versions[version].number] = version
        }
        keys[key].byNumber = byNumber
    }

    /// Fills in what an observation tells about a state that was not known.
    mutating func learn(_ version: Int, _ state: RowState) {
        guard states[version] == .unknown else { return }
        states[version] = state
        index(version)
    }

    private mutating func index(_ index: Int) {
        let (key, number) = (versions[index].key, versions[index].number)
        guard number >= 0 else {
            keys[key].hasUnnumbered = true
            return
        }
        keys[key].numbered += 1
        keys[key].greatestNumber = max(keys[key].greatestNumber, number)
        if let before = keys[key].byNumber?.updateValue(index, forKey: number) {
            versions[index].previousEqual = before
        }
        keys[key].leastNumber = min(keys[key].leastNumber ?? .max, number)
    }
}
