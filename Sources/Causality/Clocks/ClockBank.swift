/// The clocks of all live slots, the immutable snapshots that copies share, and the joins between them.
///
/// A slot is a column of the vector clocks. Tasks take over the slots of finished tasks that happened before them
/// (chain decomposition), so the width is the real concurrency and not the number of tasks.
///
/// Rows are dense `UInt32` and only as long as the highest slot they know. Tree clocks (Mathur et al., ASPLOS 2022)
/// would shorten joins of very wide clocks; with the one-comparison test in front, and rows that grow only with what a task really
/// learned, a dense maximum over a few thousand entries costs less than their pointers, so there is one representation.
///
/// Memory is manual because a class or array element in these loops costs more than the work
/// (exclusivity and uniqueness checks); every pointer is owned by this value and freed in `deinit`.
public struct ClockBank: ~Copyable {
    /// One growable run of entries.
    @usableFromInline
    struct Row {
        @usableFromInline var entries: UnsafeMutablePointer<UInt32>?
        @usableFromInline var length: UInt32
        @usableFromInline var capacity: UInt32

        @usableFromInline
        init() {
            entries = nil
            length = 0
            capacity = 0
        }
    }

    @usableFromInline var rows: UnsafeMutablePointer<Row>
    @usableFromInline var epochs: UnsafeMutablePointer<UInt32>
    /// Epochs at or below the floor were retired by force and count as ordered before everything.
    @usableFromInline var floors: UnsafeMutablePointer<UInt32>
    /// The snapshot that equals the row, or 0 when the row is empty, or `stale` when it changed since.
    @usableFromInline var shared: UnsafeMutablePointer<UInt32>
    @usableFromInline var slotCapacity: Int
    /// Slots handed out so far: the width of the widest possible clock.
    public private(set) var width: Int

    @usableFromInline var snapshots: UnsafeMutablePointer<Row>
    @usableFromInline var references: UnsafeMutablePointer<Int32>
    @usableFromInline var snapshotCapacity: Int
    @usableFromInline var snapshotCount: Int
    @usableFromInline var freeSnapshots: ContiguousArray<UInt32>
    /// True once any slot was retired by force.
    @usableFromInline var hasFloors: Bool

    @usableFromInline static let stale = UInt32.max

    /// An empty bank.
    public init() {
        slotCapacity = 64
        rows = .allocate(capacity: 64)
        rows.initialize(repeating: Row(), count: 64)
        epochs = .allocate(capacity: 64)
        epochs.initialize(repeating: 0, count: 64)
        floors = .allocate(capacity: 64)
        floors.initialize(repeating: 0, count: 64)
        shared = .allocate(capacity: 64)
        shared.initialize(repeating: 0, count: 64)
        width = 0
        snapshotCapacity = 64
        snapshots = .allocate(capacity: 64)
        snapshots.initialize(repeating: Row(), count: 64)
        references = .allocate(capacity: 64)
        references.initialize(repeating: 0, count: 64)
        snapshotCount = 1  // 0 is "knows nothing of others"
        freeSnapshots = []
        hasFloors = false
    }

    deinit {
        for slot in 0..<width { rows[slot].entries?.deallocate() }
        for index in 0..<snapshotCount { snapshots[index].entries?.deallocate() }
        rows.deallocate()
        epochs.deallocate()
        floors.deallocate()
        shared.deallocate()
        snapshots.deallocate()
        references.deallocate()
    }

    // MARK: Slots

    /// A new slot with an empty clock.
    public mutating func makeSlot() -> UInt32 {
        if width == slotCapacity { growSlots() }
        defer { width += 1 }
        return UInt32(width)
    }

    /// Declares everything the slot did so far ordered before whatever comes, which can hide a race but not invent one.
    public mutating func retire(_ slot: UInt32) {
        floors[Int(slot)] = epochs[Int(slot)]
        hasFloors = true
    }

    /// The current epoch of a slot.
    @inlinable @inline(__always)
    public func epoch(of slot: UInt32) -> UInt32 { epochs[Int(slot)] }

    /// Advances the slot by one event and returns the event's epoch.
    @inlinable @inline(__always) @discardableResult
    public mutating func tick(_ slot: UInt32) -> UInt32 {
        epochs[Int(slot)] &+= 1
        return epochs[Int(slot)]
    }

    /// What `slot` knows of `other`: the number of its events that happened before.
    @inlinable @inline(__always)
    public func known(_ slot: UInt32, of other: UInt32) -> UInt32 {
        if slot == other { return epochs[Int(slot)] }
        let row = rows[Int(slot)]
        guard other < row.length, let entries = row.entries else { return 0 }
        return entries[Int(other)]
    }

