/// A schedule of a part of an execution that ends in what a finding claims.
public struct Witness: Sendable, Hashable {
    /// What the schedule leads to.
    public enum Ending: Sendable, Hashable {
        /// The last two rows of the schedule are conflicting accesses, next to each other.
        case race
        /// After the schedule the next event of each of these rows' tasks is that row, an acquire that has to wait for the
        /// task of the row after it, the last for the first.
        case deadlock([Int])
    }

    /// How many events of the causal order run as observed before the schedule begins.
    public var start: Int
    /// Rows of the batch in schedule order.
    public var rows: [Int]
    public var ending: Ending

    /// Makes a witness.
    public init(start: Int, rows: [Int], ending: Ending) {
        self.start = start
        self.rows = rows
        self.ending = ending
    }
}

/// Why a schedule is not an execution of the program.
public enum WitnessFailure: Error, Sendable, Hashable {
    /// The row is not an event after the start, or comes twice.
    case unknownEvent(row: Int)
    /// An earlier event of the same task was left out.
    case programOrder(row: Int)
    /// A fork, join, message or other cause has not happened.
    case missingCause(row: Int)
    /// The lock is taken, or a failed acquire would have succeeded.
    case lock(row: Int)
    /// The read would see another write.
    case otherWrite(row: Int)
    /// The ending is not what the finding claims.
    case ending(row: Int)
}
