/// Qualifiers of an event, packed into sixteen bits.
public struct EventFlags: OptionSet, Hashable, Sendable {
    /// The packed bits; stable, stores write them.
    public var rawValue: UInt16

    /// Wraps stored bits.
    @inlinable
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The lock is taken in shared (reader) mode.
    public static let shared = EventFlags(rawValue: 1 << 0)
    /// The acquire was logged before the lock was held (the Go and Rust SDKs): it counts for locksets, never as an edge.
    public static let advisory = EventFlags(rawValue: 1 << 1)
    /// The object's scope is stated by the event: global.
    public static let globalScope = EventFlags(rawValue: 1 << 2)
    /// The object's scope is stated by the event: one process.
    public static let processScope = EventFlags(rawValue: 1 << 3)
    /// The position in the input is the order of the whole input (ops JSONL, STD): timestamps decide nothing.
    public static let totallyOrdered = EventFlags(rawValue: 1 << 4)
    /// Inferred from an unannotated span: can support a candidate, never more.
    public static let inferred = EventFlags(rawValue: 1 << 5)
    /// The sender said that data of this task was dropped before this event.
    public static let afterLoss = EventFlags(rawValue: 1 << 6)
    /// A lock or transaction operation that failed.
    public static let failed = EventFlags(rawValue: 1 << 7)
    /// ``Event/number`` holds an explicit sequence number of the channel, not its capacity.
    public static let numbered = EventFlags(rawValue: 1 << 11)

    /// Memory orders of atomics and fences.
    public enum MemoryOrder: UInt16, Sendable {
        /// Sequentially consistent, the default.
        case sequentiallyConsistent = 0
        case relaxed = 1
        case acquire = 2
        case release = 3
        case acquireRelease = 4
    }

    /// The memory order, in bits 8 to 10.
    @inlinable
    public var memoryOrder: MemoryOrder {
        get { MemoryOrder(rawValue: (rawValue >> 8) & 7) ?? .sequentiallyConsistent }
        set { rawValue = (rawValue & ~(7 << 8)) | (newValue.rawValue << 8) }
    }
}
