/// Which reads were overtaken by the reader's own progress.
///
/// A transaction at read committed that reads a row again sees what was committed meanwhile: that is what the level is for. It
/// matters when the reader writes after its first read, on whose strength it may have decided, or when it had already seen something
/// of the writer before it missed this (a non-monotonic view).
struct ReadProgress {
    private let history: StoreHistory
    /// Per transaction, the position of its last write.
    private var lastWrite: [Int: Int] = [:]
    /// Per transaction and row, the reads of it in order.
    private var readsOfRow: [StoreHistory.RowOfTransaction: Reads] = [:]

    private struct Reads {
        var list: [ReadResolution.Read] = []
        /// The statements of the list, ascending once there are several.
        var statements: [Int] = []
        /// The last read that saw another version than the very last one.
        var lastOther: ReadResolution.Read?
    }

    /// Later reads that are compared with one that only knows whether its condition matched.
    private static let laterMax = 64
    /// Earliest position at which a transaction saw something of another.
    private var firstSeen: [Pair: Int] = [:]

    private struct Pair: Hashable {
        var reader: Int
        var writer: Int
    }

    init(_ history: StoreHistory, _ chains: VersionChains, _ reads: [ReadResolution.Read]) {
        self.history = history
        for statement in history.log.statements where statement.isWrite && !statement.isVoid {
            lastWrite[statement.transaction] = statement.start
        }
        for read in reads where read.alternatives.isEmpty {
            let row = StoreHistory.RowOfTransaction(transaction: read.transaction, key: read.key)
            readsOfRow[row, default: Reads()].list.append(read)
            let writer = history.store.versions[read.version].transaction
            guard writer >= 0, read.isProven else { continue }
            let pair = Pair(reader: read.transaction, writer: writer)
            let position = history.log.statements[read.statement].start
            firstSeen[pair] = min(firstSeen[pair] ?? Int.max, position)
        }
        for (row, reads) in readsOfRow where reads.list.count > 1 {
            let sorted = reads.list.sorted { $0.statement < $1.statement }
            let lastOther = sorted.last { $0.version != sorted[sorted.count - 1].version }
            readsOfRow[row] = Reads(list: sorted, statements: sorted.map(\.statement), lastOther: lastOther)
        }
    }

    func isSuperseded(_ read: ReadResolution.Read, by writer: Int) -> Bool {
        let log = history.log
        let isolation = log.transactions[read.transaction].isolation
        guard isolation == nil || isolation == .readCommitted || isolation == .readUncommitted else { return false }
        let position = log.statements[read.statement].start
        guard (lastWrite[read.transaction] ?? -1) < position else { return false }
        if let seen = firstSeen[Pair(reader: read.transaction, writer: writer)], seen <= position { return false }
        let condition = log.statements[read.statement].condition
        let row = StoreHistory.RowOfTransaction(transaction: read.transaction, key: read.key)
        guard let reads = readsOfRow[row], let last = reads.list.last else { return false }
        if read.isRow {
            let other = last.version != read.version ? last : reads.lastOther
            return (other?.statement ?? -1) > read.statement
        }
        // One read alone has no later one.
        let later = reads.statements.isEmpty ? [] : reads.list[reads.statements.count(upTo: read.statement)...]
        return later.prefix(Self.laterMax).contains {
            $0.version != read.version && log.statements[$0.statement].condition == condition
        }
    }
}
