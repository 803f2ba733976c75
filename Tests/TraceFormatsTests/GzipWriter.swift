/// A gzip member whose content is stored, not compressed: what tests need, without a compressor.
enum GzipWriter {
    static func stored(_ content: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        var rest = content[...]
        repeat {
            let block = rest.prefix(65_535)
            rest = rest.dropFirst(block.count)
            bytes.append(rest.isEmpty ? 1 : 0)
            append(UInt16(block.count), to: &bytes)
            append(~UInt16(block.count), to: &bytes)
            bytes.append(contentsOf: block)
        } while !rest.isEmpty
        append(crc32(content), to: &bytes)
        append(UInt32(content.count), to: &bytes)
        return bytes
    }

    private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    private static func crc32(_ content: [UInt8]) -> UInt32 {
        var crc: UInt32 = ~0
        for byte in content {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }
}
