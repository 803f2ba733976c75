/// 128 bits that name a trace: a UUID and a W3C trace id are two spellings of the same value.
public struct TraceID: Hashable, Sendable, Comparable {
    /// The first eight bytes, big-endian.
    public var high: UInt64
    /// The last eight bytes, big-endian.
    public var low: UInt64

    /// Makes an identifier from its two halves.
    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The all-zero value, which W3C Trace Context forbids and this model uses for "none".
    public static let zero = TraceID(high: 0, low: 0)

    @inlinable
    public static func < (a: TraceID, b: TraceID) -> Bool {
        a.high == b.high ? a.low < b.low : a.high < b.high
    }

    @inlinable
    public func hash(into hasher: inout Hasher) {
        hasher.combine(low ^ (high &* 0x9e37_79b9_7f4a_7c15))
    }
}

/// 128 bits that name one event of a trace; unique only together with its ``TraceID``.
public struct EventID: Hashable, Sendable, Comparable {
    /// The first eight bytes, big-endian.
    public var high: UInt64
    /// The last eight bytes, big-endian.
    public var low: UInt64

    /// Makes an identifier from its two halves.
    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// "No event": the parent of a root. A client that sends the nil UUID as an id names a real event with it.
    public static let none = EventID(high: 0, low: 0)

    @inlinable
    public static func < (a: EventID, b: EventID) -> Bool {
        a.high == b.high ? a.low < b.low : a.high < b.high
    }

    @inlinable
    public func hash(into hasher: inout Hasher) {
        hasher.combine(low ^ (high &* 0x9e37_79b9_7f4a_7c15))
    }
}

extension TraceID: CustomStringConvertible {
    /// Lower-case hyphenated UUID spelling.
    public var description: String { UUIDText.hyphenated(high: high, low: low) }

    /// Thirty-two lower-case hexadecimal digits, as W3C Trace Context writes it.
    public var hex: String { UUIDText.hex(high) + UUIDText.hex(low) }

    /// Reads any spelling that ``UUIDText/parse(_:)`` accepts; `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        guard let (high, low) = UUIDText.parse(text) else { return nil }
        self.init(high: high, low: low)
    }
}

extension EventID: CustomStringConvertible {
    /// Lower-case hyphenated UUID spelling.
    public var description: String { UUIDText.hyphenated(high: high, low: low) }

    /// Reads any spelling that ``UUIDText/parse(_:)`` accepts; `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        guard let (high, low) = UUIDText.parse(text) else { return nil }
        self.init(high: high, low: low)
    }
}
