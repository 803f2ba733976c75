import CZlib

/// Decompression of answers.
enum Inflated {
    struct Broken: Error {}

    static func bytes(_ packed: [UInt8]) throws -> [UInt8] {
        var packed = packed
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, size) == Z_OK else { throw Broken() }
        defer { inflateEnd(&stream) }
        var output = [UInt8](repeating: 0, count: 16 << 20)
        let status = packed.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                return inflate(&stream, Z_FINISH)
            }
        }
        guard status == Z_STREAM_END else { throw Broken() }
        return Array(output.prefix(Int(stream.total_out)))
    }
}
