import TraceModel

/// Trace and span ids in the spellings of tracing formats.
enum SpanIdentifiers {
    /// One to 32 hexadecimal digits in any case as a number; `nil` for anything else and for zero.
    static func hex(_ text: String) -> TraceID? {
        let digits = text.utf8
        guard !digits.isEmpty, digits.count <= 32 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for byte in digits {
            let digit = UUIDText.hexValue(byte)
            guard digit < 16 else { return nil }
            high = high << 4 | low >> 60
            low = low << 4 | UInt64(digit)
        }
        let id = TraceID(high: high, low: low)
        return id == .zero ? nil : id
    }

    /// Exactly 32 digits, not all zero: what OTLP demands.
    static func strictTrace(_ text: String) -> TraceID? { text.utf8.count == 32 ? hex(text) : nil }

    /// Exactly 16 digits, not all zero, lower-cased.
    static func strictSpan(_ text: String) -> String? { text.utf8.count == 16 ? paddedSpan(text) : nil }

    /// One to 16 digits, not all zero, lower-cased and padded with zeros on the left.
    static func paddedSpan(_ text: String) -> String? {
        guard text.utf8.count <= 16, let id = hex(text) else { return nil }
        return UUIDText.hex(id.low)
    }

    /// A trace id of any text: hexadecimal digits by their value, other text by a hash of it.
    ///
    /// - Returns: `nil` for the empty text and for zeros.
    static func anyTrace(_ text: String) -> TraceID? {
        if text.isEmpty { return nil }
        let isHex = text.utf8.count <= 32 && text.utf8.allSatisfy { UUIDText.hexValue($0) < 16 }
        if isHex { return hex(text) }
        if let id = TraceID(text) { return id == .zero ? nil : id }
        return TraceID(high: fingerprint(text.utf8), low: fingerprint(text.utf8.reversed()))
    }

    /// The sixteen digits that stand for an opaque span id in formats that demand them: its own value when it is
    /// hexadecimal, else a hash of it.
    static func w3cSpan(_ text: String) -> String {
        text.isEmpty ? "" : paddedSpan(text) ?? UUIDText.hex(fingerprint(text.utf8))
    }

    /// Nanoseconds from microseconds; what leaves 64 bits is cut off.
    static func nanoseconds(microseconds: Int64) -> Int64 {
        let (product, overflow) = microseconds.multipliedReportingOverflow(by: 1_000)
        return overflow ? (microseconds < 0 ? .min : .max) : product
    }

    /// The end of an interval; what leaves 64 bits is cut off, negative lengths count as none.
    static func end(of start: Int64, after duration: Int64) -> Int64 {
        let (sum, overflow) = start.addingReportingOverflow(max(0, duration))
        return overflow ? .max : sum
    }

    /// A seedless 64-bit hash (FNV-1a), never zero.
    static func fingerprint(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return hash == 0 ? 1 : hash
    }
}
