/// The order in which committed transactions installed the versions of each row.
struct VersionChains {
    /// Per row: its state before the log, then the last version of each committed transaction, in order.
    private(set) var chains: [[Int]] = []
    /// Place of an installed version in its row's chain, -1 for others.
    private var places: ContiguousArray<Int>
    /// Two transactions that say they made the same version.
    private(set) var contradictions: [(key: Int, transactions: [Int])] = []
    /// Rows whose versions the store numbered.
    private var isNumbered: [Bool] = []
    private let history: StoreHistory

    init(_ history: StoreHistory, except lists: Set<Int>) {
        self.history = history
        places = ContiguousArray(repeating: -1, count: history.store.versions.count)
        for key in history.store.keys.indices {
            chains.append([])
            isNumbered.append(false)
            if !lists.contains(key) { order(key) }
        }
    }

    private mutating func order(_ key: Int) {
        let store = history.store
        // Of what a transaction made of the row its last version counts.
        let installed = store.keys[key].versions.dropFirst().filter { version in
            let writer = store.versions[version].transaction
            return store.versions[version].isCertain && history.fates[writer].status == .committed
                && history.own(writer, key) == version
        }
        let numbered = !installed.isEmpty && installed.allSatisfy { store.versions[$0].number >= 0 }
        isNumbered[key] = numbered
        let ordered = installed.sorted {
            let (a, b) = (store.versions[$0], store.versions[$1])
            if numbered, a.number != b.number { return a.number < b.number }
            return (history.fates[a.transaction].end, a.position, $0)
                < (history.fates[b.transaction].end, b.position, $1)
        }
        if numbered {
            for (a, b) in zip(ordered, ordered.dropFirst()) where store.versions[a].number == store.versions[b].number {
                let writers = [store.versions[a].transaction, store.versions[b].transaction]
                contradictions.append((key, writers))
            }
        }
        chains[key] = [store.initial(key)] + ordered
        for (index, version) in chains[key].enumerated() { places[version] = index }
    }

    /// Place of an installed version in its row's chain.
    func place(of version: Int) -> Int? { places[version] < 0 ? nil : places[version] }

    /// Installed versions after this one, nearest first; for a replaced version of a transaction, from its last one on.
    func after(_ version: Int) -> ArraySlice<Int> {
        let key = history.store.versions[version].key
        if let place = place(of: version) { return chains[key][(place + 1)...] }
        return installedPlace(version).map { chains[key][$0...] } ?? []
    }

    /// The installed version before this one, or before its writer's last one.
    func before(_ version: Int) -> Int? {
        guard let place = installedPlace(version), place > 0 else { return nil }
        return chains[history.store.versions[version].key][place - 1]
    }

    /// Where the version, or the one that its writer installed instead, stands.
    private func installedPlace(_ version: Int) -> Int? {
        if let place = place(of: version) { return place }
        let entry = history.store.versions[version]
        guard entry.transaction >= 0, history.fates[entry.transaction].status == .committed else { return nil }
        return history.own(entry.transaction, entry.key).flatMap { place(of: $0) }
    }

    /// True when it is certain that `later` was installed after `earlier`: numbers, or the second write took effect after the first
    /// writer had ended, as row locks enforce.
    func isProven(_ earlier: Int, _ later: Int) -> Bool {
        let (a, b) = (history.store.versions[earlier], history.store.versions[later])
        if a.transaction < 0 || a.transaction == b.transaction || isNumbered[a.key] { return true }
        return history.fates[a.transaction].end <= b.position
    }
}
