/// Why a checkpoint could not be written or read.
public struct CheckpointError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was attempted and what to do, without secrets.
    public var message: String

    /// Makes an error.
    public init(_ message: String) { self.message = message }

    public var description: String { message }
}
