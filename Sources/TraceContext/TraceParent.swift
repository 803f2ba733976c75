public import TraceModel

/// Bits of the `trace-flags` field. Bits that level 2 does not define are never kept: they must be sent as zero.
public struct TraceFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue & 0b11 }

    /// The caller may have recorded its side of the trace.
    public static let sampled = TraceFlags(rawValue: 1)
    /// At least the right seven bytes of the trace id are random. A continued trace keeps the bit as it came.
    public static let random = TraceFlags(rawValue: 2)
}

/// The `traceparent` header of W3C Trace Context level 2: which trace, whose call, which flags.
///
/// Written as version 00 always. A higher version is read as far as level 2 knows it.
public struct TraceParent: Hashable, Sendable {
    /// The trace; never zero.
    public let trace: TraceID
    /// The caller's span.
    public let parent: SpanID
    /// The two bits that level 2 defines.
    public let flags: TraceFlags

    /// Makes a header value; `nil` for the all-zero trace, which the standard forbids.
    public init?(trace: TraceID, parent: SpanID, flags: TraceFlags) {
        guard trace != .zero else { return nil }
        self.trace = trace
        self.parent = parent
        self.flags = flags
    }

    /// The longest value that is looked at. Version 00 has 55 characters; future ones may be longer, and the standard
    /// lets a receiver refuse only what is prohibitively large, so this is the usual limit of one header line.
    public static let bytesMax = 8192

    /// Characters of version 00, and the least that any version has.
    static let length = 55

    /// Reads one header line, white space around it ignored.
    ///
    /// - Throws: ``HeaderError`` when the value is not valid; the trace must then be restarted and tracestate dropped.
    /// - Complexity: O(*n*) in the length of the line.
    public init(parsing line: some StringProtocol) throws(HeaderError) {
        let bytes = Array(line.utf8)
        let value = bytes[...].trimmed()
        guard !value.isEmpty else { throw HeaderError(.traceparent, .empty) }
        guard value.count <= Self.bytesMax else { throw HeaderError(.traceparent, .tooLong, at: Self.bytesMax) }
        if let comma = value.firstIndex(of: ASCII.comma) { throw HeaderError(.traceparent, .duplicate, at: comma) }
        guard value.count >= Self.length else { throw HeaderError(.traceparent, .tooShort, at: value.endIndex) }
        if let bad = value.firstIndex(where: { $0 < 0x20 || $0 > 0x7e }) {
            throw HeaderError(.traceparent, .character, at: bad)
        }

        let start = value.startIndex
        let version = try Self.number(value[start..<start + 2])
        guard version != 0xff else { throw HeaderError(.traceparent, .version, at: start) }
        for separator in [2, 35, 52] where value[start + separator] != ASCII.dash {
            throw HeaderError(.traceparent, .separator, at: start + separator)
        }
        if value.count > Self.length {
            guard version != 0 else { throw HeaderError(.traceparent, .tooLong, at: start + Self.length) }
            guard value[start + Self.length] == ASCII.dash else {
                throw HeaderError(.traceparent, .separator, at: start + Self.length)
            }
        }
        let high = try Self.number(value[start + 3..<start + 19])
        let low = try Self.number(value[start + 19..<start + 35])
        let span = try Self.number(value[start + 36..<start + 52])
        let flags = try Self.number(value[start + 53..<start + 55])
        guard high | low != 0 else { throw HeaderError(.traceparent, .allZero, at: start + 3) }
        guard let parent = SpanID(rawValue: span) else { throw HeaderError(.traceparent, .allZero, at: start + 36) }
        trace = TraceID(high: high, low: low)
        self.parent = parent
        self.flags = TraceFlags(rawValue: UInt8(truncatingIfNeeded: flags))
    }

    /// The value to send: version 00, 55 characters.
    public var headerValue: String {
        let flags = self.flags.rawValue
        return "00-\(trace.hex)-\(parent)-0\(flags)"
    }

    private static func number(_ digits: ArraySlice<UInt8>) throws(HeaderError) -> UInt64 {
        var value: UInt64 = 0
        for index in digits.indices {
            guard let digit = ASCII.lowerHexValue(digits[index]) else {
                throw HeaderError(.traceparent, .character, at: index)
            }
            value = value << 4 | UInt64(digit)
        }
        return value
    }
}
