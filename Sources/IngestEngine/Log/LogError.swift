/// Why the log could not do what was asked.
public struct LogError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The closed list of reasons; the text is stable and used as a metric label.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String {
            case full = "log_full"
            case noSpace = "disk_full"
            case failed = "disk_failed"
            case inUse = "in_use"
        }

        private let value: Value

        /// The size limit is reached: the store has not passed enough of it.
        public static let full = Code(value: .full)
        /// The disk is full.
        public static let noSpace = Code(value: .noSpace)
        /// The disk or its file system reported an error.
        public static let failed = Code(value: .failed)
        /// Another process holds the directory.
        public static let inUse = Code(value: .inUse)

        public var description: String { value.rawValue }
    }

    public var code: Code
    /// What was attempted and what to do.
    public var message: String

    /// Makes an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    init(_ fault: FileFault) {
        let isSpace = fault.code == SystemText.noSpace || fault.code == SystemText.quotaExceeded
        self.init(isSpace ? .noSpace : .failed, "\(fault)")
    }

    public var description: String { "\(code): \(message)" }
}
