/// The versions that each transaction certainly made, to be found by row.
///
/// Most transactions write a few rows, which a walk over a short list finds; those with many get a table of their own.
struct OwnVersions {
    /// The versions that somebody made of a row, in the order of effect.
    struct Made {
        private(set) var versions: [Int] = []
        /// The latest statement up to each: it ascends even where a lock let an earlier statement take effect later.
        private var latest: [Int] = []

        mutating func add(_ version: Int, statement: Int) {
            versions.append(version)
            latest.append(Swift.max(latest.last ?? statement, statement))
        }

        /// The first version that a later statement made.
        func first(after statement: Int) -> Int? {
            let place = latest.count(upTo: statement)
            return place < versions.count ? versions[place] : nil
        }
    }

    private struct RowOfTransaction: Hashable {
        var transaction: Int
        var key: Int
    }

    /// Versions of a transaction that are walked.
    private static let walkedMax = 16

    /// The last version of each transaction, -1 for none, and how many it has.
    private var heads: ContiguousArray<Int32>
    private var counts: ContiguousArray<UInt32>
    /// The version that the same transaction made before, by version.
    private var previous: ContiguousArray<Int32> = []
    private var many: [RowOfTransaction: Made] = [:]

    init(transactions: Int) {
        heads = ContiguousArray(repeating: -1, count: transactions)
        counts = ContiguousArray(repeating: 0, count: transactions)
    }

    /// Adds the version at `index`; versions come in the order of effect.
    mutating func add(_ index: Int, _ versions: ContiguousArray<StoreVersion>) {
        let transaction = versions[index].transaction
        while previous.count <= index { previous.append(-1) }
        previous[index] = heads[transaction]
        heads[transaction] = Int32(index)
        counts[transaction] += 1
        if counts[transaction] > Self.walkedMax { return tabulate(index, versions) }
        guard counts[transaction] == Self.walkedMax else { return }
        var all: [Int] = []
        var next = Int(heads[transaction])
        while next >= 0 {
            all.append(next)
            next = Int(previous[next])
        }
        for version in all.reversed() { tabulate(version, versions) }
    }

    private mutating func tabulate(_ index: Int, _ versions: ContiguousArray<StoreVersion>) {
        let row = RowOfTransaction(transaction: versions[index].transaction, key: versions[index].key)
        many[row, default: Made()].add(index, statement: versions[index].statement)
    }

    /// The last version of a row by a transaction that took effect before a position.
    ///
    /// - Complexity: O(log versions of the row by the transaction).
    func last(
        of transaction: Int,
        _ key: Int,
        before position: Int,
        _ versions: ContiguousArray<StoreVersion>
    ) -> Int? {
        guard counts[transaction] < Self.walkedMax else {
            guard let made = many[RowOfTransaction(transaction: transaction, key: key)]?.versions else { return nil }
            var (low, high) = (0, made.count)
            while low < high {
                let middle = (low + high) / 2
                if versions[made[middle]].position < position { low = middle + 1 } else { high = middle }
            }
            return low > 0 ? made[low - 1] : nil
        }
        var next = Int(heads[transaction])
        while next >= 0 {
            if versions[next].key == key, versions[next].position < position { return next }
            next = Int(previous[next])
        }
        return nil
    }

    /// The first version of a row that a statement of the transaction after this one made.
    ///
    /// - Complexity: O(log versions of the row by the transaction).
    func first(of transaction: Int, _ key: Int, after statement: Int, _ versions: ContiguousArray<StoreVersion>) -> Int?
    {
        guard counts[transaction] < Self.walkedMax else {
            return many[RowOfTransaction(transaction: transaction, key: key)]?.first(after: statement)
        }
        var found: Int?
        var next = Int(heads[transaction])
        while next >= 0 {
            if versions[next].key == key, versions[next].statement > statement { found = next }
            next = Int(previous[next])
        }
        return found
    }
}
