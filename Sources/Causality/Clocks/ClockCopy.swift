/// A clock as it was at one moment, in sixteen bytes: who, when, and what that task knew of others.
///
/// Whoever knows `slot` up to `epoch` already knows everything in `snapshot`, because a task that publishes never
/// changes what it knows of others without advancing its epoch. That is what makes most joins one comparison.
public struct ClockCopy: Sendable, Equatable {
    /// The publishing task's slot, or ``mixedSlot`` when several clocks were merged.
    public var slot: UInt32
    /// The publishing task's epoch.
    public var epoch: UInt32
    /// What it knew of others: an index into the bank's snapshots, 0 for nothing.
    public var snapshot: UInt32

    /// Marks a merge of several clocks, for which the one-comparison test does not hold.
    public static let mixedSlot = UInt32.max

    /// Nothing: joining it changes nothing.
    public static let nothing = ClockCopy(slot: mixedSlot, epoch: 0, snapshot: 0)

    /// Makes a copy.
    @inlinable
    public init(slot: UInt32, epoch: UInt32, snapshot: UInt32) {
        self.slot = slot
        self.epoch = epoch
        self.snapshot = snapshot
    }
}
