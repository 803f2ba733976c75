/// The bounds of a ``MemoryStore``.
public struct MemoryLimits: Sendable, Hashable {
    /// Events held at once.
    public var eventsMax: Int
    /// Bytes held at once, as the store accounts for them.
    public var bytesMax: Int
    /// Traces held at once.
    public var tracesMax: Int

    /// The defaults hold some two million events of existing SDKs.
    public init(eventsMax: Int = 5_000_000, bytesMax: Int = 2 << 30, tracesMax: Int = 500_000) {
        self.eventsMax = max(1, eventsMax)
        self.bytesMax = max(1, bytesMax)
        self.tracesMax = max(1, tracesMax)
    }
}
