/// What became of the events of one request.
///
/// `offered = accepted + dropped`. Without a durable store `accepted = stored + duplicates + refused + evicted`; with one, what is
/// acknowledged is in the log and `stored` counts what is new.
public struct IngestReceipt: Sendable, Hashable {
    public var offered = 0
    public var accepted = 0
    /// Events for which there was no room (``AdmissionPolicy/dropNewest``).
    public var dropped = 0
    /// Events that gave way to newer ones before they reached the store (``AdmissionPolicy/dropOldest``).
    public var evicted = 0
    public var stored = 0
    public var duplicates = 0
    public var refused = 0
    /// The store's revision afterwards.
    public var revision: UInt64 = 0

    /// A receipt for nothing.
    public init() {}
}

/// Why a request's events were not taken.
public struct IngestRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// The closed list of reasons; the text is stable and used as a metric label.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String {
            case overloaded
            case draining
            case fenced
            case storeFailed = "store_failed"
            case cancelled
        }

        private let value: Value

        /// There was no room in time.
        public static let overloaded = Code(value: .overloaded)
        /// The process is stopping.
        public static let draining = Code(value: .draining)
        /// Another process has taken over the log.
        public static let fenced = Code(value: .fenced)
        /// The store did not take the events.
        public static let storeFailed = Code(value: .storeFailed)
        /// The client went away while it waited.
        public static let cancelled = Code(value: .cancelled)

        public var description: String { value.rawValue }
    }

    public var code: Code
    /// What stands in the way, without payloads or secrets.
    public var message: String
    /// Events of the request that were taken before; sending all of them again is safe.
    public var accepted: Int
    /// Whether the same request may succeed later, and the seconds after which to try: for `Retry-After`.
    public var retryAfterSeconds: Int?

    /// Makes a refusal.
    public init(_ code: Code, _ message: String, accepted: Int = 0, retryAfterSeconds: Int? = 1) {
        self.code = code
        self.message = message
        self.accepted = accepted
        self.retryAfterSeconds = retryAfterSeconds
    }

    public var description: String { "\(code): \(message)" }
}
