/// What became of the events of a tracer. The numbers only grow, except ``waiting``.
public struct TracerStatistics: Sendable, Hashable {
    /// Events recorded.
    public var recorded: UInt64 = 0
    /// Events that a server, or a file, has taken.
    public var delivered: UInt64 = 0
    /// Events dropped because the buffer was full.
    public var dropped: UInt64 = 0
    /// Events that a server could not read.
    public var rejected: UInt64 = 0
    /// Events that a server dropped at its own bounds.
    public var refused: UInt64 = 0
    /// Events given up: a server that did not answer, or an answer that no repetition changes.
    public var givenUp: UInt64 = 0
    /// Events in the buffer.
    public var waiting = 0
    /// Accesses outside of every span, in this process: they belong to no trace and are not recorded.
    public var outside: UInt64 = 0
}
