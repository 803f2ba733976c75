public import TraceModel

/// The eight bytes that W3C Trace Context calls `parent-id`; never zero.
public struct SpanID: Hashable, Sendable, CustomStringConvertible {
    /// The identifier as a big-endian number.
    public let rawValue: UInt64

    /// Wraps a number; `nil` for zero, which the standard forbids.
    public init?(rawValue: UInt64) {
        guard rawValue != 0 else { return nil }
        self.rawValue = rawValue
    }

    /// Reads sixteen lower-case hexadecimal digits; `nil` for anything else, all zeros included.
    public init?(hex: some StringProtocol) {
        let digits = hex.utf8
        guard digits.count == 16 else { return nil }
        var value: UInt64 = 0
        for byte in digits {
            guard let digit = ASCII.lowerHexValue(byte) else { return nil }
            value = value << 4 | UInt64(digit)
        }
        self.init(rawValue: value)
    }

    /// Draws an identifier. A generator that only ever gives zero yields 1, so that it cannot hang its caller.
    public init(using generator: inout some RandomNumberGenerator) {
        rawValue = nonZero(using: &generator)
    }

    /// Sixteen lower-case hexadecimal digits.
    public var description: String { UUIDText.hex(rawValue) }
}

extension TraceID {
    /// Draws a trace id whose every bit is random, as the random flag of level 2 promises.
    public init(using generator: inout some RandomNumberGenerator) {
        let high: UInt64 = generator.next()
        self.init(high: high, low: nonZero(using: &generator))
    }
}

private func nonZero(using generator: inout some RandomNumberGenerator) -> UInt64 {
    let first: UInt64 = generator.next()
    if first != 0 { return first }
    let second: UInt64 = generator.next()
    return second == 0 ? 1 : second
}
