/// What a store can do beyond the contract of ``TraceStore``. The value without arguments promises nothing.
public struct StoreCapabilities: Sendable, Hashable {
    /// Acknowledged events survive the death of the process.
    public var durable: Bool
    /// Several processes may share the store.
    public var shared: Bool

    /// The least capable store, unless told otherwise.
    public init(durable: Bool = false, shared: Bool = false) {
        self.durable = durable
        self.shared = shared
    }
}
