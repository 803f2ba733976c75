/// Why a checkpoint could not be written or read.
public struct CheckpointError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was attempted and what to do, without secrets.
    public var message: String
    /// An operator has to change something; otherwise trying again later may help.
    public var isMisconfigured: Bool

    /// Makes an error.
    public init(_ message: String, isMisconfigured: Bool = false) {
        self.message = message
        self.isMisconfigured = isMisconfigured
    }

    public var description: String { message }
}
