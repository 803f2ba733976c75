internal import Detectors

/// One race as a picture and a story: what a page draws, computed here so that every page draws the same.
///
/// Bounded whatever the trace: at most ``lanesMax`` lanes and ``rowsMax`` rows; the rest is counted, not shown.
public struct RaceView: Sendable, Hashable {
    /// More columns than this do not fit side by side with their labels.
    public static let lanesMax = 6
    /// More rows than this are no longer read as one story.
    public static let rowsMax = 24

    /// One task, drawn as a column.
    public struct Lane: Sendable, Hashable {
        /// Printable.
        public var label: String
        public var service: String
        /// Trace of the lane's access, or empty.
        public var trace: String
        /// 1 and 2 for the tasks of the two accesses, 0 for others.
        public var role: Int
    }

    /// What an event is drawn as; shapes, not colours, tell them apart.
    public enum Shape: String, Sendable {
        case read
        case write
        case lock
        case unlock
        case sync
        case call
        case step
    }

    /// One event of the slice: a row of its own, in causal order.
    public struct Moment: Sendable, Hashable {
        public var lane: Int
        public var shape: Shape
        /// `write 900`, `acquire ledger`, `POST /transfer`. Printable.
        public var label: String
        /// 1 or 2 for the racing accesses, else 0.
        public var mark: Int
        public var event: String
        public var index: Int
        public var location: String
        /// Nanoseconds since 1970, `nil` for formats without time.
        public var time: Int64?
        /// For each lane the row of the last event known to come before this one; -1 for none.
        public var past: [Int]
        /// For each lane the row of the first event known to come after this one; the number of rows for none.
        public var future: [Int]
    }

    /// Order between two rows, with what follows from other edges left out.
    public struct Edge: Sendable, Hashable {
        public var from: Int
        public var to: Int
        /// `lock`, `message`, `task`, `call`, or `order` when it leads through events that are not shown.
        public var kind: String
        /// The lock or channel, printable; often empty.
        public var label: String
    }

    /// Events of a lane that are not shown, directly before a row; the number of rows stands for the end.
    public struct Fold: Sendable, Hashable {
        public var lane: Int
        public var before: Int
        public var count: Int
    }

    /// `Lost update on alice.balance`.
    public var title: String
    /// What the grade rests on.
    public var meaning: String
    public var lanes: [Lane]
    public var moments: [Moment]
    public var edges: [Edge]
    public var folds: [Fold]
    /// Rows of the two accesses, between which no order exists; `nil` when the events are no longer there.
    public var first: Int?
    public var second: Int?
    /// `no order`, or `another schedule swaps them` when only this run ordered them.
    public var missing: String
    public var lanesLeftOut: Int
    public var interleavings: [Interleaving]
    public var proof: Proof
    public var locks: Locks
    public var fix: String

    /// Why neither access happened before the other: two numbers a side, however many tasks there are.
    public struct Proof: Sendable, Hashable {
        public var firstEpoch: UInt32
        public var firstSeenBySecond: UInt32
        public var secondEpoch: UInt32
        public var secondSeenByFirst: UInt32
        /// One sentence a side.
        public var sentences: [String]
    }

    /// The locks that each side held.
    public struct Locks: Sendable, Hashable {
        public var first: [String]
        public var second: [String]
        public var common: [String]
        /// What follows from them, in one sentence.
        public var sentence: String
    }
}

/// The accesses of an object in one order, as a table: a row a step, a column an actor, the value beside it.
public struct Interleaving: Sendable, Hashable {
    /// Which order it is.
    public enum Name: String, Sendable {
        case observed
        case other
        case fixed
    }

    /// One task as far as it touches the object.
    public struct Actor: Sendable, Hashable {
        /// `A`, `B`, …
        public var letter: String
        public var label: String
        /// 1 and 2 for the two accesses of the finding, 0 for others.
        public var role: Int
    }

    /// One access.
    public struct Step: Sendable, Hashable {
        public var actor: Int
        /// `read` or `write`.
        public var kind: String
        /// JSON text of what it read or wrote; `nil` when the sender did not say or it cannot be known.
        public var value: String?
        /// JSON text of the object's value afterwards.
        public var after: String?
        /// 1 or 2 for the racing accesses, else 0.
        public var mark: Int
        /// What is wrong with the step, or empty: `undoes A`.
        public var note: String
    }

    public var name: Name
    public var actors: [Actor]
    public var steps: [Step]
    /// `ends at 900; every serial order ends at 600`.
    public var ending: String
    /// Actors beyond the lanes that fit.
    public var actorsLeftOut: Int
}
