/// Why a store could not do what was asked.
public struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The closed list of reasons; the text is stable and used as a metric label.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String {
            case unavailable
            case full
            case corrupt
        }

        private let value: Value

        /// The store cannot be reached now; trying again later may work.
        public static let unavailable = Code(value: .unavailable)
        /// The store is out of space.
        public static let full = Code(value: .full)
        /// What was read back is damaged.
        public static let corrupt = Code(value: .corrupt)

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
}
