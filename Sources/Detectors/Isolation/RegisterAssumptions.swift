/// What may be assumed of a store of registers to order the versions of a key, beyond "the initial state comes first".
public struct RegisterAssumptions: Sendable, Hashable {
    /// Each key alone is sequentially consistent: versions follow the order of each session.
    public var sequentialKeys: Bool
    /// Each key alone is linearizable: versions follow real time.
    public var linearizableKeys: Bool
    /// In a transaction that reads and writes a key, the version written follows the one read.
    public var writesFollowReads: Bool
    /// Transactions in the order of commit, which is then the order of their versions; empty when unknown.
    public var commitOrder: [Int]

    /// Assumes nothing unless told.
    public init(
        sequentialKeys: Bool = false,
        linearizableKeys: Bool = false,
        writesFollowReads: Bool = false,
        commitOrder: [Int] = []
    ) {
        self.sequentialKeys = sequentialKeys
        self.linearizableKeys = linearizableKeys
        self.writesFollowReads = writesFollowReads
        self.commitOrder = commitOrder
    }
}
