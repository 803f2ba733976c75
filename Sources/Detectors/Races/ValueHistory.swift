import Causality
import TraceModel

/// Rebuilds each object's versions from the values that accesses carried, and finds accesses that values prove wrong.
///
/// A write whose old value is not the current one overwrote, unseen, every version since the one it started from: those
/// are lost updates. So is a write of the value that stands there already by a request that had read another one before: it says
/// truly what it replaced, and still did nothing but repeat what somebody else had made of the same version (P4). A write that nobody's
/// read led to may be meant to repeat; a first value that is written twice is initialisation. A read that saw a version older than one
/// it is ordered after is stale. Linear in valued accesses; each object keeps at most ``versionsMax`` versions.
struct ValueHistory {
    /// Versions kept per object: further back nothing is explained, so nothing is claimed.
    static let versionsMax = 64
    /// Damaged pairs kept per object; all are counted.
    static let pairsMax = 64

    /// Two accesses that values prove to have collided, by row.
    struct Pair {
        var first: UInt32
        var second: UInt32
    }

    /// What values prove about one object.
    struct Damage {
        var pairs: ContiguousArray<Pair> = []
        var stalePairs: ContiguousArray<Pair> = []
        var lost: Set<UInt32> = []
        var stale = 0
        /// Both sides started from nothing.
        var fromNothing = false
        /// Rows of the first cluster: the version started from, then the writes up to the last damaging one.
        var base: ByteRange = .none
        var history: ContiguousArray<UInt32> = []
        var observed: ByteRange = .none
        /// What rows of the cluster were made from, where it is not the value that they say they replaced.
        var origins: [UInt32: ByteRange] = [:]
    }

    private struct Version {
        var value: ByteRange
        /// Row of the writer, or -1 for a value first seen by a reader.
        var writer: Int64
        var slot: UInt32
        var epoch: UInt32
        var actor: UInt64
    }

    private struct History {
        var versions: ContiguousArray<Version> = []
        /// What each request last read and has not written over yet.
        var sights: [UInt64: ByteRange] = [:]
        var damage: Damage?
        var clusterOpen = false
    }

    private var histories: [UInt32: History] = [:]

    /// Objects with damage, by number.
    var damages: [(object: UInt32, damage: Damage)] {
        histories.compactMap { object, history in history.damage.map { (object, $0) } }.sorted { $0.object < $1.object }
    }

    /// Takes an access in causal order.
    ///
    /// - Parameter actor: task and trace, since a worker thread that serves two requests is two readers.
    mutating func visit(
        row: UInt32,
        object: UInt32,
        actor: UInt64,
        slot: UInt32,
        clocks: borrowing TaskClocks,
        timing: borrowing RequestTiming,
        batch: borrowing EventBatch
    ) {
        let index = Int(row)
        let operation = batch.operations[index]
        if batch.newValues[index].isEmpty, batch.oldValues[index].isEmpty { return }
        var history = histories.removeValue(forKey: object) ?? History()
        if operation == .read || operation == .atomicRead {
            read(row, &history, actor, slot, clocks, batch)
        } else {
            write(row, &history, actor, slot, clocks, timing, batch)
        }
        histories[object] = history
    }

    private func read(
        _ row: UInt32,
        _ history: inout History,
        _ actor: UInt64,
        _ slot: UInt32,
        _ clocks: borrowing TaskClocks,
        _ batch: borrowing EventBatch
    ) {
        let value = batch.newValues[Int(row)].isEmpty ? batch.oldValues[Int(row)] : batch.newValues[Int(row)]
        guard let found = latest(value, history, batch) else {
            push(Version(value: value, writer: -1, slot: 0, epoch: 0, actor: .max), &history)
            history.sights[actor] = value
            return
        }
        history.sights[actor] = value
        for version in history.versions[(found + 1)...] where version.writer >= 0 {
            guard clocks.bank.knows(slot, version.slot, version.epoch) else { continue }
            var damage = history.damage.take() ?? Damage()
            damage.stale += 1
            if damage.stalePairs.count < Self.pairsMax {
                damage.stalePairs.append(Pair(first: UInt32(version.writer), second: row))
            }
            if damage.base.isEmpty {
                damage.base = value
                damage.observed = value
            }
            history.damage = damage
            return
        }
    }

