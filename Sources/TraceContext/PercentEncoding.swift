/// Percent-encoding (RFC 3986, section 2.1): of baggage values, and of logins in addresses.
package enum PercentEncoding {
    /// Decodes `%XX`; octets that are not UTF-8 become U+FFFD, a percent sign without two digits stays itself.
    package static func decode(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(ASCII.percent) else { return bytes.text }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == ASCII.percent, index + 2 < bytes.endIndex,
                let high = hexValue(bytes[index + 1]), let low = hexValue(bytes[index + 2])
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    /// Appends `text`, encoding what baggage does not allow and the percent sign; upper-case digits.
    static func append(_ text: String, to output: inout [UInt8]) {
        for byte in text.utf8 {
            if ASCII.isBaggage(byte), byte != ASCII.percent {
                output.append(byte)
            } else {
                output.append(ASCII.percent)
                output.append(digit(byte >> 4))
                output.append(digit(byte & 15))
            }
        }
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? { ASCII.lowerHexValue(ASCII.lowercased(byte)) }

    private static func digit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10
    }
}
