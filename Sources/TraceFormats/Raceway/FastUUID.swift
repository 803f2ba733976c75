import TraceModel

/// UUIDs in the spelling that every SDK sends, with any other spelling left to ``UUIDText``.
enum FastUUID {
    /// Reads any spelling of a UUID.
    static func parse(_ text: UnsafeBufferPointer<UInt8>) -> (high: UInt64, low: UInt64)? {
        guard text.count == 36, let start = text.baseAddress, let parsed = hyphenated(start) else {
            return UUIDText.parse(bytes: text)
        }
        return parsed
    }

    /// Reads 36 bytes of the form 8-4-4-4-12.
    private static func hyphenated(_ text: UnsafePointer<UInt8>) -> (high: UInt64, low: UInt64)? {
        guard text[8] & text[13] & text[18] & text[23] == UInt8(ascii: "-"),
            text[8] | text[13] | text[18] | text[23] == UInt8(ascii: "-")
        else { return nil }
        let raw = UnsafeRawPointer(text)
        var bad: UInt64 = 0
        let a = nibbles(raw.loadUnaligned(as: UInt64.self).littleEndian, &bad)
        // Bytes 9..<13 and 14..<18 without the hyphen between them.
        let b = nibbles(join(raw, 9, 14), &bad)
        let c = nibbles(join(raw, 19, 24), &bad)
        let d = nibbles(raw.loadUnaligned(fromByteOffset: 28, as: UInt64.self).littleEndian, &bad)
        return bad == 0 ? (a << 32 | b, c << 32 | d) : nil
    }

    @inline(__always)
    private static func join(_ raw: UnsafeRawPointer, _ first: Int, _ second: Int) -> UInt64 {
        UInt64(raw.loadUnaligned(fromByteOffset: first, as: UInt32.self).littleEndian)
            | UInt64(raw.loadUnaligned(fromByteOffset: second, as: UInt32.self).littleEndian) << 32
    }

    /// The value of eight hexadecimal digits, the first in the lowest byte. Sets bits of `bad` when one is none.
    @inline(__always)
    private static func nibbles(_ word: UInt64, _ bad: inout UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let high: UInt64 = 0x8080_8080_8080_8080
        bad |= word & high
        let w = word & ~high
        // Per byte, the top bit says "at least": adding 0x80 - n carries into it exactly from n on.
        let isDigit = (w &+ ones &* (0x80 - 0x30)) & ~(w &+ ones &* (0x80 - 0x3A))
        let lower = w | ones &* 0x20
        let isLetter = (lower &+ ones &* (0x80 - 0x61)) & ~(lower &+ ones &* (0x80 - 0x67)) & (w &+ ones &* 0x40)
        bad |= ~(isDigit | isLetter) & high
        var v = (w & 0x0F0F_0F0F_0F0F_0F0F) &+ ((isLetter & high) >> 7) &* 9
        // Most significant digit first: swap, then pack pairs.
        v = v.byteSwapped
        v = (v | v >> 4) & 0x00FF_00FF_00FF_00FF
        v = (v | v >> 8) & 0x0000_FFFF_0000_FFFF
        v = (v | v >> 16) & 0x0000_0000_FFFF_FFFF
        return v
    }
}
