/// What one lock operation did to its lock, re-entrancy and releases by others resolved.
public struct LockStep: Sendable, Equatable {
    /// The effect of the operation.
    public enum Effect: UInt8, Sendable {
        /// The outermost acquire: from here on the task holds the lock.
        case acquired
        /// An acquire by a task that held the lock already.
        case reentered
        /// The acquire failed; the task does not hold the lock.
        case refused
        /// The claim of ``LockStep/holder`` ended.
        case released
        /// A release that leaves the holder inside an outer acquire.
        case unwound
        /// A release of a lock that nobody held.
        case unmatched
    }

    /// Row of the batch.
    public var row: UInt32
    /// Index into ``CausalOrder/locks``.
    public var lock: UInt32
    /// Task whose claim it concerns; another than the row's task when that one released what it did not hold.
    public var holder: UInt32
    public var effect: Effect

    /// Describes an operation.
    public init(row: UInt32, lock: UInt32, holder: UInt32, effect: Effect) {
        self.row = row
        self.lock = lock
        self.holder = holder
        self.effect = effect
    }
}
