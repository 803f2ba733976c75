/// Updates that were made from the same version of a row (P4), by transactions or by requests that use none.
enum StoreLostUpdates {
    /// Who acts: a transaction, or the statements that one request ran outside of any.
    private enum Actor: Hashable {
        case transaction(Int)
        case unit(Int)
    }

    private struct RowOfActor: Hashable {
        var actor: Actor
        var key: Int
    }

    /// The versions read and made, of which each pair counts once.
    private struct Pair: Hashable {
        var read: Int
        var made: Int
    }

    /// The versions that an actor made of a row, in the order of effect.
    private struct Written {
        var versions: [Int] = []
        /// The latest statement up to each: it ascends even where a lock let an earlier statement take effect later.
        var latest: [Int] = []

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

    private struct Update {
        var actor: Actor
        var transaction: Int
        /// The version read before, and the version made.
        var read: ReadResolution.Read
        var made: Int
    }

    /// - Complexity: O(reads + versions).
    static func of(_ reading: StoreReading) -> [StoreReading.StoreFinding] {
        let log = reading.log
        let history = reading.history
        func actor(_ transaction: Int) -> Actor {
            log.transactions[transaction].isExplicit
                ? .transaction(transaction) : .unit(log.transactions[transaction].unit)
        }
        var written: [RowOfActor: Written] = [:]
        for key in history.store.keys.indices {
            for version in history.store.keys[key].versions.dropFirst() {
                let entry = history.store.versions[version]
                guard entry.isCertain, log.transactions[entry.transaction].status == .committed else { continue }
                written[RowOfActor(actor: actor(entry.transaction), key: key), default: Written()]
                    .add(version, statement: entry.statement)
            }
        }
        var updates: [Int: [Update]] = [:]
        var seen: Set<Pair> = []
        for read in reading.reads
        where read.isRow && read.alternatives.isEmpty && log.transactions[read.transaction].status == .committed {
            let reader = actor(read.transaction)
            let next = written[RowOfActor(actor: reader, key: read.key)]?.first(after: read.statement)
            guard let next, seen.insert(Pair(read: read.version, made: next)).inserted else { continue }
            updates[read.version, default: []].append(
                Update(
                    actor: reader,
                    transaction: history.store.versions[next].transaction,
                    read: read,
                    made: next
                )
            )
        }
        return updates.keys.sorted().flatMap { findings(updates[$0] ?? [], reading) }
    }

    private static func findings(_ updates: [Update], _ reading: StoreReading) -> [StoreReading.StoreFinding] {
        guard updates.count > 1 else { return [] }
        let history = reading.history
        // In the order in which the versions were installed.
        let ordered = updates.sorted {
            (reading.chains.place(of: $0.made) ?? Int.max, $0.made)
                < (reading.chains.place(of: $1.made) ?? Int.max, $1.made)
        }
        var result: [StoreReading.StoreFinding] = []
        for (earlier, later) in zip(ordered, ordered.dropFirst()) where earlier.actor != later.actor {
            let isRelative = history.store.versions[later.made].isRelative
            let isOutside = [earlier, later].contains { if case .unit = $0.actor { true } else { false } }
            let rows = [earlier.read.statement, later.read.statement].map { reading.log.statements[$0].row }
            let writes = [earlier.made, later.made].map {
                reading.log.statements[history.store.versions[$0].statement].row
            }
            result.append(
                StoreReading.StoreFinding(
                    anomaly: .lostUpdate,
                    transactions: [earlier.transaction, later.transaction],
                    key: earlier.read.key,
                    rows: rows + writes,
                    isProven: earlier.read.isProven && later.read.isProven,
                    pattern: isRelative ? .checkThenAct : isOutside ? .withoutTransaction : .none
                )
            )
        }
        return result
    }
}
