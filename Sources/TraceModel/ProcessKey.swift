/// One address space: a service and its instance, or its process id where no instance is named.
public struct ProcessKey: Hashable, Sendable {
    /// Service name; may be empty.
    public var service: Symbol
    /// Instance id; empty when the sender gave none.
    public var instance: Symbol
    /// Operating-system process id as sent; part of the identity only when `instance` is empty.
    public var processID: UInt32

    /// Makes a key; the process id is dropped when there is an instance, so that keys compare by identity.
    @inlinable
    public init(service: Symbol, instance: Symbol, processID: UInt32) {
        self.service = service
        self.instance = instance
        self.processID = instance.isEmpty ? processID : 0
    }
}
