/// Why a store could not do what was asked.
public struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The closed list of reasons; the text is stable and used as a metric label.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String {
            case unavailable
            case full
            case corrupt
            case fenced
            case refused
            case misconfigured
        }

        private let value: Value

        /// The store cannot be reached now; trying again later may work.
        public static let unavailable = Code(value: .unavailable)
        /// The store is out of space.
        public static let full = Code(value: .full)
        /// What was read back is damaged.
        public static let corrupt = Code(value: .corrupt)
        /// Another process has taken over the log whose position was to be moved.
        public static let fenced = Code(value: .fenced)
        /// The store will never take this batch as it is; smaller parts of it may be taken.
        public static let refused = Code(value: .refused)
        /// Wrong address, credentials, schema or permissions: an operator has to act, trying again does not help.
        public static let misconfigured = Code(value: .misconfigured)

        public var description: String { value.rawValue }
    }

    /// Why.
    public var code: Code
    /// What was attempted and what to do, without payloads or secrets.
    public var message: String

    /// Makes an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "\(code): \(message)" }

    /// How a message ends while whoever called will try again.
    static let retrying = "; it will be tried again"

    /// The message for somebody who gives up.
    public var finalMessage: String {
        guard message.hasSuffix(Self.retrying) else { return message }
        return message.dropLast(Self.retrying.count) + "; start it, or correct the address"
    }
}
