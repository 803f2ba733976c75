/// Which reads were overtaken by the reader's own progress.
///
/// A transaction at read committed that reads a row again sees what was committed meanwhile: that is what the level is for. It
/// matters when the reader writes after its first read, on whose strength it may have decided, or when it had already seen something
/// of the writer before it missed this (a non-monotonic view).
struct ReadProgress {
    private let history: StoreHistory
    private let reads: [ReadResolution.Read]
    private let byTransaction: ReadsByTransaction
    /// Per transaction, the position of its last write, or -1.
    private var lastWrite: ContiguousArray<Int32>
    /// The reads of a row in order, for transactions with too many reads to look at each.
    private var readsOfRow: [StoreHistory.RowOfTransaction: Reads] = [:]
    /// Earliest position at which such a transaction saw something of another.
    private var firstSeen: [Pair: Int] = [:]

    private struct Reads {
        var list: [ReadResolution.Read] = []
        /// The statements of the list, ascending.
        var statements: [Int] = []
        /// The last read that saw another version than the very last one.
        var lastOther: ReadResolution.Read?
    }

    /// Later reads that are compared with one that only knows whether its condition matched.
    private static let laterMax = 64

    private struct Pair: Hashable {
        var reader: Int
        var writer: Int
    }

    /// - Complexity: O(statements + reads).
    init(_ history: StoreHistory, _ reads: [ReadResolution.Read], _ byTransaction: ReadsByTransaction) {
        self.history = history
        self.reads = reads
        self.byTransaction = byTransaction
        lastWrite = ContiguousArray(repeating: -1, count: history.fates.count)
        for statement in history.log.statements where statement.isWrite && !statement.isVoid {
            lastWrite[statement.transaction] = Int32(clamping: statement.start)
        }
        for transaction in history.fates.indices
        where byTransaction.count(of: transaction) > ReadsByTransaction.fewMax { tabulate(transaction) }
    }

    private mutating func tabulate(_ transaction: Int) {
        var rows: Set<Int> = []
        for place in byTransaction[transaction] {
            let read = reads[Int(place)]
            guard read.alternatives.isEmpty else { continue }
            rows.insert(read.key)
            readsOfRow[.init(transaction: transaction, key: read.key), default: Reads()].list.append(read)
            guard let writer = provenWriter(of: read) else { continue }
            let position = history.log.statements[read.statement].start
            let pair = Pair(reader: transaction, writer: writer)
            firstSeen[pair] = min(firstSeen[pair] ?? Int.max, position)
        }
        for key in rows {
            let row = StoreHistory.RowOfTransaction(transaction: transaction, key: key)
            guard let sorted = readsOfRow[row]?.list.sorted(by: { $0.statement < $1.statement }) else { continue }
            let lastOther = sorted.last { $0.version != sorted[sorted.count - 1].version }
            readsOfRow[row] = Reads(list: sorted, statements: sorted.map(\.statement), lastOther: lastOther)
        }
    }

    private func provenWriter(of read: ReadResolution.Read) -> Int? {
        let writer = history.store.versions[read.version].transaction
        return writer >= 0 && read.isProven ? writer : nil
    }

    func isSuperseded(_ read: ReadResolution.Read, by writer: Int) -> Bool {
        let isolation = history.fates[read.transaction].isolation
        guard isolation == nil || isolation == .readCommitted || isolation == .readUncommitted else { return false }
        let position = history.log.statements[read.statement].start
        guard Int(lastWrite[read.transaction]) < position else { return false }
        return byTransaction.count(of: read.transaction) > ReadsByTransaction.fewMax
            ? isSupersededOfMany(read, by: writer, position) : isSupersededOfFew(read, by: writer, position)
    }

    private func isSupersededOfFew(_ read: ReadResolution.Read, by writer: Int, _ position: Int) -> Bool {
        let log = history.log
        let others = byTransaction[read.transaction].lazy.map { reads[Int($0)] }.filter { $0.alternatives.isEmpty }
        let hasSeen = others.contains {
            provenWriter(of: $0) == writer && log.statements[$0.statement].start <= position
        }
        if hasSeen { return false }
        return others.contains { other in
            guard other.key == read.key, other.statement > read.statement, other.version != read.version else {
                return false
            }
            return read.isRow || log.statements[other.statement].condition == log.statements[read.statement].condition
        }
    }

    private func isSupersededOfMany(_ read: ReadResolution.Read, by writer: Int, _ position: Int) -> Bool {
        let log = history.log
        if let seen = firstSeen[Pair(reader: read.transaction, writer: writer)], seen <= position { return false }
        let condition = log.statements[read.statement].condition
        let row = StoreHistory.RowOfTransaction(transaction: read.transaction, key: read.key)
        guard let reads = readsOfRow[row], let last = reads.list.last else { return false }
        if read.isRow {
            let other = last.version != read.version ? last : reads.lastOther
            return (other?.statement ?? -1) > read.statement
        }
        return reads.list[reads.statements.count(upTo: read.statement)...].prefix(Self.laterMax).contains {
            $0.version != read.version && log.statements[$0.statement].condition == condition
        }
    }
}
