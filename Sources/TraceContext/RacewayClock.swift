import JSONText
public import TraceModel

/// The `raceway-clock` header: the sender's vector clock and the span id that it chose for the receiver.
///
/// `v1;` and base64url without padding of a JSON object. Unlike traceparent, which names the caller's span, it names
/// the receiver's own span and the caller's beside it.
public struct RacewayClock: Hashable, Sendable {
    /// The trace; never zero.
    public var trace: TraceID
    /// The receiver's span, chosen by the sender. Opaque, 1 to 64 characters.
    public var span: String
    /// The sender's span, when it said one.
    public var parentSpan: String?
    /// The sending service; may be empty.
    public var service: String
    /// Its instance; may be empty.
    public var instance: String
    /// What the sender knew when it sent.
    public var clock: ClockVector

    /// Makes a header value.
    public init(
        trace: TraceID,
        span: String,
        parentSpan: String?,
        service: String,
        instance: String,
        clock: ClockVector
    ) {
        self.trace = trace
        self.span = span
        self.parentSpan = parentSpan
        self.service = service
        self.instance = instance
        self.clock = clock
    }

    /// The longest value read and written: the usual limit of one header line.
    public static let bytesMax = 8192

    /// The longest span id.
    public static let spanMax = 64

    private static let prefix = Array("v1;".utf8)

    /// Reads one header line, white space around it ignored, keys in any order, unknown keys skipped.
    ///
    /// - Throws: ``HeaderError`` when anything the receiver would use is missing or wrong.
    /// - Complexity: O(*n*) in the length of the line, which is at most ``bytesMax``.
    public init(parsing line: some StringProtocol) throws(HeaderError) {
        let bytes = Array(line.utf8)
        let value = bytes[...].trimmed()
        guard !value.isEmpty else { throw HeaderError(.racewayClock, .empty) }
        guard value.count <= Self.bytesMax else { throw HeaderError(.racewayClock, .tooLong, at: Self.bytesMax) }
        guard value.starts(with: Self.prefix) else { throw HeaderError(.racewayClock, .version, at: value.startIndex) }
        let payload = value.dropFirst(Self.prefix.count)
        guard let json = Base64URL.decode(payload) else {
            throw HeaderError(.racewayClock, .base64, at: payload.startIndex)
        }
        var reader = ClockReader(json)
        self = try reader.read()
    }

    /// The value to send. Components at the end are left out when the value would exceed ``bytesMax``, the sender's
    /// own (`service#instance`) last of all; less knowledge is never wrong.
    public var headerValue: String {
        let own = "\(service)#\(instance)"
        var kept = clock.components
        while true {
            let value = "v1;" + Base64URL.encode(json(kept))
            if value.utf8.count <= Self.bytesMax || kept.isEmpty { return value }
            let index = kept.lastIndex { $0.name != own } ?? kept.startIndex
            kept.remove(at: index)
        }
    }

    private func json(_ components: [ClockVector.Component]) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("trace_id", trace.description)
            json.member("span_id", span)
            json.member("parent_span_id", parentSpan)
            json.member("service", service)
            json.member("instance", instance)
            json.array("clock") { json in
                for component in components {
                    json.array { json in
                        json.value(component.name)
                        json.value(component.value)
                    }
                }
            }
        }
        return json.take()
    }
}
