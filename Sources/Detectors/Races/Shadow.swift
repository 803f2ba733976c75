/// An access as the race engine remembers it.
struct Mark {
    /// Slot and epoch of the access; `slot` is ``none`` when there is no access.
    var slot: UInt32
    var epoch: UInt32
    /// The instruction's event.
    var event: UInt32

    static let none = UInt32.max
    static let absent = Mark(slot: none, epoch: 0, event: 0)
}

/// What the engine remembers of one object: the last write, one read, and lists only where accesses were unordered.
struct Shadow {
    /// The last plain write, and the snapshot of its clock for schedulable happens-before.
    var write: Mark = .absent
    var writeSnapshot: UInt32 = 0
    /// The last plain read, unless `readList` is set.
    var read: Mark = .absent
    /// 1-based indices into the lists of earlier unordered writes, of unordered reads, and of atomic accesses; 0 for none.
    var writeList: UInt32 = 0
    var readList: UInt32 = 0
    var atomics: UInt32 = 0
}

/// Atomic accesses of an object, which race with plain ones only.
struct AtomicShadow {
    var reads: ContiguousArray<Mark> = []
    var writes: ContiguousArray<Mark> = []
}
