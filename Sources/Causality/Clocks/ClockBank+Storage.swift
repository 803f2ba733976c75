extension ClockBank {
    /// Raises one entry of a slot's row.
    @inlinable
    mutating func raise(_ slot: UInt32, at other: UInt32, to epoch: UInt32) {
        if slot == other { return }
        ensure(slot, length: other + 1)
        let row = rows[Int(slot)]
        guard let entries = row.entries, entries[Int(other)] < epoch else { return }
        entries[Int(other)] = epoch
        markStale(slot)
    }

    /// Raises a slot's row to the entrywise maximum with another run.
    @inlinable
    mutating func raise(_ slot: UInt32, to source: Row) {
        guard source.length > 0, let from = source.entries else { return }
        ensure(slot, length: source.length)
        guard let entries = rows[Int(slot)].entries else { return }
        maximum(entries, from, Int(source.length))
        markStale(slot)
    }

    /// Joins a merged snapshot, entry by entry; true when something was added.
    @usableFromInline
    mutating func joinMixed(_ slot: UInt32, _ snapshot: UInt32) -> Bool {
        let source = snapshots[Int(snapshot)]
        guard let from = source.entries else { return false }
        let row = rows[Int(slot)]
        var news = false
        for other in 0..<source.length where other != slot {
            let value = from[Int(other)]
            if value == 0 { continue }
            if other >= row.length {
                news = true
                break
            }
            if let entries = row.entries, entries[Int(other)] < value {
                news = true
                break
            }
        }
        if news { raise(slot, to: source) }
        return news
    }

    @inlinable
    mutating func markStale(_ slot: UInt32) {
        let snapshot = shared[Int(slot)]
        if snapshot == Self.stale { return }
        releaseSnapshot(snapshot)
        shared[Int(slot)] = Self.stale
    }

    @inlinable
    mutating func releaseSnapshot(_ snapshot: UInt32) {
        if snapshot == 0 || snapshot == Self.stale { return }
        references[Int(snapshot)] &-= 1
        if references[Int(snapshot)] == 0 { freeSnapshots.append(snapshot) }
    }

    /// Makes a row at least `length` long, with zeros in the new entries.
    @inlinable
    mutating func ensure(_ slot: UInt32, length: UInt32) {
        if rows[Int(slot)].length >= length { return }
        lengthen(slot, to: length)
    }

    @usableFromInline
    mutating func lengthen(_ slot: UInt32, to length: UInt32) {
        var row = rows[Int(slot)]
        if row.capacity < length {
            let capacity = max(length, max(16, row.capacity * 2))
            let entries = UnsafeMutablePointer<UInt32>.allocate(capacity: Int(capacity))
            entries.initialize(repeating: 0, count: Int(capacity))
            if let old = row.entries {
                entries.update(from: old, count: Int(row.length))
                old.deallocate()
            }
            row.entries = entries
            row.capacity = capacity
        } else if let entries = row.entries {
            for i in row.length..<length { entries[Int(i)] = 0 }
        }
        row.length = length
        rows[Int(slot)] = row
    }

    /// A snapshot equal to the slot's row, owned once (by the slot itself).
    @usableFromInline
    mutating func makeSnapshot(of slot: UInt32) -> UInt32 {
        let row = rows[Int(slot)]
        guard row.length > 0, let entries = row.entries else { return 0 }
        let index: UInt32
        if let free = freeSnapshots.popLast() {
            index = free
        } else {
            if snapshotCount == snapshotCapacity { growSnapshots() }
            index = UInt32(snapshotCount)
            snapshotCount += 1
        }
        var snapshot = snapshots[Int(index)]
        if snapshot.capacity < row.length {
            snapshot.entries?.deallocate()
            snapshot.capacity = max(16, row.length + row.length / 4)
            let fresh = UnsafeMutablePointer<UInt32>.allocate(capacity: Int(snapshot.capacity))
            fresh.initialize(repeating: 0, count: Int(snapshot.capacity))
            snapshot.entries = fresh
        }
        snapshot.entries?.update(from: entries, count: Int(row.length))
        snapshot.length = row.length
        snapshots[Int(index)] = snapshot
        references[Int(index)] = 1
        return index
    }

    /// Takes ownership of a filled run as a snapshot with one owner.
    mutating func adopt(_ row: Row) -> UInt32 {
        let index: UInt32
        if let free = freeSnapshots.popLast() {
            index = free
            snapshots[Int(index)].entries?.deallocate()
        } else {
            if snapshotCount == snapshotCapacity { growSnapshots() }
            index = UInt32(snapshotCount)
            snapshotCount += 1
        }
        snapshots[Int(index)] = row
        references[Int(index)] = 1
        return index
    }

    mutating func growSlots() {
        let next = slotCapacity * 2
        func grown<T>(_ old: UnsafeMutablePointer<T>, _ zero: T) -> UnsafeMutablePointer<T> {
            let new = UnsafeMutablePointer<T>.allocate(capacity: next)
            new.moveInitialize(from: old, count: slotCapacity)
            (new + slotCapacity).initialize(repeating: zero, count: next - slotCapacity)
            old.deallocate()
            return new
        }
        rows = grown(rows, Row())
        epochs = grown(epochs, 0)
        floors = grown(floors, 0)
        shared = grown(shared, 0)
        slotCapacity = next
    }

    mutating func growSnapshots() {
        let next = snapshotCapacity * 2
        let moved = UnsafeMutablePointer<Row>.allocate(capacity: next)
        moved.moveInitialize(from: snapshots, count: snapshotCapacity)
        (moved + snapshotCapacity).initialize(repeating: Row(), count: next - snapshotCapacity)
        snapshots.deallocate()
        snapshots = moved
        let counts = UnsafeMutablePointer<Int32>.allocate(capacity: next)
        counts.moveInitialize(from: references, count: snapshotCapacity)
        (counts + snapshotCapacity).initialize(repeating: 0, count: next - snapshotCapacity)
        references.deallocate()
        references = counts
        snapshotCapacity = next
    }
}

/// Raises `target` to the entrywise maximum with `source`; free of branches, so that it vectorises.
@inlinable
func maximum(_ target: UnsafeMutablePointer<UInt32>, _ source: UnsafeMutablePointer<UInt32>, _ count: Int) {
    for i in 0..<count {
        let value = source[i]
        target[i] = target[i] > value ? target[i] : value
    }
}
