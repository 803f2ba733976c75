/// Base64 with the URL alphabet (RFC 4648, section 5).
enum Base64URL {
    /// Decodes with or without padding; `nil` for any other character, an impossible length, or stray bits.
    static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var digits = text
        if digits.count % 4 == 0, digits.last == ASCII.equals {
            digits.removeLast()
            if digits.last == ASCII.equals { digits.removeLast() }
        }
        guard digits.count % 4 != 1 else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(digits.count * 3 / 4)
        var buffer: UInt32 = 0
        var bits = 0
        for byte in digits {
            guard let value = value(byte) else { return nil }
            buffer = buffer << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                output.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
                buffer &= (1 << UInt32(bits)) - 1
            }
        }
        return buffer == 0 ? output : nil
    }

    /// Encodes without padding.
    static func encode(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count * 4 + 2) / 3)
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = (buffer << 8 | UInt32(byte)) & 0x3fff
            bits += 8
            while bits >= 6 {
                bits -= 6
                output.append(alphabet[Int(buffer >> UInt32(bits)) & 63])
            }
        }
        if bits > 0 { output.append(alphabet[Int(buffer << UInt32(6 - bits)) & 63]) }
        return String(decoding: output, as: UTF8.self)
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static func value(_ byte: UInt8) -> UInt8? {
        if ASCII.isUpper(byte) { return byte - UInt8(ascii: "A") }
        if ASCII.isLower(byte) { return byte - UInt8(ascii: "a") + 26 }
        if ASCII.isDigit(byte) { return byte - UInt8(ascii: "0") + 52 }
        if byte == ASCII.dash { return 62 }
        return byte == UInt8(ascii: "_") ? 63 : nil
    }
}
