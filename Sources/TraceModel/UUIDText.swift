/// Text forms of 128-bit identifiers.
///
/// `Foundation.UUID` costs about half a microsecond each way and this module imports no Foundation.
public enum UUIDText {
    /// Reads 32 hexadecimal digits in any case, plain, hyphenated 8-4-4-4-12, in braces, or after `urn:uuid:`.
    ///
    /// - Returns: the two big-endian halves, or `nil` when the text is none of these.
    /// - Complexity: O(1).
    public static func parse(_ text: some StringProtocol) -> (high: UInt64, low: UInt64)? {
        var copy = String(text)
        return copy.withUTF8 { parse(bytes: $0) }
    }

    /// Byte form of ``parse(_:)``, for readers that hold UTF-8.
    @inlinable
    public static func parse(bytes input: UnsafeBufferPointer<UInt8>) -> (high: UInt64, low: UInt64)? {
        var bytes = input[...]
        if bytes.count == 45, bytes.starts(with: "urn:uuid:".utf8) {
            bytes = bytes.dropFirst(9)
        } else if bytes.count == 38, bytes.first == UInt8(ascii: "{"), bytes.last == UInt8(ascii: "}") {
            bytes = bytes.dropFirst().dropLast()
        }
        let hyphenated = bytes.count == 36
        guard hyphenated || bytes.count == 32 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        var digits = 0
        var position = 0
        for byte in bytes {
            if hyphenated, position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                position += 1
                continue
            }
            position += 1
            let digit = hexValue(byte)
            guard digit < 16 else { return nil }
            if digits < 16 {
                high = high << 4 | UInt64(digit)
            } else {
                low = low << 4 | UInt64(digit)
            }
            digits += 1
        }
        return (high, low)
    }

    /// The value of one hexadecimal digit, or 255.
    @inlinable
    public static func hexValue(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte &- UInt8(ascii: "a") &+ 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte &- UInt8(ascii: "A") &+ 10
        default: 255
        }
    }

    /// Sixteen lower-case hexadecimal digits.
    public static func hex(_ value: UInt64) -> String {
        String(unsafeUninitializedCapacity: 16) { buffer in
            for i in 0..<16 { buffer[i] = digit(UInt8(truncatingIfNeeded: value >> UInt64(60 - 4 * i)) & 15) }
            return 16
        }
    }

    /// The 36 bytes of the lower-case hyphenated form, handed to `body` one at a time, in order.
    @inlinable
    public static func writeHyphenated(high: UInt64, low: UInt64, _ body: (UInt8) -> Void) {
        for i in 0..<32 {
            if i == 8 || i == 12 || i == 16 || i == 20 { body(UInt8(ascii: "-")) }
            let word = i < 16 ? high : low
            body(digit(UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (i & 15))) & 15))
        }
    }

    /// Lower-case hyphenated spelling.
    public static func hyphenated(high: UInt64, low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var n = 0
            writeHyphenated(high: high, low: low) { byte in
                buffer[n] = byte
                n += 1
            }
            return n
        }
    }

    @inlinable
    static func digit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") &+ nibble : UInt8(ascii: "a") &+ nibble &- 10
    }
}
