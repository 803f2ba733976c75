/// An operation with a start and an end, as OpenTelemetry, Zipkin and Jaeger report it.
///
/// Spans are few compared with accesses, so they are plain values with strings. Times are never adjusted for skew.
public struct Span: Sendable, Hashable {
    /// Which side of a call or message a span is.
    public enum Kind: UInt8, Sendable, CaseIterable {
        case unspecified = 0
        case `internal` = 1
        case server = 2
        case client = 3
        case producer = 4
        case consumer = 5
    }

    /// Outcome as the sender set it.
    public enum Status: UInt8, Sendable {
        case unset = 0
        case ok = 1
        case error = 2
    }

    /// A reference to another span that is not the parent.
    public struct Link: Sendable, Hashable {
        /// The linked span.
        public var trace: TraceID
        public var span: String
        public var attributes: [Attribute]

        /// Makes a link.
        public init(trace: TraceID, span: String, attributes: [Attribute] = []) {
            self.trace = trace
            self.span = span
            self.attributes = attributes
        }
    }

    /// Something that happened at one moment of the span.
    public struct Moment: Sendable, Hashable {
        /// Nanoseconds since 1970 UTC.
        public var timestamp: Int64
        public var name: String
        public var attributes: [Attribute]
        public var droppedAttributes: UInt32

        /// Makes a moment.
        public init(timestamp: Int64, name: String, attributes: [Attribute] = [], droppedAttributes: UInt32 = 0) {
            self.timestamp = timestamp
            self.name = name
            self.attributes = attributes
            self.droppedAttributes = droppedAttributes
        }
    }

    public var trace: TraceID
    /// Up to 64 characters, opaque; sixteen hexadecimal digits for W3C.
    public var id: String
    /// Empty for a root.
    public var parent: String
    public var name: String
    public var kind: Kind
    /// Nanoseconds since 1970 UTC; `end` is 0 while the span is open or when its end was never seen.
    public var start: Int64
    public var end: Int64
    public var status: Status
    public var statusMessage: String
    public var service: String
    /// Instance id, or host and process id, or container; empty when unknown.
    public var instance: String
    public var attributes: [Attribute]
    public var resource: [Attribute]
    public var scopeName: String
    public var scopeVersion: String
    public var scopeAttributes: [Attribute]
    public var moments: [Moment]
    public var links: [Link]
    public var traceState: String
    /// W3C flags in bits 0 to 7, OTLP `is_remote` in bits 8 and 9.
    public var flags: UInt32
    /// Zipkin: this is the server half of a span whose id the client shares.
    public var shared: Bool
    public var droppedAttributes: UInt32
    public var droppedMoments: UInt32
    public var droppedLinks: UInt32

    /// Makes a span with nothing but its identity and interval.
    public init(trace: TraceID, id: String, parent: String = "", name: String = "", start: Int64 = 0, end: Int64 = 0) {
        self.trace = trace
        self.id = id
        self.parent = parent
        self.name = name
        self.kind = .unspecified
        self.start = start
        self.end = end
        self.status = .unset
        self.statusMessage = ""
        self.service = ""
        self.instance = ""
        self.attributes = []
        self.resource = []
        self.scopeName = ""
        self.scopeVersion = ""
        self.scopeAttributes = []
        self.moments = []
        self.links = []
        self.traceState = ""
        self.flags = 0
        self.shared = false
        self.droppedAttributes = 0
        self.droppedMoments = 0
        self.droppedLinks = 0
    }

    /// Nanoseconds from start to end; 0 when the span is open or its times are reversed.
    public var duration: Int64 { end > start ? end - start : 0 }
}