    private func write(
        _ row: UInt32,
        _ history: inout History,
        _ actor: UInt64,
        _ slot: UInt32,
        _ clocks: borrowing TaskClocks,
        _ timing: borrowing RequestTiming,
        _ batch: borrowing EventBatch
    ) {
        let index = Int(row)
        let sight = history.sights.removeValue(forKey: actor)
        var old = batch.oldValues[index]
        // A write that does not say what it replaced started from what its request last read.
        if old.isEmpty { old = sight ?? .none }
        // A write that repeats what is there started from what its request read.
        let isRepetition =
            sight.map { Self.repeats(index, seeing: $0, batch) && latest($0, history, batch) != nil } ?? false
        if isRepetition { old = sight ?? old }
        var start: Int?
        if !old.isEmpty {
            if history.versions.isEmpty {
                push(Version(value: old, writer: -1, slot: 0, epoch: 0, actor: .max), &history)
            }
            start = latest(old, history, batch)
            if start == nil {
                push(Version(value: old, writer: -1, slot: 0, epoch: 0, actor: .max), &history)
                start = history.versions.count - 1
            }
        }
        let version = Version(
            value: batch.newValues[index],
            writer: Int64(row),
            slot: slot,
            epoch: clocks.bank.epoch(of: slot),
            actor: actor
        )
        if let start, start < history.versions.count - 1 {
            overwrite(row, from: start, old: old, &history, actor, timing, batch)
            if isRepetition { history.damage?.noteOrigin(old, of: row) }
        } else {
            history.clusterOpen = false
        }
        push(version, &history)
    }

    /// True for a write of the value that it replaces, by a request that had seen another one.
    private static func repeats(_ row: Int, seeing sight: ByteRange, _ batch: borrowing EventBatch) -> Bool {
        let (old, new) = (batch.oldValues[row], batch.newValues[row])
        return !old.isEmpty && !sight.isEmpty && ValueText.same(old, new, batch) && !ValueText.same(old, sight, batch)
            && !ValueText.isNothing(sight, batch)
    }

    /// Notes that `row` started from version `start` although later ones exist.
    private func overwrite(
        _ row: UInt32,
        from start: Int,
        old: ByteRange,
        _ history: inout History,
        _ actor: UInt64,
        _ timing: borrowing RequestTiming,
        _ batch: borrowing EventBatch
    ) {
        var victims: ContiguousArray<Version> = []
        for version in history.versions[(start + 1)...] where version.writer >= 0 && version.actor != actor {
            // Requests that never overlapped cannot have missed each other: something untracked restored the value.
            if timing.overlap(Int(version.writer), Int(row), batch) != .none { victims.append(version) }
        }
        if victims.isEmpty { return }
        // Taken out, for a second reference would make each insertion copy the set.
        var damage = history.damage.take() ?? Damage()
        let fresh = victims.filter { !damage.lost.contains(UInt32($0.writer)) }
        if !fresh.isEmpty { victims = ContiguousArray(fresh) }
        if damage.lost.isEmpty {
            damage.base = old
            damage.fromNothing = ValueText.isNothing(old, batch)
            for version in history.versions[(start + 1)...] where version.writer >= 0 {
                damage.history.append(UInt32(version.writer))
            }
            history.clusterOpen = true
        }
        for victim in victims {
            damage.lost.insert(UInt32(victim.writer))
            if damage.pairs.count < Self.pairsMax {
                damage.pairs.append(Pair(first: UInt32(victim.writer), second: row))
            }
        }
        if history.clusterOpen {
            if damage.history.count < Self.pairsMax { damage.history.append(row) }
            damage.observed = batch.newValues[Int(row)]
        }
        history.damage = damage
    }

    /// The latest version with this value, as an index into the kept ones.
    private func latest(_ value: ByteRange, _ history: History, _ batch: borrowing EventBatch) -> Int? {
        var index = history.versions.count - 1
        while index >= 0 {
            if ValueText.same(history.versions[index].value, value, batch) { return index }
            index -= 1
        }
        return nil
    }

    private func push(_ version: Version, _ history: inout History) {
        history.versions.append(version)
        if history.versions.count > Self.versionsMax {
            history.versions.removeFirst(Self.versionsMax / 2)
        }
        if history.sights.count > 4_096 { history.sights.removeAll(keepingCapacity: true) }
    }
}

extension ValueHistory.Damage {
    /// Remembers what a row of the cluster was made from.
    fileprivate mutating func noteOrigin(_ value: ByteRange, of row: UInt32) {
        if history.last == row { origins[row] = value }
    }
}