    /// True when the event `epoch` of `other` happened before the current event of `slot`.
    @inlinable @inline(__always)
    public func knows(_ slot: UInt32, _ other: UInt32, _ epoch: UInt32) -> Bool {
        if known(slot, of: other) >= epoch { return true }
        return hasFloors && epoch <= floors[Int(other)]
    }

    // MARK: Copies and joins

    /// Publishes the slot's clock. The caller owns the copy and gives it back with ``release(_:)``.
    ///
    /// - Complexity: O(1) unless the slot joined something since its last copy, then O(length of its row).
    @inlinable
    public mutating func copy(of slot: UInt32) -> ClockCopy {
        var snapshot = shared[Int(slot)]
        if snapshot == Self.stale {
            snapshot = makeSnapshot(of: slot)
            shared[Int(slot)] = snapshot
        }
        if snapshot != 0 { references[Int(snapshot)] &+= 1 }
        return ClockCopy(slot: slot, epoch: epochs[Int(slot)], snapshot: snapshot)
    }

    /// Gives a copy back.
    @inlinable
    public mutating func release(_ copy: ClockCopy) {
        releaseSnapshot(copy.snapshot)
    }

    /// One more owner of the same copy.
    @inlinable
    public mutating func retain(_ copy: ClockCopy) {
        if copy.snapshot != 0 { references[Int(copy.snapshot)] &+= 1 }
    }

    /// Adds what the copy knows to the slot's clock. The slot must have ticked since it last published.
    ///
    /// - Returns: whether anything was added.
    /// - Complexity: O(1) when the copy is already known, else O(length of the snapshot).
    @inlinable @discardableResult
    public mutating func join(_ slot: UInt32, _ copy: ClockCopy) -> Bool {
        if copy.slot != ClockCopy.mixedSlot {
            if known(slot, of: copy.slot) >= copy.epoch { return false }
            if copy.snapshot != 0 { raise(slot, to: snapshots[Int(copy.snapshot)]) }
            raise(slot, at: copy.slot, to: copy.epoch)
            return true
        }
        guard copy.snapshot != 0 else { return false }
        return joinMixed(slot, copy.snapshot)
    }

    /// Adds what a copy of an earlier task of the slot's own chain knew of others.
    @usableFromInline
    mutating func inherit(_ slot: UInt32, _ copy: ClockCopy) {
        if copy.snapshot != 0 { raise(slot, to: snapshots[Int(copy.snapshot)]) }
    }

    /// Merges the slot's clock into `cell`, which becomes mixed unless the slot already knows all of it.
    public mutating func merge(_ slot: UInt32, into cell: inout ClockCopy) {
        if cell == .nothing || (cell.slot != ClockCopy.mixedSlot && known(slot, of: cell.slot) >= cell.epoch) {
            release(cell)
            cell = copy(of: slot)
            return
        }
        let row = rows[Int(slot)]
        let held = snapshots[Int(cell.snapshot)]
        var length = max(max(held.length, row.length), slot + 1)
        if cell.slot != ClockCopy.mixedSlot { length = max(length, cell.slot + 1) }
        let target = UnsafeMutablePointer<UInt32>.allocate(capacity: Int(length))
        target.initialize(repeating: 0, count: Int(length))
        if let entries = held.entries { target.update(from: entries, count: Int(held.length)) }
        if cell.slot != ClockCopy.mixedSlot {
            target[Int(cell.slot)] = max(target[Int(cell.slot)], cell.epoch)
        }
        if let entries = row.entries { maximum(target, entries, Int(row.length)) }
        target[Int(slot)] = max(target[Int(slot)], epochs[Int(slot)])
        release(cell)
        var merged = Row()
        merged.entries = target
        merged.length = length
        merged.capacity = length
        cell = ClockCopy(slot: ClockCopy.mixedSlot, epoch: 0, snapshot: adopt(merged))
    }

    /// Joins the current clock of every other slot.
    public mutating func joinAll(_ slot: UInt32) {
        for other in 0..<UInt32(width) where other != slot {
            if known(slot, of: other) >= epochs[Int(other)] { continue }
            raise(slot, to: rows[Int(other)])
            raise(slot, at: other, to: epochs[Int(other)])
        }
    }

    /// Snapshots alive, for memory accounting and leak tests.
    public var liveSnapshots: Int { snapshotCount - 1 - freeSnapshots.count }
}
