/// Updates that were made from the same version of a row (P4), by transactions or by requests that use none.
enum StoreLostUpdates {
    /// Who acts: a transaction, or the statements that one request ran outside of any.
    private enum Actor: Hashable {
        case transaction(Int)
        case unit(Int)
    }

    private struct RowOfUnit: Hashable {
        var unit: Int
        var key: Int
    }

    /// The versions read and made, of which each pair counts once.
    private struct Pair: Hashable {
        var read: Int
        var made: Int
    }

    /// A read whose actor later made a version of the row.
    private struct Basis {
        @Narrow var read: Int
        @Narrow var made: Int
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
        let bases = bases(reading)
        // An update alone loses nothing, and most versions are the basis of one.
        var updatesOfVersion = ContiguousArray<UInt8>(repeating: 0, count: reading.history.store.versions.count)
        for basis in bases {
            let version = reading.reads[basis.read].version
            updatesOfVersion[version] = min(2, updatesOfVersion[version] + 1)
        }
        var updates: [Int: [Update]] = [:]
        var seen: Set<Pair> = []
        for basis in bases {
            let read = reading.reads[basis.read]
            guard updatesOfVersion[read.version] > 1,
                seen.insert(Pair(read: read.version, made: basis.made)).inserted
            else { continue }
            updates[read.version, default: []].append(
                Update(
                    actor: actor(read.transaction, reading),
                    transaction: reading.history.store.versions[basis.made].transaction,
                    read: read,
                    made: basis.made
                )
            )
        }
        return updates.keys.sorted().flatMap { findings(updates[$0] ?? [], reading) }
    }

    private static func actor(_ transaction: Int, _ reading: StoreReading) -> Actor {
        reading.history.fates[transaction].isExplicit
            ? .transaction(transaction) : .unit(reading.log.transactions[transaction].unit)
    }

    /// Reads that somebody made a version on, with that version.
    private static func bases(_ reading: StoreReading) -> ContiguousArray<Basis> {
        let history = reading.history
        let versions = history.store.versions
        var byUnit: [RowOfUnit: OwnVersions.Made] = [:]
        for key in history.store.keys.indices {
            for version in history.store.keys[key].versions.dropFirst() where versions[version].isCertain {
                let fate = history.fates[versions[version].transaction]
                guard !fate.isExplicit, fate.status == .committed else { continue }
                let unit = reading.log.transactions[versions[version].transaction].unit
                byUnit[RowOfUnit(unit: unit, key: key), default: .init()]
                    .add(version, statement: versions[version].statement)
            }
        }
        var bases: ContiguousArray<Basis> = []
        for (index, read) in reading.reads.enumerated()
        where read.isRow && read.alternatives.isEmpty && history.fates[read.transaction].status == .committed {
            let made =
                switch actor(read.transaction, reading) {
                case .transaction(let transaction):
                    history.ownVersions.first(of: transaction, read.key, after: read.statement, versions)
                case .unit(let unit): byUnit[RowOfUnit(unit: unit, key: read.key)]?.first(after: read.statement)
                }
            if let made { bases.append(Basis(read: index, made: made)) }
        }
        return bases
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
